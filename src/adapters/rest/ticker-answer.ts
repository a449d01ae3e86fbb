import { type CheckedRow, claimedTicker } from "./check-row.ts";
import { statement } from "./provider-text.ts";
import type { ReadBody } from "./read-body.ts";

/** What an answer about several tickers says of each. */
export interface TickerAnswer<T> {
  /** In the order of the answer; of a ticker that came twice the later row. */
  readonly rows: readonly T[];
  /** Each ticker once; empty where a row has none. */
  readonly refused: readonly { readonly symbol: string; readonly reason: string }[];
}

/**
 * Sorts an answer by the tickers that were asked for: a bad one is an element of it, not a failure of the whole.
 *
 * @param read what a row says of its ticker.
 */
export function tickerAnswer<T>(
  asked: readonly string[],
  { rows }: Pick<ReadBody, "rows">,
  read: (ticker: string, row: unknown) => CheckedRow<T>,
): TickerAnswer<T> {
  const wanted = new Set(asked);
  const good = new Map<string, T>();
  const refused = new Map<string, string>();
  for (const row of rows) {
    const ticker = claimedTicker(row);
    const said = statement(row);
    if (!wanted.has(ticker)) refused.set(ticker, "it must be asked for, it was not");
    else if (said !== undefined) refused.set(ticker, said);
    else {
      const checked = read(ticker, row);
      if ("reason" in checked) refused.set(ticker, checked.reason);
      else good.set(ticker, checked.row);
    }
  }
  for (const ticker of asked) {
    if (good.has(ticker)) refused.delete(ticker);
    else if (!refused.has(ticker)) refused.set(ticker, "it must be answered, it was not");
  }
  return { rows: [...good.values()], refused: [...refused].map(([symbol, reason]) => ({ symbol, reason })) };
}
