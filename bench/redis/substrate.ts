import type { RedisPorts } from "../../src/adapters/redis/index.ts";
import { type BenchResult, median, seconds } from "../result.ts";
import { largeEpoch, updatesOf } from "./large-epoch.ts";
import { withRedis } from "./server.ts";

const CONTRACTS = 5_000;
const ROUNDS = 15;
const MERGE_LIMIT_MS = 80;
const RENEW_LIMIT_MS = 10;

/** New values for every contract of a large epoch, and the extension of its life. */
export async function benchSubstrate(): Promise<readonly BenchResult[]> {
  return withRedis([], async (ports) => {
    const draft = largeEpoch(CONTRACTS, "bench");
    await ports.epochs.stage(draft);
    await ports.epochs.promote(null, draft.id);
    const merges: number[] = [];
    const renewals: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const updates = updatesOf(draft, BigInt(round));
      merges.push(1_000 * (await seconds(async () => void (await ports.substrate.mergeStreamed(draft.id, updates)))));
      const validUntilMs = draft.validUntilMs + (round + 1) * 1_000;
      renewals.push(await serverMs(ports, () => ports.epochs.renew(draft.id, validUntilMs)));
    }
    const [first = Number.NaN, ...warm] = merges;
    const merge = median(warm);
    const renew = median(renewals);
    return [
      {
        path: `substrate of ${CONTRACTS} contracts, one value each, coalesced`,
        measured: `${merge.toFixed(0)} ms (the first of a process ${first.toFixed(0)} ms)`,
        yardstick: "time from call to answer",
        target: `< ${MERGE_LIMIT_MS} ms`,
        reached: merge < MERGE_LIMIT_MS,
      },
      {
        path: `renewal of ${CONTRACTS} contracts`,
        measured: `${renew.toFixed(1)} ms`,
        yardstick: "time of the server",
        target: `< ${RENEW_LIMIT_MS} ms`,
        reached: renew < RENEW_LIMIT_MS,
      },
    ];
  });
}

/** What the server spent on scripts, and on what they call, while `work` ran, ms. */
async function serverMs({ connection }: RedisPorts, work: () => Promise<void>): Promise<number> {
  await connection.command("reset the statistics", "CONFIG", "RESETSTAT");
  await work();
  const stats = String(await connection.command("read the statistics", "INFO", "commandstats"));
  return Number(/^cmdstat_evalsha:.*?usec=(\d+)/m.exec(stats)?.[1]) / 1_000;
}
