import type { ConnectionId } from "../market/batch.ts";
import type { BackoffOptions } from "./backoff.ts";
import type { CoolDownOptions } from "./cool-down.ts";
import type { LivenessOptions } from "./liveness.ts";
import type { SubscriptionLedgerOptions } from "./subscription-ledger.ts";
import type { ChunkOptions } from "./subscription-request.ts";

/** How one connection behaves. All times in ms. */
export interface ConnectionOptions {
  readonly connection: ConnectionId;
  readonly backoff: BackoffOptions;
  /** How long an evicted connection leaves the slot alone, times the jitter of the backoff. */
  readonly coolDown: CoolDownOptions;
  /** From the attempt to connect to the accepted key. */
  readonly handshakeTimeoutMs: number;
  readonly subscriptions: SubscriptionLedgerOptions;
  readonly chunks: ChunkOptions;
  readonly liveness: LivenessOptions;
}

/** Everything but which connection it is. */
export const DEFAULT_CONNECTION_OPTIONS: Readonly<Omit<ConnectionOptions, "connection">> = Object.freeze({
  backoff: { firstMs: 1_000, maxMs: 60_000, jitter: 0.2, stableAfterMs: 60_000 },
  coolDown: { firstMs: 60_000, maxMs: 900_000 },
  handshakeTimeoutMs: 15_000,
  subscriptions: { ackTimeoutMs: 10_000, maxAsks: 3 },
  chunks: { maxTopics: 500, maxBytes: 16_384 },
  liveness: { pingAfterMs: 1_000, silenceLimitMs: 30_000, silenceFactor: 20 },
});
