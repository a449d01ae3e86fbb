import type { RedisOptions } from "ioredis";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";

/** How a connection to Redis stands. */
export type RedisConnectionState =
  /** Not there yet, or gone; `attempts` failed so far, `error` is what the last one said. */
  | { readonly kind: "connecting"; readonly sinceMs: number; readonly attempts: number; readonly error: unknown }
  | { readonly kind: "ready"; readonly sinceMs: number }
  /** The server is none that we can use, or does not let us in: every command fails with `error`, trying goes on. */
  | { readonly kind: "refused"; readonly sinceMs: number; readonly error: unknown }
  | { readonly kind: "closed" };

export interface RedisConnectionOptions {
  /** `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS. */
  readonly url: string;
  /** In front of every key and channel. @default "" */
  readonly keyPrefix?: string | undefined;
  /** Settings of TLS beyond `rediss://`: an authority, a client certificate. */
  readonly tls?: RedisOptions["tls"];
  /** What CLIENT LIST shows. @default "strikewire" */
  readonly connectionName?: string | undefined;
  /** A command without an answer for this long counts as lost, and its connection with it, ms. @default 5000 */
  readonly commandTimeoutMs?: number | undefined;
  /** @default 5000 */
  readonly connectTimeoutMs?: number | undefined;
  /** The first wait before connecting again, ms; it doubles up to `reconnectMaxMs`. @default 50 */
  readonly reconnectMs?: number | undefined;
  /** @default 2000 */
  readonly reconnectMaxMs?: number | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}
