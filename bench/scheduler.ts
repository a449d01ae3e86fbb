import { wsConfig } from "../src/domain/config/read-config.ts";
import { parseOptionTicker } from "../src/domain/instrument/option-symbol.ts";
import type { OptionTrade } from "../src/domain/market/rows.ts";
import { optionTradeRow } from "../src/domain/wire/event-rows.ts";
import {
  type AllocationDiff,
  allocationDiff,
  type RateEstimate,
  SubscriptionScheduler,
  seededRandom,
} from "../src/index.ts";
import { QuoteSlots } from "../src/workers/source/quote-slots.ts";
import { type BenchResult, median } from "./result.ts";

const ROUNDS = 150;
const WARM_UP = 60;
const TOTAL_SLOTS = 1_000;
const QUOTE_ROUNDS = 45;
const START_MS = 1_766_437_200_000;

/** One rebalance: priorities, allocation and what changed, all with rates that moved. */
export async function benchScheduler(): Promise<readonly BenchResult[]> {
  return [rebalance(10_000, 2), rebalance(100_000, 25), quoteSlots(100_000)];
}

function rebalance(instruments: number, limitMs: number): BenchResult {
  const random = seededRandom(7);
  const symbols = Array.from({ length: instruments }, (_, index) => `O:SPXW251223C${String(index).padStart(8, "0")}`);
  // Few instruments are busy and most are nearly silent, as on a real tape.
  const usual = symbols.map(() => 100 * random.next() ** 8);
  const scheduler = new SubscriptionScheduler();
  let before = new Map<string, boolean>();
  const tookMs: number[] = [];
  let changed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const rates = new Map<string, RateEstimate>();
    for (const [index, symbol] of symbols.entries()) {
      rates.set(symbol, { perSec: (usual[index] ?? 0) * (0.8 + 0.4 * random.next()), ageMs: 5_000 * (index % 7) });
    }
    const startedAtMs = performance.now();
    scheduler.updatePriorities(rates);
    const after = scheduler.allocateSlots(TOTAL_SLOTS);
    const diff: AllocationDiff = allocationDiff(before, after);
    if (round >= WARM_UP) tookMs.push(performance.now() - startedAtMs);
    changed += diff.subscribe.length + diff.unsubscribe.length;
    before = after;
  }
  if (changed === 0) throw new Error("Cannot measure a rebalance: subscriptions must change, they never did");
  const took = median(tookMs);
  return {
    path: `rebalance of ${instruments / 1_000} k instruments onto ${TOTAL_SLOTS} slots`,
    measured: `${took.toFixed(2)} ms (worst ${Math.max(...tookMs).toFixed(2)} ms)`,
    yardstick: "",
    target: `< ${limitMs} ms`,
    reached: took < limitMs,
  };
}

/** A live source's rebalance: estimates of everything that traded, the choice, and its shards. */
function quoteSlots(contracts: number): BenchResult {
  const random = seededRandom(7);
  const slots = new QuoteSlots(wsConfig({ wsResources: ["options_quotes"] }), 1);
  const trades: OptionTrade[] = [];
  for (let index = 0; index < contracts; index++) {
    const contract = parseOptionTicker(`O:SPXW351221C${String(1 + index).padStart(8, "0")}`);
    if (contract === undefined) throw new Error("Cannot measure a rebalance: every contract must be an option");
    trades.push(optionTradeRow(contract, START_MS, 1, 1 + random.int(10), undefined, undefined, undefined, START_MS));
  }
  slots.add(trades, START_MS);
  const tookMs: number[] = [];
  for (let round = 1; round <= QUOTE_ROUNDS; round++) {
    const nowMs = START_MS + 5_000 * round;
    slots.add(trades.slice(random.int(contracts / 2), -random.int(contracts / 2) || undefined), nowMs);
    const startedAtMs = performance.now();
    slots.rebalance(undefined, 1, "2025-12-22", nowMs);
    if (round > QUOTE_ROUNDS / 3) tookMs.push(performance.now() - startedAtMs);
  }
  return {
    path: `rebalance of a source, ${contracts / 1_000} k contracts that trade`,
    measured: `${median(tookMs).toFixed(2)} ms (worst ${Math.max(...tookMs).toFixed(2)} ms)`,
    yardstick: "",
    target: "",
    reached: undefined,
  };
}
