import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { OptionContractCache } from "../src/domain/instrument/option-contract-cache.ts";
import { seededRandom } from "../src/domain/random.ts";
import { type ParseContext, parsePayload, takesFastPath } from "../src/domain/wire/parse-payload.ts";
import { chain, type MakeEvent, optionTrade, tradeAmongQuotes } from "./option-events.ts";
import { type BenchResult, median } from "./result.ts";

const FRAMES = 2_000;
const EVENTS_PER_FRAME = 10;
const WARM_UP_ROUNDS = 10;
const ROUNDS = 41;
const TARGET = 1.3;
const OPEN_MS = 1_766_437_200_000;
const CAPTURE = new URL("../captures/synthetic.jsonl", import.meta.url);

const stockTrade: MakeEvent = (random, _, t, q) => ({
  ev: "T",
  sym: ["AAPL", "MSFT", "NVDA", "SPY", "QQQ"][random.int(5)],
  x: 1 + random.int(20),
  i: String(10_000 + random.int(90_000)),
  z: 1 + random.int(3),
  p: (10_000 + random.int(60_000)) / 100,
  s: 1 + Math.floor(100 * random.exponential()),
  ...(random.int(2) === 0 ? { c: [14, 37, 41] } : { c: [12] }),
  t,
  q,
  ...(random.int(3) === 0 ? { trfi: 201 + random.int(2), trft: t - random.int(5) } : {}),
});

function framesOf(make: MakeEvent, contracts: number): readonly string[] {
  const random = seededRandom(42);
  const tickers = chain(contracts);
  let event = 0;
  return Array.from({ length: FRAMES }, () => {
    // Four events a millisecond, so that a frame spans three.
    const events = Array.from({ length: EVENTS_PER_FRAME }, () =>
      make(random, tickers, OPEN_MS + Math.floor(++event / 4), 651_921_857 + 3 * event),
    );
    return JSON.stringify(events);
  });
}

interface Comparison {
  readonly path: string;
  readonly frames: readonly string[];
  /** The frames as `parsePayload` gets them; default the same strings. */
  readonly payloads?: readonly (string | Uint8Array)[];
  /** Absent where the figure is only stated. */
  readonly target?: number;
}

/** `parsePayload` against bare `JSON.parse` of the same frames, in alternating rounds. */
function compare({ path, frames, payloads = frames, target }: Comparison): BenchResult {
  const context: ParseContext = { receivedAtMs: OPEN_MS + 3_600_000, contracts: new OptionContractCache() };
  let rows = 0;
  const parseAll = (): void => {
    for (const payload of payloads) {
      const result = parsePayload(payload, context);
      if (!result.ok) throw result.error;
      for (const batch of result.batches) rows += batch.rows.length;
    }
  };
  const jsonAll = (): void => {
    for (const frame of frames) rows += JSON.parse(frame).length;
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const json = durationOf(jsonAll);
    const parse = durationOf(parseAll);
    if (round < WARM_UP_ROUNDS) continue;
    ours.push(parse);
    theirs.push(json);
    ratios.push(json / parse);
  }
  const events = frames.length * EVENTS_PER_FRAME;
  if (rows !== 2 * events * (WARM_UP_ROUNDS + ROUNDS)) throw new Error("Cannot compare: some events gave no row");
  const ratio = median(ratios);
  const share = payloads.filter((payload) => takesFastPath(payload, context)).length / payloads.length;
  const speed = (durations: readonly number[]) => `${(events / median(durations) / 1e3).toFixed(2)} M events/s`;
  return {
    path: `parsePayload, ${path}`,
    measured: `${ratio.toFixed(2)} x (${speed(ours)}, ${(100 * share).toFixed(1)} % on the fast path)`,
    yardstick: `JSON.parse of the same frames (${speed(theirs)})`,
    target: target === undefined ? "" : `${target} x`,
    reached: target === undefined ? undefined : ratio >= target,
  };
}

function durationOf(work: () => void): number {
  const startedAtMs = performance.now();
  work();
  return performance.now() - startedAtMs;
}

/** How many events of the bundled capture take the fast path. */
function captureShare(): BenchResult {
  let events = 0;
  let fast = 0;
  for (const line of readFileSync(CAPTURE, "utf8").split("\n")) {
    if (line === "") continue;
    const { payload }: { readonly payload?: string } = JSON.parse(line);
    if (payload === undefined) continue;
    const result = parsePayload(payload, { onInvalid: "quarantine" });
    if (!result.ok) continue;
    const known = result.batches.reduce((sum, batch) => sum + batch.rows.length, result.statuses.length);
    const others = [...result.ignored.values()].reduce((sum, count) => sum + count, result.rejected.length);
    events += known + others;
    if (takesFastPath(payload)) fast += known;
  }
  const share = fast / events;
  return {
    path: "parsePayload, share of the bundled capture on the fast path",
    measured: `${(100 * share).toFixed(1)} % of ${events} events`,
    yardstick: "all its events",
    target: "99 %",
    reached: share >= 0.99,
  };
}

/** Reading frames into rows, held against `JSON.parse` alone. */
export async function benchParsePayload(): Promise<readonly BenchResult[]> {
  const trades = framesOf(optionTrade, 2_000);
  const tradesAndQuotes = framesOf(tradeAmongQuotes(5), 2_000);
  const encoder = new TextEncoder();
  return [
    compare({ path: "option trades", frames: trades, target: TARGET }),
    compare({ path: "one option trade to four quotes", frames: tradesAndQuotes, target: TARGET }),
    compare({
      path: "the same as bytes",
      frames: tradesAndQuotes,
      payloads: tradesAndQuotes.map((frame) => encoder.encode(frame)),
    }),
    compare({ path: "the same of 20,000 contracts", frames: framesOf(tradeAmongQuotes(5), 20_000) }),
    compare({ path: "stock trades", frames: framesOf(stockTrade, 0) }),
    compare({
      path: "the slow path: a blank before every value",
      frames: tradesAndQuotes.map((frame) => frame.replaceAll('":', '": ')),
    }),
    captureShare(),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await benchParsePayload());
