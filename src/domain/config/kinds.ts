import { z } from "zod";
import { MAX_MS, MAX_SEC, MIN_SEC } from "./limits.ts";
import type { Kind } from "./setting.ts";

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d{1,3})?$/i;

/** A decimal number, or the text itself where it is none. */
export function readNumber(text: string): unknown {
  return NUMBER.test(text) ? Number(text) : text;
}

const asIs = (text: string): unknown => text;

/** A kind whose values are numbers. */
function ofNumbers(allowed: string, schema: z.ZodType<number>): Kind<number> {
  return { allowed, schema, read: readNumber, write: String, secret: "never" };
}

const of = (unit: string): string => (unit === "" ? "" : ` of ${unit}`);

export function wholeNumber(least: number, most: number, unit = ""): Kind<number> {
  const schema = z.number().check(z.refine((value) => Number.isSafeInteger(value) && value >= least && value <= most));
  return ofNumbers(`a whole number${of(unit)} from ${least} to ${most}`, schema);
}

export function numberFrom(least: number, most: number, unit = ""): Kind<number> {
  const schema = z.number().check(z.refine((value) => value >= least && value <= most));
  return ofNumbers(`a number${of(unit)} from ${least} to ${most}`, schema);
}

/** A time from a millisecond to a day. */
export const SECONDS: Kind<number> = numberFrom(MIN_SEC, MAX_SEC, "seconds");

/** Likewise, in whole milliseconds from `least` on. */
export function milliseconds(least: number): Kind<number> {
  return wholeNumber(least, MAX_MS, "milliseconds");
}

/** A kind that another part of the domain states. */
export function ruled<T>(rule: { readonly allowed: string; readonly holds: (value: unknown) => boolean }): Kind<T> {
  return { allowed: rule.allowed, schema: z.custom<T>(rule.holds), read: readNumber, write: String, secret: "never" };
}

/** A number, or nothing. */
export function orOff(kind: Kind<number>): Kind<number | undefined> {
  return {
    ...kind,
    allowed: `${kind.allowed}, or off`,
    schema: kind.schema.or(z.undefined()),
    read: (text) => (text.toLowerCase() === "off" ? undefined : kind.read(text)),
    write: (value) => (value === undefined ? "off" : kind.write(value)),
  };
}

const SWITCH: Readonly<Record<string, boolean>> = { on: true, true: true, 1: true, off: false, false: false, 0: false };

/** On or off. */
export const ON_OR_OFF: Kind<boolean> = {
  allowed: "on or off (or true, false, 1, 0)",
  schema: z.boolean(),
  read: (text) => (Object.hasOwn(SWITCH, text.toLowerCase()) ? SWITCH[text.toLowerCase()] : text),
  write: (value) => (value ? "on" : "off"),
  secret: "never",
};

/** One word of several. */
export function oneOf<const T extends string>(words: readonly T[]): Kind<T> {
  return {
    allowed: `one of ${words.join(", ")}`,
    schema: z.enum(words),
    read: asIs,
    write: asWritten,
    secret: "never",
  };
}

const asWritten = (value: string): string => value;

/** A text. */
export function text(allowed: string, pattern: RegExp): Kind<string> {
  return { allowed, schema: z.string().regex(pattern), read: asIs, write: asWritten, secret: "never" };
}

/** Nothing, or a text that is shown to nobody. */
export function secretText(allowed: string, holds: (text: string) => boolean): Kind<string | undefined> {
  return {
    allowed,
    schema: z.string().check(z.refine(holds)).or(z.undefined()),
    read: asIs,
    write: (value) => value ?? "",
    secret: "always",
  };
}

/** A URL without credentials, query and fragment. */
export function plainUrl(...protocols: readonly string[]): Kind<string> {
  const schemes = protocols.map((protocol) => `${protocol}//`).join(" or ");
  return {
    allowed: `a URL that starts with ${schemes}, without credentials, query or fragment`,
    schema: z.string().check(z.refine((url) => isUrlOf(protocols, url) && !/[@?#]/.test(url))),
    read: asIs,
    write: asWritten,
    secret: "url",
  };
}

/** Whether a text is a URL with a host and one of these protocols, as in `ws:`. Spaces, which URLs swallow, are refused. */
export function isUrlOf(protocols: readonly string[], text: string): boolean {
  if (/\s/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocols.includes(protocol) && hostname !== "" && text.toLowerCase().startsWith(`${protocol}//`);
}

/** Several of something, each once. @param options.nameOf what two of them may not share; default all of it. */
export function listOf<T extends string>(
  item: z.ZodType<T>,
  options: { readonly allowed: string; readonly least: 0 | 1; readonly nameOf?: (item: T) => string },
): Kind<readonly T[]> {
  const { allowed, least, nameOf = String } = options;
  return {
    allowed: `a list of ${allowed}, each once, separated by commas${least === 0 ? ", or none" : ""}`,
    schema: z
      .array(item)
      .min(least)
      .check(z.refine((items) => new Set(items.map(nameOf)).size === items.length)),
    read: (list) => (least === 0 && list === "none" ? [] : list.split(",").map((part) => part.trim())),
    write: (items) => (items.length === 0 ? "none" : items.join(",")),
    secret: "never",
  };
}
