import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import { newYorkTimeMs } from "../../../src/simulator/market/calendar.ts";
import type { MarketEvent, OptionQuoteEvent, OptionTradeEvent } from "../../../src/simulator/market/events.ts";
import { createMarket, type Market } from "../../../src/simulator/market/market.ts";
import type { MarketConfig } from "../../../src/simulator/market/market-config.ts";
import { isOnTick } from "../../../src/simulator/market/price-grid.ts";
import { DEFAULT_UNDERLYINGS } from "../../../src/simulator/market/underlyings.ts";

const startMs = newYorkTimeMs("2025-12-19", 10, 0);

const marketOf = (seed: number, config: Partial<MarketConfig> = {}): Market =>
  createMarket({ startMs, ...config }, seededRandom(seed));

const isTrade = (event: MarketEvent): event is OptionTradeEvent => event.kind === "optionTrade";
const isQuote = (event: MarketEvent): event is OptionQuoteEvent => event.kind === "optionQuote";

function grouped<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function ticksOf(event: OptionTradeEvent | OptionQuoteEvent) {
  const spec = DEFAULT_UNDERLYINGS.find(({ symbol }) => symbol === event.contract.underlying);
  if (spec === undefined) throw new Error("the underlying must be configured");
  return spec.ticks;
}

/** One busy minute that several tests look at. */
const minute = marketOf(1, { optionEventsPerSecond: 1_500, stockEventsPerSecond: 60, indexIntervalMs: 1_000 }).advance(
  startMs + 60_000,
);
const trades = minute.filter(isTrade);
const quotes = minute.filter(isQuote);

describe("createMarket", () => {
  it("gives the same events for the same seed and others for another", () => {
    const [first, again, other] = [1, 1, 2].map((seed) => JSON.stringify(marketOf(seed).advance(startMs + 2_000)));
    expect(first).toBe(again);
    expect(first).not.toBe(other);
  });

  it("gives the same events in one step as in many, and however often it is looked at", () => {
    const inOne = marketOf(3).advance(startMs + 2_000);
    const market = marketOf(3);
    const inMany: MarketEvent[] = [];
    while (market.nowMs < startMs + 2_000) {
      inMany.push(...market.advance(Math.min(market.nowMs + 7.3, startMs + 2_000)));
      market.quote("O:SPXW251222P06870000");
      market.valuation("O:SPXW251222P06870000");
      market.spot("SPX");
    }
    expect(JSON.stringify(inMany)).toBe(JSON.stringify(inOne));
  });

  it("publishes in order, within the step, never before the event", () => {
    const market = marketOf(4);
    for (let step = 1; step <= 20; step++) {
      const fromMs = market.nowMs;
      let last = fromMs - 1;
      for (const { publishedAtMs, tMs } of market.advance(fromMs + 50)) {
        expect(publishedAtMs).toBeGreaterThanOrEqual(last);
        expect(publishedAtMs).toBeLessThanOrEqual(market.nowMs);
        expect(tMs).toBeLessThanOrEqual(publishedAtMs);
        last = publishedAtMs;
      }
    }
  });

  it("refuses to go back and to make what cannot be", () => {
    const market = marketOf(5);
    market.advance(startMs + 10);
    expect(market.advance(startMs + 10)).toEqual([]);
    expect(() => market.advance(startMs + 9)).toThrow(
      new RangeError(
        `Cannot advance a market: 'toMs' must be at or after ${startMs + 10}, current value is ${startMs + 9}`,
      ),
    );
    expect(() => market.advance(Infinity)).toThrow(RangeError);
    expect(() => marketOf(1, { quotesPerTrade: 0.5 })).toThrow(
      new RangeError("Cannot make a market: 'quotesPerTrade' must be in 1..1000000, current value is 0.5"),
    );
    expect(() => marketOf(1, { optionEventsPerSecond: 0 })).toThrow(RangeError);
    expect(() => marketOf(1, { happenings: { fills: 0.6, package: 0.6 } })).toThrow(
      /'sum of happenings' must be in 0..1/,
    );
    expect(() => marketOf(1, { happenings: { fills: -0.1 } })).toThrow(/'happenings.fills' must be in 0..1/);
    expect(() => marketOf(1, { startMs: Number.NaN })).toThrow(RangeError);
  });
});

