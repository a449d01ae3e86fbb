import { z } from "zod";
import { readNumber } from "./kinds.ts";
import type { Kind } from "./setting.ts";

/** Distances between strikes in points, by underlying without `I:`. */
export type WidthsBySymbol = Readonly<Record<string, readonly number[]>>;

const SYMBOL = /^[A-Z][A-Z0-9.]{0,19}$/;
const ITEM = /^(?:I:)?([^=\s]+)\s*=\s*(\S.*)$/;
const MOST = 50;

const width = z.number().min(0.001).max(99_999.999);
const widths = z
  .array(width)
  .min(1)
  .max(MOST)
  .check(z.refine((items) => new Set(items).size === items.length));

/** Widths by underlying, as in `SPX=5 10 25,NDX=10 50`. */
export const WIDTHS_BY_SYMBOL: Kind<WidthsBySymbol> = {
  allowed: `by symbol up to ${MOST} widths in points, each once, such as SPX=5 10 25,NDX=10 50, or none`,
  schema: z.record(z.string().regex(SYMBOL), widths),
  read: (text) => (text === "none" ? {} : (readItems(text) ?? text)),
  write: (value) => {
    const items = Object.entries(value).map(([symbol, own]) => `${symbol}=${own.join(" ")}`);
    return items.length === 0 ? "none" : items.join(",");
  },
  secret: "never",
};

/** `undefined` where the text is not written like that, or says something twice. */
function readItems(text: string): unknown {
  const own = new Map<string, unknown>();
  for (const part of text.split(",").map((item) => item.trim())) {
    const [, symbol, list] = ITEM.exec(part) ?? [];
    if (symbol === undefined || list === undefined || own.has(symbol)) return undefined;
    own.set(symbol, list.split(/\s+/).map(readNumber));
  }
  return Object.fromEntries(own);
}
