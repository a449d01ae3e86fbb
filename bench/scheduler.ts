import {
  type AllocationDiff,
  allocationDiff,
  type RateEstimate,
  SubscriptionScheduler,
  seededRandom,
} from "../src/index.ts";
import { type BenchResult, median } from "./result.ts";

const ROUNDS = 150;
const WARM_UP = 60;
const TOTAL_SLOTS = 1_000;

/** One rebalance: priorities, allocation and what changed, all with rates that moved. */
export async function benchScheduler(): Promise<readonly BenchResult[]> {
  return [rebalance(10_000, 2), rebalance(100_000, 25)];
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
