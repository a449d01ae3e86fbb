import type { RedisPorts } from "../../src/adapters/redis/index.ts";
import { type BenchResult, median, seconds } from "../result.ts";
import { tradeFrames } from "./frames.ts";
import { benchmarkedPerSec } from "./redis-benchmark.ts";
import { flush, withRedis } from "./server.ts";

const FRAMES = 200_000;
const FRAMES_PER_CALL = 512;
const ROUNDS = 3;
const TARGET = 0.6;

/** Frames of one event into the raw log, held against what Redis itself can take of the same commands. */
export async function benchRawAppend(): Promise<readonly BenchResult[]> {
  const [one, two] = await withRedis([], async (ports, url) => {
    const frame = tradeFrames(1, 1, 1)[0]?.payload ?? "";
    const fields = ["ts", "1766437799.445", "payload", frame, "src", "options/0/1/123456"];
    const results: [number, number, number][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await flush(ports);
      const limit = await benchmarkedPerSec(url, FRAMES, ["XADD", "massive:ws:stream", "*", ...fields]);
      results.push([limit, await appendedPerSec(ports, 1), await appendedPerSec(ports, 2)]);
    }
    return [1, 2].map((producers) => ({
      producers,
      ratio: median(results.map((result) => (result[producers] ?? Number.NaN) / result[0])),
      perSec: median(results.map((result) => result[producers] ?? Number.NaN)),
      limit: median(results.map(([limit]) => limit)),
    }));
  });
  if (one === undefined || two === undefined) return [];
  return [one, two].map(({ producers, ratio, perSec, limit }) => ({
    path: `raw append of single frames, idempotent, ${producers} ${producers === 1 ? "producer" : "producers at once"}`,
    measured: `${ratio.toFixed(2)} x (${Math.round(perSec / 1_000)} k frames/s)`,
    yardstick: `redis-benchmark -P 50 of the same XADD (${Math.round(limit / 1_000)} k/s)`,
    target: producers === 2 ? `${TARGET} x` : "",
    reached: producers === 2 ? ratio >= TARGET : undefined,
  }));
}

/** Each producer has one call on its way, as a source has. */
async function appendedPerSec(ports: RedisPorts, producers: number): Promise<number> {
  await flush(ports);
  const frames = tradeFrames(1, FRAMES_PER_CALL, 1);
  const calls = Math.floor(FRAMES / FRAMES_PER_CALL / producers);
  const append = async (name: string): Promise<void> => {
    for (let call = 0; call < calls; call++) await ports.log.append(name, call * FRAMES_PER_CALL + 1, frames);
  };
  const names = Array.from({ length: producers }, (_, index) => `bench/${index}`);
  const duration = await seconds(async () => void (await Promise.all(names.map(append))));
  return (calls * FRAMES_PER_CALL * producers) / duration;
}
