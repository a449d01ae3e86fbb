import { seededRandom } from "../../domain/random.ts";
import type { MarketContract } from "../market/contract-universe.ts";
import type { Market } from "../market/market.ts";
import { encodeJson } from "../rest/json.ts";
import { MarketBook } from "../rest/market-book.ts";
import { OpenInterest } from "../rest/open-interest.ts";
import { chainRow } from "../rest/option-row.ts";
import { type RestView, underlyingTicker } from "../rest/view.ts";
import { captureMarket } from "./bundled-capture.ts";
import { CAPTURE_START_MS } from "./scenario.ts";

/** How long after the start of a capture its chains are of: some seconds before its end. */
export const CHAINS_AFTER_MS = 450_000;

/** Of each underlying the nearest expirations, and strikes within so much of spot. */
const EXPIRATIONS = 3;
const WITHIN = 0.02;

/**
 * The chains of a generated capture's market near its end, as the provider answers for them: one line for each underlying
 * with the time of receipt, the underlying, and the body of the answer, verbatim.
 *
 * @param seed of the capture.
 */
export function generateChains(seed: number): readonly string[] {
  const market = captureMarket(seededRandom(seed));
  const book = new MarketBook(market);
  const nowMs = CAPTURE_START_MS + CHAINS_AFTER_MS;
  for (const event of market.advance(nowMs)) {
    if (event.publishedAtMs <= nowMs) book.record(event, event.tMs, event.tMs);
  }
  recordSpots(market, book, nowMs);
  const view: RestView = {
    ...{ market, book, openInterest: new OpenInterest(CAPTURE_START_MS), hours: "always", isDelayed: false },
    ...{ nowMs: () => nowMs, plan: undefined, faults: [], ageMs: 0, isFlipped: false },
  };
  return market.underlyings().map(({ symbol }) => {
    const results = nearContracts(market, symbol).map((contract) => chainRow(view, contract));
    const payload = encodeJson({ request_id: `synthetic-${symbol}`, results, status: "OK" });
    return JSON.stringify({ ts: nowMs / 1_000, underlying: underlyingTicker(view, symbol), payload });
  });
}

/** The capture's market publishes options alone: what their underlyings stand at is told here. */
function recordSpots(market: Market, book: MarketBook, nowMs: number): void {
  for (const { symbol, assetClass } of market.underlyings()) {
    const spot = market.spot(symbol) ?? 0;
    const cents = Math.round(spot * 100);
    const times = { publishedAtMs: nowMs, tMs: nowMs };
    if (assetClass === "indices") {
      book.record({ kind: "indexValue", ...times, ticker: `I:${symbol}`, valueCents: cents }, nowMs, nowMs);
      continue;
    }
    const side = { bidSize: 1, askSize: 1, bidExchange: 12, askExchange: 12, tape: 1, truth: { spot } };
    const quote = { symbol, sequence: 1, bidCents: cents - 1, askCents: cents + 1, ...side };
    book.record({ kind: "stockQuote", ...times, ...quote }, nowMs, nowMs);
  }
}

function nearContracts(market: Market, symbol: string): readonly MarketContract[] {
  const spot = market.spot(symbol) ?? 0;
  const all = market.contracts().filter(({ underlying }) => underlying === symbol);
  const nearest = new Set([...new Set(all.map(({ expiration }) => expiration))].sort().slice(0, EXPIRATIONS));
  return all
    .filter(({ expiration, strike }) => nearest.has(expiration) && Math.abs(strike / spot - 1) <= WITHIN)
    .sort((left, right) => (left.ticker < right.ticker ? -1 : 1));
}
