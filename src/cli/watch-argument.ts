import { InvalidArgumentError } from "commander";

const MAX_SECONDS = 86_400;

/**
 * How often to look again, as a user types it, in seconds.
 *
 * @throws {InvalidArgumentError} saying what is allowed.
 */
export function parseWatch(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 0.1 && seconds <= MAX_SECONDS) return seconds;
  throw new InvalidArgumentError(`Allowed is a number of seconds from 0.1 to ${MAX_SECONDS}.`);
}
