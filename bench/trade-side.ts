import { OptionContractCache } from "../src/domain/instrument/option-contract-cache.ts";
import { seededRandom } from "../src/domain/random.ts";
import { classifyConditions, NbboBook, parsePayload, type Row, rememberPrint, tradeSide } from "../src/index.ts";
import { chain, tradeAmongQuotes } from "./option-events.ts";
import { type BenchResult, median } from "./result.ts";

const EVENTS = 40_000;
const EVENTS_PER_FRAME = 20;
const CONTRACTS = 1_000;
const EVENTS_PER_TRADE = 5;
const ROUNDS = 25;
const WARM_UP = 5;
const OPEN_MS = 1_766_437_200_000;
const LIMIT = 20;

/** What the side of every print costs: the quotes that are kept for it, and the rules themselves. */
export async function benchTradeSide(): Promise<readonly BenchResult[]> {
  const random = seededRandom(42);
  const tickers = chain(CONTRACTS);
  const make = tradeAmongQuotes(EVENTS_PER_TRADE);
  const frames = Array.from({ length: EVENTS / EVENTS_PER_FRAME }, (_, frame) => {
    const first = frame * EVENTS_PER_FRAME;
    const events = Array.from({ length: EVENTS_PER_FRAME }, (_, index) =>
      make(random, tickers, OPEN_MS + Math.floor((first + index) / 4), 651_921_857 + 3 * (first + index)),
    );
    return JSON.stringify(events);
  });
  const contracts = new OptionContractCache();
  const parsedMs: number[] = [];
  const keptNs: number[] = [];
  const sidedNs: number[] = [];
  const shares: number[] = [];
  let signed = 0;
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    const rows: Row[] = [];
    const startedAtMs = performance.now();
    for (const frame of frames) {
      const result = parsePayload(frame, { receivedAtMs: OPEN_MS + 3_600_000, contracts });
      if (!result.ok) throw result.error;
      for (const batch of result.batches) for (const row of batch.rows) rows.push(row);
    }
    const tookMs = performance.now() - startedAtMs;
    const quotes = rows.filter((row) => row.type === "nbbo");
    const trades = rows.filter((row) => row.type === "optionTrade");
    const book = new NbboBook();

    const keepingAtMs = performance.now();
    for (const quote of quotes) book.add(quote.instrument, quote, "stream");
    const sidingAtMs = performance.now();
    for (const trade of trades) {
      const conditions = classifyConditions(trade.conditions);
      const history = book.historyOf(trade.contract);
      if (tradeSide(trade, conditions, history).side !== "U") signed += 1;
      rememberPrint(trade, conditions, history);
    }
    const endedAtMs = performance.now();
    if (round < WARM_UP) continue;
    parsedMs.push(tookMs);
    keptNs.push(((sidingAtMs - keepingAtMs) * 1e6) / quotes.length);
    sidedNs.push(((endedAtMs - sidingAtMs) * 1e6) / trades.length);
    shares.push((100 * (endedAtMs - keepingAtMs)) / tookMs);
  }
  if (signed === 0) throw new Error("Cannot measure: some prints must get a side, none did");
  const share = median(shares);
  return [
    {
      path: `side of prints, ${CONTRACTS} contracts, one trade to ${EVENTS_PER_TRADE - 1} quotes`,
      measured: `${median(sidedNs).toFixed(0)} ns per print, ${median(keptNs).toFixed(0)} ns per quote, ${share.toFixed(1)} % on top`,
      yardstick: `frames to rows (${(EVENTS / median(parsedMs) / 1e3).toFixed(2)} M events/s), without socket`,
      target: `< ${LIMIT} %`,
      reached: share < LIMIT,
    },
  ];
}
