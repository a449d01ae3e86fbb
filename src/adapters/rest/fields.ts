import { z } from "zod";
import { MAX_PRICE } from "../../domain/wire/events.ts";

/*
 * What fields of the provider's answers have to look like. Every message completes "must be ...". `null` counts as absent.
 */

const NUMBER_EXPECTED = "a finite number";
const PRICE_EXPECTED = "a number from 0 to 10^9";
const COUNT_EXPECTED = "a non-negative integer of at most 2^53 - 1";
const NOT_NEGATIVE_EXPECTED = "a finite number of at least 0";
const TEXT_EXPECTED = "a string";
const TIME_EXPECTED = "a time: a positive integer of nanoseconds before the year 2100";
const DATE_EXPECTED = "a date YYYY-MM-DD";

export const numberField: z.ZodType<number> = z.number({ error: NUMBER_EXPECTED });

export const priceField: z.ZodType<number> = z
  .number({ error: PRICE_EXPECTED })
  .min(0, { error: PRICE_EXPECTED })
  .max(MAX_PRICE, { error: PRICE_EXPECTED });

export const countField: z.ZodType<number> = z.int({ error: COUNT_EXPECTED }).min(0, { error: COUNT_EXPECTED });

export const notNegativeField: z.ZodType<number> = z
  .number({ error: NOT_NEGATIVE_EXPECTED })
  .min(0, { error: NOT_NEGATIVE_EXPECTED });

export const textField: z.ZodType<string> = z.string({ error: TEXT_EXPECTED });

export const dateField: z.ZodType<string> = z
  .string({ error: DATE_EXPECTED })
  .regex(/^\d{4}-\d\d-\d\d$/, { error: DATE_EXPECTED });

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
