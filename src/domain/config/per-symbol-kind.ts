import { z } from "zod";
import { readNumber } from "./kinds.ts";
import type { PerSymbol } from "./per-symbol.ts";
import type { Kind } from "./setting.ts";

const SYMBOL = /^[A-Z][A-Z0-9.]{0,19}$/;
const ITEM = /^(?:I:)?([^=\s]+)\s*=\s*(\S+)$/;

/**
 * A number for all underlyings, or `SPX=3,NDX=2.5` for some and the default for the others, or both: `4,SPX=3`.
 *
 * @param fallback the default where a text has none.
 */
export function perSymbol(number: Kind<number>, fallback: number): Kind<PerSymbol> {
  const bySymbol = z.record(z.string().regex(SYMBOL), number.schema);
  return {
    allowed: `${number.allowed}, or by symbol such as SPX=${fallback},NDX=${fallback}`,
    schema: z.strictObject({ default: number.schema, bySymbol }),
    read: (text) => readItems(text, fallback) ?? text,
    readValue: (value) => fullForm(value, fallback),
    write: ({ default: all, bySymbol: own }) => {
      const items = Object.entries(own).map(([symbol, value]) => `${symbol}=${value}`);
      return [...(items.length > 0 && all === fallback ? [] : [String(all)]), ...items].join(",");
    },
    secret: "never",
  };
}

/** A number stands for all underlyings, `{ "SPX": 3 }` for some. */
function fullForm(value: unknown, fallback: number): unknown {
  if (typeof value === "number") return { default: value, bySymbol: {} };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (Object.hasOwn(value, "bySymbol") || Object.hasOwn(value, "default")) {
    return { default: fallback, bySymbol: {}, ...value };
  }
  return { default: fallback, bySymbol: value };
}

/** `undefined` where the text is not written like that, or says something twice. */
function readItems(text: string, fallback: number): unknown {
  const own = new Map<string, unknown>();
  let all: unknown;
  for (const part of text.split(",").map((item) => item.trim())) {
    const [, symbol, value = part] = ITEM.exec(part) ?? [];
    if (symbol === undefined) {
      if (all !== undefined) return undefined;
      all = readNumber(value);
    } else {
      if (own.has(symbol)) return undefined;
      own.set(symbol, readNumber(value));
    }
  }
  return { default: all ?? fallback, bySymbol: Object.fromEntries(own) };
}
