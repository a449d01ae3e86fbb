import type { Row } from "../../domain/market/rows.ts";

const CHANNELS: Readonly<Record<Row["type"], string>> = Object.freeze({
  optionTrade: "T",
  equityTrade: "T",
  nbbo: "Q",
  indexValue: "V",
});

/**
 * The topics that were asked for and have brought no data yet. Once all have, a row costs one comparison.
 */
export class UnseenTopics {
  readonly #byChannel = new Map<string, Set<string>>();

  get isEmpty(): boolean {
    return this.#byChannel.size === 0;
  }

  /** Replaces all: what is asked for less what was seen. */
  reset(asked: Iterable<string>, seen: ReadonlySet<string>): void {
    this.#byChannel.clear();
    for (const topic of asked) {
      if (seen.has(topic)) continue;
      const dot = topic.indexOf(".");
      const channel = topic.slice(0, dot);
      const tickers = this.#byChannel.get(channel);
      if (tickers === undefined) this.#byChannel.set(channel, new Set([topic.slice(dot + 1)]));
      else tickers.add(topic.slice(dot + 1));
    }
  }

  /** The topic that a row is the first data of; `undefined` where that is known already. */
  take(row: Row): string | undefined {
    const channel = CHANNELS[row.type];
    const tickers = this.#byChannel.get(channel);
    if (tickers === undefined) return undefined;
    const ticker = tickerOf(row);
    if (!tickers.delete(ticker) && !tickers.delete("*")) return undefined;
    if (tickers.size === 0) this.#byChannel.delete(channel);
    return `${channel}.${ticker}`;
  }
}

function tickerOf(row: Row): string {
  switch (row.type) {
    case "optionTrade":
      return row.contract;
    case "nbbo":
      return row.instrument;
    case "equityTrade":
    case "indexValue":
      return row.symbol;
  }
}
