import { durationText } from "./duration-text.ts";
import { easternTime } from "./eastern-time.ts";
import type { GapFields } from "./gap-fields.ts";
import { integer } from "./integer-text.ts";
import { printable } from "./printable.ts";
import type { QuarantineFields } from "./quarantine-fields.ts";
import { shortenedText, shortenedValue } from "./shortened-text.ts";

const MAX_LINE = 118;
const MAX_VALUE = 50;

/** A gap on one line, for people. */
export function gapLine({ connection, from_ms, to_ms, cause, scope, instruments }: GapFields): string {
  const lasted = from_ms === null || to_ms === null ? "" : ` (${lengthText(to_ms - from_ms)})`;
  const what = instruments === null ? scope : `${integer(instruments.length)} instruments`;
  return line(`${connection} ${cause}, ${what}: ${receiptText(from_ms)} to ${receiptText(to_ms)}${lasted}`);
}

/** A refusal on one line, for people: where, what was found, what must be. */
export function refusalLine({ src, reason, path, value }: Omit<QuarantineFields, "ts" | "payload">): string {
  const where = path === "" ? src : `${src} ${path}`;
  const shown = shortenedValue(value, MAX_VALUE);
  const rule = /^Cannot parse .*?: (?:it|'.*?') (must be .*), current value is /s.exec(reason)?.[1];
  return line(rule === undefined ? `${where}: ${reason}` : `${where}: ${shown} ${rule}`);
}

/** To the millisecond as long as anybody counts in them. */
function lengthText(ms: number): string {
  return ms < 60_000 ? `${(ms / 1_000).toFixed(3)} s` : durationText(ms);
}

function line(text: string): string {
  return shortenedText(printable(text), MAX_LINE);
}

function receiptText(atMs: number | null): string {
  if (atMs === null) return "unknown";
  const { date, time } = easternTime(atMs);
  return `${date} ${time} ET`;
}
