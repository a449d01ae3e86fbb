import { describe, expect, it } from "vitest";
import { valueFor } from "../../../src/domain/config/per-symbol.ts";
import { readConfig, wsConfig } from "../../../src/domain/config/read-config.ts";
import {
  connectionOptionsOf,
  ledgerOptionsOf,
  retentionOf,
  schedulerConfigOf,
} from "../../../src/domain/config/ws-options.ts";
import { DEFAULT_CONNECTION_OPTIONS } from "../../../src/domain/connection/connection-options.ts";
import { DEFAULT_HYDRATION_OPTIONS } from "../../../src/domain/hydration/state.ts";
import { DEFAULT_LEDGER_OPTIONS } from "../../../src/domain/stream/stream-ledger.ts";
import { DEFAULT_SCHEDULER_CONFIG, schedulerConfig } from "../../../src/domain/subscription/scheduler-config.ts";
import type { RawLogRetention } from "../../../src/ports/raw-log.ts";

const connection = { class: "options", shard: 1 } as const;

describe("what is made of the defaults", () => {
  const config = wsConfig({});

  it("is what the parts have as theirs", () => {
    expect(connectionOptionsOf(config, connection)).toEqual({ ...DEFAULT_CONNECTION_OPTIONS, connection });
    expect(ledgerOptionsOf(config)).toEqual(DEFAULT_LEDGER_OPTIONS);
    expect(schedulerConfigOf(config)).toEqual(DEFAULT_SCHEDULER_CONFIG);
    const { maxFutureSkewMs, maxFrameBytes } = DEFAULT_HYDRATION_OPTIONS;
    expect([config.wsMaxFutureSkewMs, config.wsMaxFrameBytes]).toEqual([maxFutureSkewMs, maxFrameBytes]);
  });
});

describe("what is made of settings", () => {
  it("is a connection in milliseconds, with the jitter, the patience and the size of requests", () => {
    const config = wsConfig({
      wsReconnectDelaySec: 0.0025,
      wsReconnectMaxSec: 7,
      wsReconnectJitter: 0.5,
      wsStableAfterSec: 9.5,
      wsAckTimeoutSec: 3,
      wsSubscribeChunk: 50,
    });
    expect(connectionOptionsOf(config, connection)).toEqual({
      ...DEFAULT_CONNECTION_OPTIONS,
      connection,
      backoff: { firstMs: 3, maxMs: 7_000, jitter: 0.5, stableAfterMs: 9_500 },
      subscriptions: { ackTimeoutMs: 3_000, maxAsks: 3 },
      chunks: { maxTopics: 50, maxBytes: 16_384 },
    });
  });

  it("is a ledger, and a retention that a raw log takes", () => {
    expect(ledgerOptionsOf(wsConfig({ wsAllowedLatenessMs: 7, wsIdleBoundMs: 8 }))).toEqual({
      allowedLatenessMs: 7,
      idleBoundMs: 8,
    });
    const retention: RawLogRetention = retentionOf(
      wsConfig({ wsStreamMaxlen: 5, wsStreamHardBytes: 6, wsStreamMaxAgeSec: 7 }),
    );
    expect(retention).toEqual({ softMaxEntries: 5, hardMaxBytes: 6, maxAgeMs: 7_000 });
    expect(retentionOf(wsConfig({})).maxAgeMs).toBeUndefined();
  });

  it("is a scheduler with every field its own", () => {
    const given = {
      topN: 2,
      explorationFraction: 0.3,
      rebalanceIntervalSec: 4,
      hysteresis: 0.5,
      exploreRounds: 6,
      halfLifeSec: 7,
      measure: "contracts",
      seed: 8,
    } as const;
    const env = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        `MASSIVE_SCHED_${name.replace(/[A-Z]/g, "_$&").toUpperCase()}`,
        String(value),
      ]),
    );
    expect(schedulerConfig(schedulerConfigOf(readConfig({ env }).config))).toEqual(given);
  });

  it("is a number by symbol, with or without I:", () => {
    const setting = readConfig({ env: { MASSIVE_CHAIN_EM_DAYS: "SPX=3" } }).config.chainEmDays;
    expect(["SPX", "I:SPX", "NDX", "constructor"].map((symbol) => valueFor(setting, symbol))).toEqual([3, 3, 1, 1]);
  });
});
