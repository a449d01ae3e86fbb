import { OptionContractCache } from "../src/domain/instrument/option-contract-cache.ts";
import { seededRandom } from "../src/domain/random.ts";
import { classifyConditions, NbboBook, parsePayload, type Row, rememberPrint, tradeSide } from "../src/index.ts";
import { chain, tradeAmongQuotes } from "./option-events.ts";
import { type BenchResult, median } from "./result.ts";

const EVENTS = 40_000;
const EVENTS_PER_FRAME = 20;
const CONTRACTS = 1_000;
const EVENTS_PER_TRADE = 5;
const ROUNDS = 41;
const WARM_UP = 10;
const OPEN_MS = 1_766_437_200_000;

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
  const rowsNs: number[] = [];
  const quoteNs: number[] = [];
  const printNs: number[] = [];
  const shares: number[] = [];
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    const rows: Row[] = [];
    const parsedNs = nsOf(() => {
      for (const frame of frames) {
        const result = parsePayload(frame, { receivedAtMs: OPEN_MS + 3_600_000, contracts });
        if (!result.ok) throw result.error;
        for (const batch of result.batches) for (const row of batch.rows) rows.push(row);
      }
    });
    // Books that know every contract already, as after the first minute of a day.
    const [first, second] = [new NbboBook(), new NbboBook()];
    const later = rows.slice(EVENTS / 2);
    for (const book of [first, second]) keepQuotes(rows.slice(0, EVENTS / 2), book);
    const keptNs = nsOf(() => keepQuotes(later, first));
    const sidedNs = nsOf(() => tellSides(later, second));
    if (round < WARM_UP) continue;
    const trades = later.filter(({ type }) => type === "optionTrade").length;
    rowsNs.push(parsedNs / EVENTS);
    quoteNs.push(keptNs / (later.length - trades));
    printNs.push((sidedNs - keptNs) / trades);
    shares.push((sidedNs * EVENTS) / (later.length * parsedNs));
  }
  return [
    {
      path: `sides of prints in ${CONTRACTS} contracts, one trade to ${EVENTS_PER_TRADE - 1} quotes`,
      measured: `${median(printNs).toFixed(0)} ns per print, ${median(quoteNs).toFixed(0)} ns per quote`,
      yardstick: `${median(rowsNs).toFixed(0)} ns per event from frames to rows (both together: ${median(shares).toFixed(2)} of that)`,
      target: "",
      reached: undefined,
    },
  ];
}

function keepQuotes(rows: readonly Row[], book: NbboBook): void {
  for (const row of rows) if (row.type === "nbbo") book.add(row.instrument, row, "stream");
}

function tellSides(rows: readonly Row[], book: NbboBook): void {
  let signed = 0;
  for (const row of rows) {
    if (row.type === "nbbo") book.add(row.instrument, row, "stream");
    if (row.type !== "optionTrade") continue;
    const conditions = classifyConditions(row.conditions);
    const history = book.historyOf(row.contract);
    if (tradeSide(row, conditions, history).side !== "U") signed += 1;
    rememberPrint(row, conditions, history);
  }
  if (signed === 0) throw new Error("Cannot measure: some prints must get a side, none did");
}

/** Nanoseconds that work takes. */
function nsOf(work: () => void): number {
  const startedAtMs = performance.now();
  work();
  return (performance.now() - startedAtMs) * 1e6;
}
