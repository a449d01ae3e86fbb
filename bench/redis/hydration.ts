import { setTimeout as sleep } from "node:timers/promises";
import type { RedisPorts } from "../../src/adapters/redis/index.ts";
import { CURSOR_START } from "../../src/domain/stream/cursor.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";
import { type BenchResult, median, seconds } from "../result.ts";
import { tradeFrames } from "./frames.ts";
import { benchmarkedPerSec } from "./redis-benchmark.ts";
import { flush, withRedis } from "./server.ts";

const FRAMES = 30_000;
const TRADES_PER_FRAME = 10;
const FRAMES_PER_CALL = 500;
const WARM_UP_ROUNDS = 4;
const ROUNDS = 5;
const LOOK_EVERY_MS = 5;
const TARGET = 0.5;

/** The fields of a trade as they stand in its stream. */
const TRADE =
  "sym O:SPXW251223P06870000 p 7.7 s 3 t 1766437799445 q 1234567 x 302 c [227] side U/none// flags  ts 1766437799.465".split(
    " ",
  );

/** Frames of ten trades from the raw log to committed trade streams, held against bare XADDs of the same trades. */
export async function benchHydration(): Promise<readonly BenchResult[]> {
  const plain = await measure("without append-only", []);
  const synced = await measure("append-only, fsync every second", ["--appendonly", "yes"]);
  return [plain, synced];
}

async function measure(name: string, args: readonly string[]): Promise<BenchResult> {
  const results = await withRedis(args, async (ports, url) => {
    // A hydrator runs for days: the first rounds, while its code is being compiled, are not what it does.
    for (let round = 0; round < WARM_UP_ROUNDS; round++) {
      await hydratedPerSec(ports);
      await flush(ports);
    }
    const rounds: [limit: number, hydrated: number][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await flush(ports);
      const limit = await benchmarkedPerSec(url, 300_000, ["XADD", "massive:trades:SPX:2025-12-23", "*", ...TRADE]);
      await flush(ports);
      rounds.push([limit, await hydratedPerSec(ports)]);
    }
    return rounds;
  });
  const ratio = median(results.map(([limit, hydrated]) => hydrated / limit));
  return {
    path: `hydration of 10-trade frames on Redis, read to commit, ${name}`,
    measured: `${ratio.toFixed(2)} x (${Math.round(median(results.map(([, hydrated]) => hydrated)) / 1_000)} k trades/s)`,
    yardstick: `redis-benchmark -P 50 of the same trade XADD (${Math.round(median(results.map(([limit]) => limit)) / 1_000)} k/s)`,
    target: args.length === 0 ? `${TARGET} x` : "",
    reached: args.length === 0 ? ratio >= TARGET : undefined,
  };
}

/** Trades a second from the first read to the last commit. */
export async function hydratedPerSec(ports: RedisPorts): Promise<number> {
  for (let seq = 1; seq <= FRAMES; seq += FRAMES_PER_CALL) {
    await ports.log.append("bench", seq, tradeFrames(seq, FRAMES_PER_CALL, TRADES_PER_FRAME));
  }
  const last = (await ports.log.read(CURSOR_START, FRAMES, 0, new AbortController().signal)).entries.at(-1)?.cursor;
  const stop = new AbortController();
  let hydrating = Promise.resolve();
  const duration = await seconds(async () => {
    hydrating = new WsHydrator(ports, { owner: "bench" }).run(stop.signal);
    // Asked for seldom: who looks all the time takes a part of what it measures.
    while ((await ports.store.cursors()).get(0) !== last) await Promise.race([sleep(LOOK_EVERY_MS), hydrating]);
  });
  stop.abort();
  await hydrating;
  return (FRAMES * TRADES_PER_FRAME) / duration;
}
