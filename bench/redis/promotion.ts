import type { RedisPorts } from "../../src/adapters/redis/index.ts";
import { type BenchResult, median, seconds } from "../result.ts";
import { largeEpoch, updatesOf } from "./large-epoch.ts";
import { flush, withRedis } from "./server.ts";
import { beginServerTime, endServerTime, type ServerTime } from "./server-time.ts";

const SIZES = [5_000, 20_000];
const ROUNDS = 7;
const LIMIT_MS = 500;

/** Stages an epoch and puts it in the place of one that has streamed values for every contract. */
export async function benchPromotion(): Promise<readonly BenchResult[]> {
  return withRedis([], async (ports) => {
    const results: BenchResult[] = [];
    for (const contracts of SIZES) results.push(await measure(ports, contracts));
    return results;
  });
}

async function measure(ports: RedisPorts, contracts: number): Promise<BenchResult> {
  const { epochs, substrate } = ports;
  await flush(ports);
  const first = largeEpoch(contracts, "first");
  await epochs.stage(first);
  await epochs.promote(null, first.id);
  let expected = first.id;
  const stagings: number[] = [];
  const promotions: number[] = [];
  const server: ServerTime[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await substrate.mergeStreamed(expected, updatesOf(first, BigInt(round)));
    const draft = largeEpoch(contracts, `e${round}`);
    const began = await beginServerTime(ports);
    stagings.push(1_000 * (await seconds(() => epochs.stage(draft))));
    promotions.push(1_000 * (await seconds(async () => void (await epochs.promote(expected, draft.id)))));
    server.push(await endServerTime(ports, began));
    expected = draft.id;
  }
  const total = median(server.map(({ totalMs }) => totalMs));
  const cpu = median(server.map(({ cpuMs }) => cpuMs));
  const longest = median(server.map(({ longestMs }) => longestMs));
  return {
    path: `epoch of ${contracts} contracts staged and promoted, with the streamed values of the last`,
    measured:
      `${total.toFixed(0)} ms, at most ${longest.toFixed(1)} ms at once ` +
      `(CPU ${cpu.toFixed(0)} ms; stage ${median(stagings).toFixed(0)} ms, promote ${median(promotions).toFixed(0)} ms from call to answer)`,
    yardstick: "time of the server",
    target: `< ${LIMIT_MS} ms`,
    reached: total < LIMIT_MS,
  };
}
