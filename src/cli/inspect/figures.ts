import { fieldsOf } from "../../adapters/redis/raw-entry-coding.ts";
import { msOfSecondsText } from "../../domain/stream/receipt-seconds.ts";
import type { Figures } from "./inspection.ts";

const NUMBER = /^-?\d+(\.\d+)?$/;

/** One of a key's answers as texts, pairs one after the other; none where the key is not there. */
export function textsOf(answers: readonly unknown[] | undefined, index = 0): readonly string[] {
  const answer = answers?.[index];
  return Array.isArray(answer) ? answer.flat().map(String) : [];
}

/** A hash by field; `null` where it is not there. */
export function figuresOf(answers: readonly unknown[] | undefined): Figures | null {
  if (answers === undefined) return null;
  return Object.fromEntries(
    Object.entries(fieldsOf(textsOf(answers))).map(([name, text = ""]) => [
      name,
      // A count of nanoseconds has more digits than a number.
      name.endsWith("_ns") ? text : (numberOf(text) ?? text),
    ]),
  );
}

/** `null` for a text that is no decimal number. */
export function numberOf(text: unknown): number | null {
  return typeof text === "string" && NUMBER.test(text) ? Number(text) : typeof text === "number" ? text : null;
}

/** How long ago a text of Unix seconds was, ms; `null` where it is none. */
export function ageOf(seconds: string | number | undefined, nowMs: number): number | null {
  const ms = seconds === undefined ? undefined : msOfSecondsText(String(seconds));
  return ms === undefined ? null : Math.round(nowMs - ms);
}

/** How long ago an instant in nanoseconds was, ms; `null` where the text is none. */
export function ageOfNs(ns: string | number, nowMs: number): number | null {
  return /^\d{1,19}$/.test(String(ns)) ? Math.round(nowMs - Number(BigInt(ns) / 1_000_000n)) : null;
}

/** How long ago an entry was stored, ms, by its id. */
export function ageOfId(id: string | null, nowMs: number): number | null {
  const ms = numberOf(id?.split("-")[0]);
  return ms === null ? null : Math.round(nowMs - ms);
}

/** What PTTL answered, `null` where there is no key or no end of it. */
export function leftOf(pttl: unknown): number | null {
  return typeof pttl === "number" && pttl >= 0 ? pttl : null;
}
