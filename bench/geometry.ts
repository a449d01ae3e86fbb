import { formatOptionTicker, geometryDiff, geometryHash } from "../src/index.ts";
import { type BenchResult, median } from "./result.ts";

const CONTRACTS = 20_000;
const ROUNDS = 60;
const WARM_UP = 10;
const LIMIT_MS = 20;
/** Contracts that come and go from one chain to the next, each. */
const CHANGED = 40;

/** One chain held against the one before: its hash, and what came and went. */
export async function benchGeometry(): Promise<readonly BenchResult[]> {
  const tookMs: number[] = [];
  const cpuMs: number[] = [];
  let changes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = chainFrom(round);
    const after = chainFrom(round + 1);
    const startedCpu = process.cpuUsage();
    const startedAtMs = performance.now();
    const hash = geometryHash(after);
    const { added, removed } = geometryDiff(before, after);
    const endedAtMs = performance.now();
    const { user, system } = process.cpuUsage(startedCpu);
    if (hash.length === 16) changes += added.length + removed.length;
    if (round < WARM_UP) continue;
    tookMs.push(endedAtMs - startedAtMs);
    cpuMs.push((user + system) / 1_000);
  }
  const expected = ROUNDS * 2 * CHANGED;
  if (changes !== expected) throw new Error(`Cannot measure: ${expected} changes are required, there were ${changes}`);
  const took = median(tookMs);
  const worst = Math.max(...tookMs).toFixed(1);
  return [
    {
      path: `geometry of ${CONTRACTS / 1_000} k contracts, hash and diff`,
      measured: `${took.toFixed(1)} ms (worst ${worst} ms; ${median(cpuMs).toFixed(1)} ms of CPU)`,
      yardstick: "",
      target: `< ${LIMIT_MS} ms`,
      reached: took < LIMIT_MS,
    },
  ];
}

/** A chain over five expirations, its texts new and flat as a parsed answer has them. */
function chainFrom(step: number): readonly string[] {
  const tickers = Array.from({ length: CONTRACTS }, (_, index) =>
    formatOptionTicker({
      root: "SPXW",
      expiration: `2026-01-${20 + (index % 5)}`,
      right: Math.floor(index / 5) % 2 === 0 ? "C" : "P",
      strikeThousandths: 5_000 * (1_000 + (CHANGED / 10) * step + Math.floor(index / 10)),
    }),
  );
  return JSON.parse(JSON.stringify(tickers));
}
