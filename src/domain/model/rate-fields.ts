import type { z } from "zod";
import { finiteField } from "../fields.ts";

const RATE_TEXT = "continuously compounded, a fraction per year: 0.04 is 4 %";

/** What rates look like in the data of models that are told with them. */
export const rateFields: { readonly rate: z.ZodType<number>; readonly dividend_yield: z.ZodType<number> } = {
  rate: finiteField.describe(RATE_TEXT),
  dividend_yield: finiteField.describe(RATE_TEXT),
};
