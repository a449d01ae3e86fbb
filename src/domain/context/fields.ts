import { z } from "zod";

/*
 * What fields of the context's messages have to look like, beside those that others have too. Every message completes
 * "must be ...".
 */

const SYMBOL = /^[A-Z0-9][A-Za-z0-9.+/_^-]{0,31}$/;
const SYMBOL_EXPECTED = "a symbol without I:, such as SPX, that starts with an upper-case letter or a digit";
const TIME_EXPECTED = "a time: a finite number above 0";
const NS_EXPECTED = "a time: positive nanoseconds as decimal digits";

/**
 * An index or a stock as names of keys carry it. It neither holds a colon nor starts as a word of a key does, so that no
 * symbol is mistaken for the rest of a name.
 */
export const symbolField: z.ZodType<string> = z.string({ error: SYMBOL_EXPECTED }).regex(SYMBOL, {
  error: SYMBOL_EXPECTED,
});

/** Unix seconds, or milliseconds since the Unix epoch: each message says which. */
export const timeField: z.ZodType<number> = z.number({ error: TIME_EXPECTED }).gt(0, { error: TIME_EXPECTED });

/** Without leading zeros, so that a longer text is a later time. */
export const nanosecondsField: z.ZodType<string> = z
  .string({ error: NS_EXPECTED })
  .regex(/^[1-9]\d{0,18}$/, { error: NS_EXPECTED });