describe("quotes of the market", () => {
  it("are never crossed or locked and always on tick", () => {
    expect(quotes.length).toBeGreaterThan(50_000);
    const bad = quotes.filter(
      (quote) =>
        quote.bidCents >= quote.askCents ||
        quote.bidCents < 0 ||
        !isOnTick(ticksOf(quote), quote.bidCents) ||
        !isOnTick(ticksOf(quote), quote.askCents) ||
        quote.askSize < 1 ||
        (quote.bidSize === 0) !== (quote.bidCents === 0),
    );
    expect(bad).toEqual([]);
    expect(quotes.some(({ bidCents }) => bidCents === 0)).toBe(true);
  });

  it("lie around the theoretical value", () => {
    const beside = quotes.filter(
      ({ bidCents, askCents, truth }) => truth.theo * 100 < bidCents - 1e-9 || truth.theo * 100 > askCents + 1e-9,
    );
    expect(beside).toEqual([]);
  });

  it("come in bursts that follow moves of the spot", () => {
    const config = { optionEventsPerSecond: 300, excitation: { branchingRatio: 0, meanDelayMs: 1 } };
    const times = marketOf(6, config)
      .advance(startMs + 60_000)
      .filter(isQuote)
      .filter(({ contract }) => contract.underlying === "SPX")
      .map(({ tMs }) => tMs);
    const windows = new Map<number, number>();
    for (const tMs of times) windows.set(Math.floor(tMs / 20), (windows.get(Math.floor(tMs / 20)) ?? 0) + 1);
    const mean = times.length / 3_000;
    let squares = mean * mean * (3_000 - windows.size);
    for (const count of windows.values()) squares += (count - mean) ** 2;
    expect(squares / 3_000 / mean).toBeGreaterThan(5);
  });
});

describe("prints of the market", () => {
  it("are on tick, but for legs of packages, which trade in cents", () => {
    const singles = trades.filter(({ truth }) => truth.kind !== "leg");
    expect(singles.filter((trade) => trade.priceCents <= 0 || !isOnTick(ticksOf(trade), trade.priceCents))).toEqual([]);
    const legs = trades.filter(({ truth }) => truth.kind === "leg");
    expect(legs.every(({ priceCents }) => Number.isInteger(priceCents) && priceCents > 0)).toBe(true);
    expect(legs.some((leg) => !isOnTick(ticksOf(leg), leg.priceCents))).toBe(true);
  });

  it("follow a quote of their contract by 1 to 15 ms and lie in it where they say", () => {
    const quotesOf = grouped(quotes, ({ contract }) => contract);
    const seen = { touch: 0, inside: 0, mid: 0, passive: 0, through: 0 };
    for (const { contract, tMs, priceCents, truth } of trades) {
      if (truth.location === undefined || truth.kind === "cancel") continue;
      seen[truth.location] += 1;
      const met = quotesOf
        .get(contract)
        ?.filter((quote) => tMs - quote.tMs >= 1 && tMs - quote.tMs <= 16)
        .some(({ bidCents, askCents }) => {
          const better = truth.aggressor === "buy" ? askCents - priceCents : priceCents - bidCents;
          // With nobody bidding a seller's touch is the lowest price there is.
          if (truth.location === "touch") return better === 0 || bidCents === 0;
          if (truth.location === "through") return better < 0;
          if (truth.location === "mid") return 2 * priceCents === bidCents + askCents;
          if (truth.location === "passive") return better === askCents - bidCents;
          return better > 0 && 2 * better < askCents - bidCents;
        });
      if (met !== true) expect.unreachable(`${contract.ticker} at ${priceCents} is not at its ${truth.location}`);
    }
    const total = Object.values(seen).reduce((sum, count) => sum + count, 0);
    expect(seen.touch / total).toBeGreaterThan(0.6);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(total / 100);
  });

  it("have heavy-tailed sizes", () => {
    const sizes = trades.map(({ size }) => size).sort((left, right) => left - right);
    expect(sizes[Math.floor(sizes.length / 2)]).toBe(1);
    expect(sizes.at(-1)).toBeGreaterThan(200);
    expect(sizes[0]).toBe(1);
  });

  it("come from both sides alike, each on the true side of the theoretical value more often than not", () => {
    const buys = trades.filter(({ truth }) => truth.aggressor === "buy").length;
    expect(buys / trades.length).toBeGreaterThan(0.45);
    expect(buys / trades.length).toBeLessThan(0.55);
    const right = trades.filter(
      ({ priceCents, truth }) => truth.aggressor === (priceCents > truth.theo * 100 ? "buy" : "sell"),
    ).length;
    expect(right / trades.length).toBeGreaterThan(0.75);
  });

  it("happen only on exchanges that list the product", () => {
    const exchangesOf = (underlying: string) => [
      ...new Set(trades.filter(({ contract }) => contract.underlying === underlying).map(({ exchange }) => exchange)),
    ];
    expect(exchangesOf("SPX")).toEqual([302]);
    expect(exchangesOf("NDX").sort()).toEqual([307, 308, 323]);
    expect(exchangesOf("SPY").length).toBeGreaterThan(12);
  });

  it("carry increasing sequence numbers per contract, with holes, together with the quotes", () => {
    const last = new Map<unknown, number>();
    let holes = 0;
    for (const event of minute) {
      if (!isTrade(event) && !isQuote(event)) continue;
      const isSlow = isTrade(event) ? event.truth.kind === "slow" : event.publishedAtMs > event.tMs;
      if (isSlow || (isTrade(event) && event.truth.equalTo !== undefined)) continue;
      const before = last.get(event.contract);
      if (before !== undefined && event.sequence <= before) expect.unreachable(`${event.sequence} after ${before}`);
      if (before !== undefined && event.sequence > before + 1) holes += 1;
      last.set(event.contract, event.sequence);
    }
    expect(holes).toBeGreaterThan(1_000);
  });
});

