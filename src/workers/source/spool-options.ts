import type { ProducerId } from "../../ports/raw-log.ts";

/** Settings of a `RawSpool`; every field but the producer has a default. */
export interface RawSpoolOptions {
  /** Names the writer. No two processes may write under one name at a time. */
  readonly producer: ProducerId;
  /**
   * How much waits at most: payload characters, which are bytes in the ASCII that the provider sends, plus 256 per frame
   * for what a frame takes beside its text. Control entries are not counted. @default 268435456
   */
  readonly maxBytes?: number | undefined;
  /** Share of `maxBytes` from which on frames of quotes only are shed. @default 0.5 */
  readonly softShare?: number | undefined;
  /** Share of `maxBytes` to which the spool must drain before it stops shedding. @default 0.25 */
  readonly recoveredShare?: number | undefined;
  /** Entries in one append at most. @default 512 */
  readonly batchEntries?: number | undefined;
  /** Counted as `maxBytes`, in one append once it has one entry. @default 1048576 */
  readonly batchBytes?: number | undefined;
  /** How long the first entry of an append waits for company, ms. @default 10 */
  readonly lingerMs?: number | undefined;
  /** How long after an abort the rest is still tried to be appended, ms. @default 3000 */
  readonly flushMs?: number | undefined;
}

/** The same with defaults filled in. */
export interface ResolvedSpoolOptions {
  readonly producer: ProducerId;
  readonly maxBytes: number;
  readonly softShare: number;
  readonly recoveredShare: number;
  readonly batchEntries: number;
  readonly batchBytes: number;
  readonly lingerMs: number;
  readonly flushMs: number;
}

/** @throws {RangeError} naming the field that is out of its limits. */
export function resolveSpoolOptions(options: RawSpoolOptions): ResolvedSpoolOptions {
  const { producer, maxBytes = 268_435_456, softShare = 0.5, recoveredShare = 0.25 } = options;
  const { batchEntries = 512, batchBytes = 1_048_576, lingerMs = 10, flushMs = 3_000 } = options;
  if (producer === "") throw new RangeError("Cannot make a spool: 'producer' must not be empty, current value is \"\"");
  for (const [name, value, least] of [
    ["maxBytes", maxBytes, 1],
    ["batchEntries", batchEntries, 1],
    ["batchBytes", batchBytes, 1],
    ["lingerMs", lingerMs, 0],
    ["flushMs", flushMs, 0],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(
        `Cannot make a spool: '${name}' must be an integer of at least ${least}, current value is ${value}`,
      );
    }
  }
  if (!(softShare > 0 && softShare < 1)) {
    throw new RangeError(`Cannot make a spool: 'softShare' must be between 0 and 1, current value is ${softShare}`);
  }
  if (!(recoveredShare >= 0 && recoveredShare < softShare)) {
    throw new RangeError(
      `Cannot make a spool: 'recoveredShare' must be at least 0 and below 'softShare' ${softShare}, current value is ${recoveredShare}`,
    );
  }
  return { producer, maxBytes, softShare, recoveredShare, batchEntries, batchBytes, lingerMs, flushMs };
}
