import { InvalidArgumentError } from "commander";

const FACTOR = /^(\d+(?:\.\d+)?)x$/;

/**
 * How fast to replay, as a user types it: `max`, or a multiple of the recorded pace such as `1x`, `10x`, `0.5x`.
 *
 * @throws {InvalidArgumentError} saying what is allowed.
 */
export function parseSpeed(text: string): "max" | number {
  if (text === "max") return "max";
  const factor = Number(FACTOR.exec(text)?.[1]);
  if (Number.isFinite(factor) && factor > 0) return factor;
  throw new InvalidArgumentError("Allowed are max, and a number above 0 followed by x, such as 1x, 10x or 0.5x.");
}
