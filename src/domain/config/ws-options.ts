import { type ConnectionOptions, DEFAULT_CONNECTION_OPTIONS } from "../connection/connection-options.ts";
import type { ConnectionId } from "../market/batch.ts";
import type { LedgerOptions } from "../stream/stream-ledger.ts";
import type { SchedulerConfig } from "../subscription/scheduler-config.ts";
import type { WsConfig } from "./strikewire-config.ts";

/** How one connection behaves. What no setting is about is as in `DEFAULT_CONNECTION_OPTIONS`. */
export function connectionOptionsOf(config: WsConfig, connection: ConnectionId): ConnectionOptions {
  return {
    ...DEFAULT_CONNECTION_OPTIONS,
    connection,
    backoff: {
      firstMs: milliseconds(config.wsReconnectDelaySec),
      maxMs: milliseconds(config.wsReconnectMaxSec),
      jitter: config.wsReconnectJitter,
      stableAfterMs: milliseconds(config.wsStableAfterSec),
    },
    subscriptions: {
      ...DEFAULT_CONNECTION_OPTIONS.subscriptions,
      ackTimeoutMs: milliseconds(config.wsAckTimeoutSec),
    },
    chunks: { ...DEFAULT_CONNECTION_OPTIONS.chunks, maxTopics: config.wsSubscribeChunk },
    liveness: { ...DEFAULT_CONNECTION_OPTIONS.liveness, pingAfterMs: config.wsHeartbeatMs },
  };
}

/** How a `StreamLedger` judges time. */
export function ledgerOptionsOf(config: Pick<WsConfig, "wsAllowedLatenessMs" | "wsIdleBoundMs">): LedgerOptions {
  return { allowedLatenessMs: config.wsAllowedLatenessMs, idleBoundMs: config.wsIdleBoundMs };
}

/** How much of the raw log is kept: a `RawLogRetention`. */
export interface RetentionOptions {
  readonly softMaxEntries: number;
  readonly hardMaxBytes: number;
  /** `undefined`: never for its age alone. */
  readonly maxAgeMs: number | undefined;
}

/** How much of the raw log is kept. */
export function retentionOf(
  config: Pick<WsConfig, "wsStreamMaxlen" | "wsStreamHardBytes" | "wsStreamMaxAgeSec">,
): RetentionOptions {
  const { wsStreamMaxlen, wsStreamHardBytes, wsStreamMaxAgeSec } = config;
  return {
    softMaxEntries: wsStreamMaxlen,
    hardMaxBytes: wsStreamHardBytes,
    maxAgeMs: wsStreamMaxAgeSec === undefined ? undefined : milliseconds(wsStreamMaxAgeSec),
  };
}

/** How scarce subscription slots are spent. */
export function schedulerConfigOf(config: WsConfig): SchedulerConfig {
  return {
    topN: config.schedTopN,
    explorationFraction: config.schedExplorationFraction,
    rebalanceIntervalSec: config.schedRebalanceIntervalSec,
    hysteresis: config.schedHysteresis,
    exploreRounds: config.schedExploreRounds,
    halfLifeSec: config.schedHalfLifeSec,
    measure: config.schedMeasure,
    seed: config.schedSeed,
  };
}

/** To the millisecond, and never none. */
function milliseconds(seconds: number): number {
  return Math.max(1, Math.round(seconds * 1_000));
}
