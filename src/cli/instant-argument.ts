import { InvalidArgumentError } from "commander";

const ISO_INSTANT = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const UNIX_TIME = /^\d+(\.\d+)?$/;
/** Numbers below it are seconds (up to the year 5138), others milliseconds (from 1973 on). */
const FIRST_MILLISECONDS = 100_000_000_000;
const ALLOWED =
  "Allowed are an ISO 8601 instant with its zone, such as 2025-12-23T09:30:00-05:00 or 2025-12-23T14:30:00Z, and Unix " +
  "seconds or milliseconds, told apart at 10^11.";

/**
 * An instant that a user typed, as milliseconds since the Unix epoch. What a machine would have to guess the zone of is
 * refused.
 *
 * @throws {InvalidArgumentError} saying what is allowed.
 * @example
 * ```ts
 * parseInstant("2025-12-23T09:30:00-05:00"); // 1766500200000
 * parseInstant("1766500200"); // 1766500200000
 * ```
 */
export function parseInstant(text: string): number {
  if (UNIX_TIME.test(text)) {
    const value = Number(text);
    const ms = value < FIRST_MILLISECONDS ? Math.round(value * 1e6) / 1e3 : value;
    if (Number.isFinite(ms)) return ms;
  }
  const match = ISO_INSTANT.exec(text);
  if (match !== null && isDate(Number(match[1]), Number(match[2]), Number(match[3]))) {
    const ms = Date.parse(text);
    if (!Number.isNaN(ms)) return ms;
  }
  throw new InvalidArgumentError(ALLOWED);
}

/** Engines take February 30 for March 2. */
function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
