import { openCapture } from "../../../src/adapters/capture/index.ts";
import { openRedis, type RedisPorts } from "../../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system/index.ts";
import type { EpochDraft, SubstrateRecord } from "../../../src/domain/epoch/substrate.ts";
import { parseOptionTicker } from "../../../src/domain/instrument/option-symbol.ts";
import type { RawDraft } from "../../../src/domain/stream/raw-entry.ts";
import { caughtUp } from "../../../src/workers/hydrator/caught-up.ts";
import { WsHydrator } from "../../../src/workers/hydrator/ws-hydrator.ts";
import { ReplayWorker } from "../../../src/workers/replay/replay-worker.ts";

/** Entries that the raw log keeps behind its readers. */
export const KEPT_ENTRIES = 1_000;

/** The pipeline as a host runs it, on a part of a Redis. */
export async function openPipeline(url: string, keyPrefix: string): Promise<RedisPorts> {
  const retention = { softMaxEntries: KEPT_ENTRIES, hardMaxBytes: 1_073_741_824 };
  const redis = openRedis({ url, keyPrefix, clock: SYSTEM_CLOCK, retention });
  await redis.connection.ready();
  return redis;
}

/**
 * Makes an epoch of these contracts the active one. The first has open interest and greeks.
 *
 * @returns its id.
 */
export async function promoteEpoch(
  { epochs }: RedisPorts,
  tickers: readonly string[],
  createdAtMs: number,
  validUntilMs: number,
): Promise<string> {
  const id = `SPX:${Math.floor(createdAtMs / 1_000)}:0f1e2d3c`;
  const draft: EpochDraft = {
    id,
    symbol: "SPX",
    createdAtMs,
    validUntilMs,
    geometryHash: "0f1e2d3c",
    forced: false,
    dormantCount: 0,
    records: tickers.map(recordOf),
  };
  await epochs.stage(draft);
  const outcome = await epochs.promote(null, id);
  if (outcome !== "promoted") throw new Error(`Cannot prepare the test: the epoch must be promoted, it is ${outcome}`);
  return id;
}

function recordOf(ticker: string, index: number): SubstrateRecord {
  const terms = parseOptionTicker(ticker);
  if (terms === undefined) throw new TypeError(`Cannot make a record: "${ticker}" must be an option ticker`);
  const { root, expiration, right, strike } = terms;
  const greeks = { delta: -0.41, gamma: 0.0021, theta: -1.5, vega: 2.75, iv: 0.1873, source: "provider" } as const;
  return {
    terms: {
      contract: ticker,
      underlying: "SPX",
      root,
      expiration,
      strike,
      right,
      multiplier: 100,
      style: "european",
    },
    ...(index === 0 && {
      greeks: { greeksTsNs: 1_766_437_400_250_000_000n, ...greeks },
      day: { openInterestDay: "2025-12-22", openInterest: 3_141 },
    }),
  };
}

/** Runs a hydrator while `work` goes on and until it has worked off the log; then `look`, and an orderly end. */
export async function hydrateDuring(
  redis: RedisPorts,
  work: (signal: AbortSignal) => Promise<unknown>,
  look: () => Promise<void> = async () => {},
): Promise<void> {
  const stop = new AbortController();
  const hydrating = new WsHydrator(redis, { owner: "conformance" }).run(stop.signal);
  // A hydrator that fails ends the wait for it.
  await Promise.race([
    hydrating,
    work(stop.signal)
      .then(() => caughtUp(redis, 0, stop.signal))
      .then(look),
  ]);
  stop.abort();
  await hydrating;
}

/** Replays the bundled capture. */
export function replayCapture(redis: RedisPorts): (signal: AbortSignal) => Promise<unknown> {
  const capture = openCapture("captures/synthetic.jsonl");
  return (signal) => new ReplayWorker({ ...redis, capture }, { producer: "conformance" }).run(signal);
}

/** Appends frames of 64 KiB without rows, enough for the hydrator to make room in the log. */
export function appendLargeFrames(redis: RedisPorts): () => Promise<unknown> {
  const withMessage = (message: string): string => JSON.stringify([{ ev: "status", status: "x", message }]);
  const payload = withMessage("x".repeat(65_536 - withMessage("").length));
  const frames = Array.from({ length: 70 }, (_, index): RawDraft => {
    const position = { class: "options", shard: 1, epoch: 1, seq: index + 1 } as const;
    return { kind: "frame", position, receivedAtMs: 1_766_438_000_000 + index, payload };
  });
  return () => redis.log.append("large", 1, frames);
}
