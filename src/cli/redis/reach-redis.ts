import { openRedis, type RedisPorts } from "../../adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../adapters/system/index.ts";
import type { Logger } from "../../ports/logger.ts";
import { errorMessage } from "../error-message.ts";

/** Which Redis, and what its keys begin with. */
export interface RedisPlace {
  readonly url: string;
  readonly prefix: string;
}

export interface ReachOptions {
  readonly logger: Logger;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Whether a server that is not there is waited for. @default true */
  readonly waits?: boolean;
}

/**
 * Opens a Redis and waits until it is there, for as long as that takes: people are told once that it is not, and once that
 * it is.
 *
 * Rejects with the reason of an aborted `signal`, and with a coded error where the server refuses us, is none that we can
 * use, or is not there and not waited for. Nothing is left open then.
 *
 * @throws {TypeError} for a URL that is none of Redis.
 */
export async function reachRedis({ url, prefix }: RedisPlace, options: ReachOptions): Promise<RedisPorts> {
  const { logger, signal, waits = true } = options;
  let isThere = false;
  // What a connection says before it stands is said here.
  const connectionLogger: Logger = { ...logger, error: (...args) => isThere && logger.error(...args) };
  const redis = openRedis({ url, keyPrefix: prefix, clock: SYSTEM_CLOCK, logger: connectionLogger });
  const { connection } = redis;
  const giveUp = new AbortController();
  let isMissed = false;
  const forget = connection.onState((state) => {
    if (isMissed || state.kind !== "connecting") return;
    isMissed = true;
    if (waits)
      logger.error(
        `Cannot reach Redis at ${connection.label}, trying again until it is there`,
        errorMessage(state.error),
      );
    else giveUp.abort(state.error);
  });
  try {
    await connection.ready(AbortSignal.any([signal, giveUp.signal]));
  } catch (error) {
    await redis.close();
    throw error;
  } finally {
    forget();
  }
  isThere = true;
  if (isMissed) logger.warn(`Redis at ${connection.label} is there`);
  return redis;
}
