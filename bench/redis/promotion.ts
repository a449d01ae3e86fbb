import type { RedisPorts } from "../../src/adapters/redis/index.ts";
import { type BenchResult, median, seconds } from "../result.ts";
import { largeEpoch, updatesOf } from "./large-epoch.ts";
import { flush, withRedis } from "./server.ts";

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
    await begin(ports);
    stagings.push(1_000 * (await seconds(() => epochs.stage(draft))));
    promotions.push(1_000 * (await seconds(async () => void (await epochs.promote(expected, draft.id)))));
    server.push(await end(ports));
    expected = draft.id;
  }
  const total = median(server.map(({ totalMs }) => totalMs));
  const longest = median(server.map(({ longestMs }) => longestMs));
  return {
    path: `epoch of ${contracts} contracts staged and promoted, with the streamed values of the last`,
    measured:
      `${total.toFixed(0)} ms, at most ${longest.toFixed(1)} ms at once ` +
      `(stage ${median(stagings).toFixed(0)} ms, promote ${median(promotions).toFixed(0)} ms from call to answer)`,
    yardstick: "time of the server",
    target: `< ${LIMIT_MS} ms`,
    reached: total < LIMIT_MS,
  };
}

interface ServerTime {
  readonly totalMs: number;
  /** Of the longest command or script: for so long others had to wait. */
  readonly longestMs: number;
}

/** Of a log of slow commands: shorter ones keep nobody waiting. */
const LOGGED_US = 300;
/** What is sent for a promotion; scripts are counted with what they call. */
const SENT = ["evalsha", "eval", "mget", "sinter", "smembers"];

async function begin({ connection }: RedisPorts): Promise<void> {
  const settings = ["slowlog-log-slower-than", LOGGED_US, "slowlog-max-len", 5_000];
  await connection.command("log slow commands", "CONFIG", "SET", ...settings);
  await connection.command("forget what was logged", "SLOWLOG", "RESET");
  await connection.command("reset the statistics", "CONFIG", "RESETSTAT");
}

/** What the server spent since `begin`. */
async function end({ connection }: RedisPorts): Promise<ServerTime> {
  const stats = String(await connection.command("read the statistics", "INFO", "commandstats"));
  const micros = SENT.map((name) => Number(new RegExp(`^cmdstat_${name}:.*?usec=(\\d+)`, "m").exec(stats)?.[1] ?? 0));
  const log = (await connection.command("read what was logged", "SLOWLOG", "GET", -1)) as readonly unknown[][];
  const longest = Math.max(0, ...log.map(([, , duration]) => Number(duration)));
  return { totalMs: micros.reduce((sum, each) => sum + each, 0) / 1_000, longestMs: longest / 1_000 };
}
