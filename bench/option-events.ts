import { formatOptionTicker } from "../src/domain/instrument/option-symbol.ts";
import type { Random } from "../src/domain/random.ts";

const CONDITIONS = [209, 209, 209, 219, 227, 232, 233];

/** One event of one of `tickers`, as the provider writes it. Its time and its sequence stand last. */
export type MakeEvent = (random: Random, tickers: readonly string[], timeMs: number, sequence: number) => object;

export const optionTrade: MakeEvent = (random, tickers, t, q) => ({
  ev: "T",
  sym: tickers[random.int(tickers.length)],
  x: 300 + random.int(26),
  p: (1 + random.int(6_000)) / 100,
  s: 1 + Math.floor(8 * random.exponential()),
  c: [CONDITIONS[random.int(CONDITIONS.length)]],
  t,
  q,
});

export const optionQuote: MakeEvent = (random, tickers, t, q) => {
  const bid = random.int(6_000);
  return {
    ev: "Q",
    sym: tickers[random.int(tickers.length)],
    bx: 300 + random.int(26),
    ax: 300 + random.int(26),
    bp: bid / 100,
    ap: (bid + 5 + 5 * random.int(4)) / 100,
    bs: 1 + Math.floor(20 * random.exponential()),
    as: 1 + Math.floor(20 * random.exponential()),
    t,
    q,
  };
};

/** One trade in so many events, quotes otherwise. */
export function tradeAmongQuotes(events: number): MakeEvent {
  return (random, tickers, t, q) => (random.int(events) === 0 ? optionTrade : optionQuote)(random, tickers, t, q);
}

/** A chain of one underlying: strikes of some expirations, both sides. */
export function chain(contracts: number): readonly string[] {
  return Array.from({ length: contracts }, (_, index) =>
    formatOptionTicker({
      root: "SPXW",
      expiration: `2035-12-${10 + (index % 10)}`,
      right: index % 20 < 10 ? "C" : "P",
      strikeThousandths: (4_000 + 5 * Math.floor(index / 20)) * 1_000,
    }),
  );
}

/** The same contracts, the busy ones many times and the silent ones seldom: a draw from it is one as on a real tape. */
export function byActivity(tickers: readonly string[], random: Random): readonly string[] {
  const drawn = Array.from({ length: 10 * tickers.length }, () => {
    return tickers[Math.floor(tickers.length * random.next() ** 3)] ?? "";
  });
  return [...tickers, ...drawn];
}
