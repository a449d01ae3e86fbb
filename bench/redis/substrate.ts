import type { RedisPorts } from "../../src/adapters/redis/index.ts";
import type { EpochDraft, SubstrateUpdate } from "../../src/domain/epoch/substrate.ts";
import { formatOptionTicker } from "../../src/domain/instrument/option-symbol.ts";
import { type BenchResult, median, seconds } from "../result.ts";
import { withRedis } from "./server.ts";

const CONTRACTS = 5_000;
const ROUNDS = 15;
const MERGE_LIMIT_MS = 80;
const RENEW_LIMIT_MS = 10;
const HOUR_MS = 3_600_000;

/** New values for every contract of a large epoch, and the extension of its life. */
export async function benchSubstrate(): Promise<readonly BenchResult[]> {
  return withRedis([], async (ports) => {
    const draft = largeEpoch();
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

function largeEpoch(): EpochDraft {
  const createdAtMs = Date.now();
  const records = Array.from({ length: CONTRACTS }, (_, index) => {
    const strike = 2_000 + (index >> 1);
    const right = index % 2 === 0 ? ("C" as const) : ("P" as const);
    const parts = { root: "SPXW", expiration: "2026-12-18", right, strikeThousandths: strike * 1_000 };
    return {
      terms: {
        contract: formatOptionTicker(parts),
        underlying: "SPX",
        root: "SPXW",
        expiration: "2026-12-18",
        strike,
        right,
        multiplier: 100,
        style: "european" as const,
      },
      greeks: {
        greeksTsNs: 1n,
        delta: 0.5,
        gamma: 0.01,
        theta: -0.3,
        vega: 1.2,
        iv: 0.18,
        source: "provider" as const,
      },
      day: { openInterestDay: "2026-11-20", openInterest: 1_234 },
    };
  });
  return {
    id: `SPX:${Math.floor(createdAtMs / 1_000)}:bench`,
    symbol: "SPX",
    createdAtMs,
    validUntilMs: createdAtMs + HOUR_MS,
    geometryHash: "bench",
    forced: false,
    dormantCount: 0,
    records,
  };
}

function updatesOf({ records }: EpochDraft, round: bigint): readonly SubstrateUpdate[] {
  return records.map(({ terms: { contract } }, index) => ({
    contract,
    quote: {
      quoteTsNs: 1_000_000n * (round + 1n),
      bid: 1 + index / 100,
      ask: 1.1 + index / 100,
      bidSize: 10,
      askSize: 20,
    },
  }));
}

/** What the server spent on scripts, and on what they call, while `work` ran, ms. */
async function serverMs({ connection }: RedisPorts, work: () => Promise<void>): Promise<number> {
  await connection.command("reset the statistics", "CONFIG", "RESETSTAT");
  await work();
  const stats = String(await connection.command("read the statistics", "INFO", "commandstats"));
  return Number(/^cmdstat_evalsha:.*?usec=(\d+)/m.exec(stats)?.[1]) / 1_000;
}
