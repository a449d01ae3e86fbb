import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { RedisPorts } from "../../src/adapters/redis/index.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";
import type { BenchResult } from "../result.ts";
import { tradeFrames } from "./frames.ts";
import { hydratedPerSec } from "./hydration.ts";
import { flush, withRedis } from "./server.ts";

const SECONDS = 8;
const TICK_MS = 10;
const TRADES_PER_FRAME = 10;
const LIMIT_MS = 5;

/** How long another client waits for a PING while trades are hydrated at half of what is possible. */
export async function benchBystander(): Promise<readonly BenchResult[]> {
  return withRedis([], async (ports, url) => {
    const most = await hydratedPerSec(ports);
    await flush(ports);
    const { sorted, perSec } = await pingWhileHydrating(ports, url, most / 2);
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
    const rate = `${Math.round(perSec / 1_000)} k trades/s`;
    return [
      {
        path: `a bystander's PING while hydrating ${rate}, half of what is possible`,
        measured: `p50 ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms, most ${at(0.9999).toFixed(2)} ms (${sorted.length} pings)`,
        yardstick: "time to answer, seen by another client on a thread of its own",
        target: `p99 < ${LIMIT_MS} ms`,
        reached: at(0.99) < LIMIT_MS,
      },
    ];
  });
}

async function pingWhileHydrating(
  ports: RedisPorts,
  url: string,
  tradesPerSec: number,
): Promise<{ readonly sorted: readonly number[]; readonly perSec: number }> {
  const framesPerTick = Math.max(1, Math.round((tradesPerSec / TRADES_PER_FRAME / 1_000) * TICK_MS));
  const frames = tradeFrames(1, framesPerTick, TRADES_PER_FRAME);
  const stop = new AbortController();
  const hydrating = new WsHydrator(ports, { owner: "bench" }).run(stop.signal);
  const worker = new Worker(new URL("./ping-worker.ts", import.meta.url), { workerData: { url } });
  await once(worker, "message");
  const startedAtMs = performance.now();
  let seq = 1;
  for (let tick = 0; performance.now() - startedAtMs < SECONDS * 1_000; tick++) {
    const renumbered = frames.map((frame, index) => ({ ...frame, position: { ...frame.position, seq: seq + index } }));
    await ports.log.append("bench", seq, renumbered);
    seq += framesPerTick;
    const aheadMs = (tick + 1) * TICK_MS - (performance.now() - startedAtMs);
    if (aheadMs > 0) await sleep(aheadMs);
  }
  const elapsedMs = performance.now() - startedAtMs;
  worker.postMessage("stop");
  const [latenciesMs] = (await once(worker, "message")) as [number[]];
  const { trades = 0 } = await ports.store.counters();
  stop.abort();
  await hydrating;
  return { sorted: latenciesMs.sort((a, b) => a - b), perSec: (trades / elapsedMs) * 1_000 };
}
