import type { WsConfig } from "../../domain/config/strikewire-config.ts";
import { connectionOptionsOf, ledgerOptionsOf } from "../../domain/config/ws-options.ts";
import type { ConnectionOptions } from "../../domain/connection/connection-options.ts";
import type { ConnectionId } from "../../domain/market/batch.ts";
import type { InboxLimits } from "../../domain/overload/inbox.ts";
import type { LedgerOptions } from "../../domain/stream/stream-ledger.ts";
import { DEFAULT_TURN_OPTIONS, type TurnOptions } from "./turn-loop.ts";

/** How one connection of a source works. */
export interface WorkerOptions {
  readonly connection: ConnectionOptions;
  readonly ledger: LedgerOptions;
  readonly inbox: InboxLimits;
  readonly turn: TurnOptions;
  /** Time between two empty batches while there are no others. */
  readonly heartbeatMs: number;
  readonly maxFutureSkewMs: number;
  readonly maxFrameBytes: number;
  readonly spoolBytes: number;
}

/** @param turn in place of the defaults, for tests that decide how much can be digested. */
export function workerOptions(config: WsConfig, connection: ConnectionId, turn?: Partial<TurnOptions>): WorkerOptions {
  return {
    connection: connectionOptionsOf(config, connection),
    ledger: ledgerOptionsOf(config),
    inbox: {
      stalenessMs: config.wsStalenessLimitMs,
      maxEvents: config.wsQueueEvents,
      maxBytes: config.wsQueueBytes,
    },
    turn: { ...DEFAULT_TURN_OPTIONS, ...turn },
    heartbeatMs: config.wsHeartbeatMs,
    maxFutureSkewMs: config.wsMaxFutureSkewMs,
    maxFrameBytes: config.wsMaxFrameBytes,
    spoolBytes: config.wsSpoolBytes,
  };
}
