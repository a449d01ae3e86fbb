import { z } from "zod";

/*
 * What fields of all kinds of messages have to look like: the wire's, the provider's answers and our own. Every message
 * completes "must be ...".
 */

const FINITE_EXPECTED = "a finite number";
const NOT_NEGATIVE_EXPECTED = "a finite number of at least 0";
const DATE_EXPECTED = "a date YYYY-MM-DD";
const TEXT_EXPECTED = "a string";
/** Of `countField`. */
export const COUNT_EXPECTED = "a non-negative integer of at most 2^53 - 1";

export const finiteField: z.ZodType<number> = z.number({ error: FINITE_EXPECTED });

export const countField: z.ZodType<number> = z.int({ error: COUNT_EXPECTED }).min(0, { error: COUNT_EXPECTED });

export const notNegativeField: z.ZodType<number> = z
  .number({ error: NOT_NEGATIVE_EXPECTED })
  .min(0, { error: NOT_NEGATIVE_EXPECTED });

/** A date that the calendar has. */
export const dateField: z.ZodType<string> = z.iso.date({ error: DATE_EXPECTED });

export const textField: z.ZodType<string> = z.string({ error: TEXT_EXPECTED });