describe("happenings of the market", () => {
  const ofKind = (kind: OptionTradeEvent["truth"]["kind"]) => trades.filter(({ truth }) => truth.kind === kind);
  const byId = new Map(trades.map((trade) => [trade.truth.printId, trade]));

  it("take prints back with one of the same contract, price, size and exchange, 2 to 50 s later", () => {
    const cancels = ofKind("cancel");
    expect(cancels.length).toBeGreaterThan(30);
    for (const cancel of cancels) {
      const original = byId.get(cancel.truth.cancelOf ?? -1);
      const { contract, priceCents, size, exchange } = cancel;
      expect(original).toMatchObject({ contract, priceCents, size, exchange });
      const delayMs = cancel.tMs - (original?.tMs ?? 0);
      expect(delayMs >= 1_999 && delayMs <= 50_001).toBe(true);
      expect([201, 203]).toContain(cancel.conditions?.[0]);
      expect([201, 203]).not.toContain(original?.conditions?.[0]);
    }
  });

  it("report late under a late condition, 4 to 90 s after the event", () => {
    const reports = ofKind("lateReport");
    expect(reports.length).toBeGreaterThan(20);
    for (const { tMs, publishedAtMs, conditions } of reports) {
      expect(publishedAtMs - tMs).toBeGreaterThanOrEqual(3_999);
      expect([202, 204]).toContain(conditions?.[0]);
    }
  });

  it("deliver some prints and quotes 1.2 to 4 s late under ordinary conditions", () => {
    const slow = [...ofKind("slow"), ...quotes.filter(({ tMs, publishedAtMs }) => publishedAtMs > tMs)];
    expect(slow.length).toBeGreaterThan(40);
    for (const { tMs, publishedAtMs } of slow) {
      expect(publishedAtMs - tMs).toBeGreaterThanOrEqual(1_199);
      expect(publishedAtMs - tMs).toBeLessThanOrEqual(4_001);
    }
  });

  it("print packages as legs of one millisecond, exchange and multi-leg condition", () => {
    const packages = grouped(ofKind("leg"), ({ truth }) => truth.orderId);
    expect(packages.size).toBeGreaterThan(200);
    for (const legs of packages.values()) {
      expect(legs.length).toBeGreaterThan(1);
      const shared = legs.map(({ tMs, exchange, conditions }) => `${tMs} ${exchange} ${conditions?.join()}`);
      expect(new Set(shared).size).toBe(1);
      expect([232, 233, 234, 235]).toContain(legs[0]?.conditions?.[0]);
    }
  });

  it("fill orders in several prints of one millisecond and price", () => {
    const orders = grouped(ofKind("fills"), ({ truth }) => truth.orderId);
    expect(orders.size).toBeGreaterThan(300);
    for (const fills of orders.values()) {
      expect(fills.length).toBeGreaterThan(1);
      expect(
        new Set(fills.map(({ tMs, contract, priceCents }) => `${tMs} ${contract.ticker} ${priceCents}`)).size,
      ).toBe(1);
    }
  });

  it("print some orders twice, equal in everything but the truth", () => {
    const twins = ofKind("equal").filter(({ truth }) => truth.equalTo !== undefined);
    expect(twins.length).toBeGreaterThan(20);
    for (const { truth, ...shown } of twins) {
      const { truth: _, ...other } = byId.get(truth.equalTo ?? -1) ?? {};
      expect(shown).toEqual(other);
    }
  });
});

