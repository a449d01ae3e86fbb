import { z } from "zod";

/*
 * What fields of the provider's answers have to look like, beside those that other messages have too. Every message
 * completes "must be ...". `null` counts as absent.
 */

const TIME_EXPECTED = "a time: a positive integer of nanoseconds before the year 2100";

/** Anything but `DELAYED` and `REAL-TIME` counts as not said. */
export const timeframeField: z.ZodType<"REAL-TIME" | "DELAYED" | undefined> = z
  .unknown()
  .transform((value) => (value === "DELAYED" || value === "REAL-TIME" ? value : undefined))
  .optional();

/** The year 2100 in nanoseconds: the first that no option ticker can name. */
const END_NS = 4_102_444_800_000_000_000n;

/**
 * A time in nanoseconds, exact. Where the provider writes another unit, its magnitude tells which, from 1973 on. A zero is
 * no time.
 */
export const nanosecondsField: z.ZodType<bigint | undefined> = z
  .unknown()
  .transform((value, context) => {
    if (value === null || value === 0) return undefined;
    const isExact = typeof value === "bigint" || Number.isSafeInteger(value);
    const ns = isExact ? toNanoseconds(BigInt(value as bigint | number)) : 0n;
    if (ns > 0n && ns < END_NS) return ns;
    context.issues.push({ code: "custom", message: TIME_EXPECTED, input: value });
    return z.NEVER;
  })
  .optional();

function toNanoseconds(value: bigint): bigint {
  if (value >= 100_000_000_000_000_000n) return value;
  if (value >= 100_000_000_000_000n) return value * 1_000n;
  return value >= 100_000_000_000n ? value * 1_000_000n : value * 1_000_000_000n;
}