describe("true rates", () => {
  const market = marketOf(7, { optionEventsPerSecond: 20_000, quotesPerTrade: 3 });
  const rates = { T: market.trueRates("T"), Q: market.trueRates("Q") };
  const seconds = 15;
  const counts = { T: new Map<string, number>(), Q: new Map<string, number>() };
  for (const event of market.advance(startMs + seconds * 1_000)) {
    if (!isTrade(event) && !isQuote(event)) continue;
    const channel = counts[isTrade(event) ? "T" : "Q"];
    channel.set(event.contract.ticker, (channel.get(event.contract.ticker) ?? 0) + 1);
  }
  const total = (values: ReadonlyMap<string, number>) => [...values.values()].reduce((sum, value) => sum + value, 0);

  it("add up to the configured events per second and ratio", () => {
    expect(total(rates.T)).toBeCloseTo(5_000, 6);
    expect(total(rates.Q)).toBeCloseTo(15_000, 6);
  });

  it("agree with what happens, in total", () => {
    // Orders are 4.9 times, moves 16 times as dispersed as Poisson; cancels and late reports still ahead are missing.
    expect(Math.abs(total(counts.T) / seconds - 5_000)).toBeLessThan(0.03 * 5_000);
    expect(Math.abs(total(counts.Q) / seconds - 15_000)).toBeLessThan(0.03 * 15_000);
  });

  it.each(["T", "Q"] as const)("agree with what happens, contract by contract, on channel %s", (channel) => {
    let busy = 0;
    let squares = 0;
    for (const [ticker, rate] of rates[channel]) {
      const expected = rate * seconds;
      if (expected < 100) continue;
      busy += 1;
      squares += ((counts[channel].get(ticker) ?? 0) - expected) ** 2 / expected;
    }
    expect(busy).toBeGreaterThan(100);
    // Poisson would give 1; fills, legs and excitation within a contract make prints about 3 times as dispersed.
    expect(squares / busy).toBeLessThan(channel === "T" ? 4.5 : 1.8);
    expect(squares / busy).toBeGreaterThan(0.7);
  });

  it("follow the legs of packages to their own contracts", () => {
    const happenings = { package: 1, fills: 0, equal: 0, lateReport: 0, slow: 0, cancel: 0 };
    const config = {
      optionEventsPerSecond: 20_000,
      quotesPerTrade: 1,
      excitation: { branchingRatio: 0, meanDelayMs: 1 },
    };
    const packages = marketOf(12, { ...config, happenings });
    const prints = new Map<string, number>();
    for (const event of packages.advance(startMs + 10_000)) {
      if (isTrade(event)) prints.set(event.contract.ticker, (prints.get(event.contract.ticker) ?? 0) + 1);
    }
    let busy = 0;
    let squares = 0;
    for (const [ticker, rate] of packages.trueRates("T")) {
      if (rate * 10 < 100) continue;
      busy += 1;
      squares += ((prints.get(ticker) ?? 0) - rate * 10) ** 2 / (rate * 10);
    }
    // No contract is in a package twice: Poisson.
    expect(busy).toBeGreaterThan(100);
    expect(squares / busy).toBeLessThan(1.4);
  });

  it("rank the contracts near the money and near expiry first", () => {
    const [busiest] = [...rates.T].sort(([, left], [, right]) => right - left)[0] ?? [""];
    const contract = market.contract(busiest);
    expect(contract?.expiration).toBe("2025-12-19");
    expect(Math.abs((contract?.strike ?? 0) / (market.spot(contract?.underlying ?? "") ?? 1) - 1)).toBeLessThan(0.005);
  });
});

describe("self-excitation", () => {
  /** Index of dispersion of orders per 5 s. */
  function dispersion(branchingRatio: number): number {
    const windows = new Array<number>(120).fill(0);
    const config = { optionEventsPerSecond: 100, quotesPerTrade: 1, excitation: { branchingRatio, meanDelayMs: 350 } };
    const orders = new Set<number>();
    for (const event of marketOf(8, config).advance(startMs + 600_000)) {
      if (!isTrade(event) || orders.has(event.truth.orderId)) continue;
      orders.add(event.truth.orderId);
      const window = Math.floor((event.tMs - startMs) / 5_000);
      windows[window] = (windows[window] ?? 0) + 1;
    }
    const mean = windows.reduce((sum, value) => sum + value, 0) / windows.length;
    return windows.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (windows.length - 1) / mean;
  }

  it("makes order counts several times as dispersed as Poisson, and is gone at branching ratio 0", () => {
    expect(dispersion(0.55)).toBeGreaterThan(3);
    expect(dispersion(0)).toBeLessThan(1.5);
  });
});

describe("settlement", () => {
  it("ends quotes and orders of a contract at its last instant", () => {
    const closeMs = newYorkTimeMs("2025-12-19", 16, 0);
    const market = marketOf(9, { startMs: closeMs - 3_000, optionEventsPerSecond: 2_000 });
    const expiring = [...market.trueRates("T").keys()].filter((ticker) => ticker.includes("251219"));
    expect(expiring.length).toBeGreaterThan(500);

    const events = market.advance(closeMs + 3_000).filter(isQuote);
    const ofToday = events.filter(({ contract }) => contract.expiration === "2025-12-19");
    expect(ofToday.length).toBeGreaterThan(500);
    expect(ofToday.filter(({ tMs }) => tMs >= closeMs)).toEqual([]);
    expect(events.some(({ tMs }) => tMs > closeMs)).toBe(true);

    const left = market.trueRates("T");
    expect(expiring.filter((ticker) => left.has(ticker))).toEqual([]);
    const settled = market.valuation(expiring[0] ?? "");
    expect(settled?.impliedVolatility).toBe(0);
    expect(settled?.theo).toBeGreaterThanOrEqual(0);
  });
});

describe("looking at the market", () => {
  it("shows the last quote of every contract from the start on", () => {
    const market = marketOf(10);
    for (const { ticker } of market.contracts()) expect(market.quote(ticker)?.contract.ticker).toBe(ticker);
    const last = market
      .advance(startMs + 1_000)
      .findLast((event) => isQuote(event) && event.tMs === event.publishedAtMs);
    if (last?.kind !== "optionQuote") throw new Error("there must be a quote");
    expect(market.quote(last.contract.ticker)).toBe(last);
  });

  it("values a contract at its spot, time and volatility", () => {
    const valuation = marketOf(10).valuation("O:SPXW251222C06880000");
    expect(valuation?.spot).toBe(6878.5);
    expect(valuation?.years).toBeCloseTo((3 * 24 + 6) / (365 * 24), 12);
    expect(valuation?.impliedVolatility).toBeGreaterThan(0.06);
    expect(valuation?.impliedVolatility).toBeLessThan(0.2);
    expect(valuation?.theo).toBeGreaterThan(5);
  });

  it("answers undefined for what it does not have", () => {
    const market = marketOf(10);
    expect([market.spot("DJX"), market.quote("O:X"), market.valuation("O:X"), market.contract("O:X")]).toEqual(
      new Array(4).fill(undefined),
    );
  });
});

describe("shares and indices", () => {
  it("trade and quote the funds at their spot", () => {
    const shares = minute.filter((event) => event.kind === "stockTrade" || event.kind === "stockQuote");
    expect(new Set(shares.map(({ symbol }) => symbol))).toEqual(new Set(["SPY", "QQQ", "IWM"]));
    expect(shares.length / 60).toBeGreaterThan(54);
    expect(shares.length / 60).toBeLessThan(66);
    for (const event of shares) {
      const cents = event.kind === "stockTrade" ? event.priceCents : event.bidCents;
      expect(Math.abs(cents - event.truth.spot * 100)).toBeLessThanOrEqual(2);
      if (event.kind === "stockQuote") expect(event.bidCents).toBeLessThan(event.askCents);
      else expect(event.reportingFacility !== undefined).toBe(event.exchange === 4);
    }
  });

  it("publish the indices once per interval", () => {
    const values = minute.filter((event) => event.kind === "indexValue");
    const valuesOf = (ticker: string) => values.filter((event) => event.ticker === ticker);
    for (const ticker of ["I:SPX", "I:NDX", "I:VIX"]) expect(valuesOf(ticker)).toHaveLength(60);
    expect(values).toHaveLength(180);
    for (const { valueCents } of valuesOf("I:SPX")) expect(Math.abs(valueCents / 687_850 - 1)).toBeLessThan(0.01);
    for (const { valueCents } of valuesOf("I:VIX")) expect(valueCents > 1_000 && valueCents < 2_000).toBe(true);
  });

  it("are left out unless asked for", () => {
    const events = marketOf(11).advance(startMs + 2_000);
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(["optionTrade", "optionQuote"]));
  });
});
