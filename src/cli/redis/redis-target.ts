import { hostname } from "node:os";
import type { RedisPorts } from "../../adapters/redis/index.ts";
import { StorageError } from "../../domain/errors.ts";
import { splitCursor } from "../../domain/stream/cursor.ts";
import type { Logger } from "../../ports/logger.ts";
import { untilStored } from "../../workers/until-stored.ts";
import type { ReplayTarget } from "../replay.ts";
import { type Occupancy, occupancyOf } from "./occupancy.ts";
import type { StreamKeyName } from "./stream-names.ts";

const SNAPSHOT_INTERVAL_MS = 250;

/** What a replay may do to what is there already. */
export interface RedisTargetRules {
  /** Whether the user named a keyspace of its own: what other replays left there is no reason to refuse it. */
  readonly hasPrefix: boolean;
  /** Whether a running system is meant to be fed. */
  readonly intoLive: boolean;
}

interface Context {
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Refuses a Redis in use as the target of a replay.
 *
 * @param stream the one that the replay would write.
 * @throws {StorageError} saying what was found and which flags allow it.
 */
export async function assertUnused(
  { connection, clock }: RedisPorts,
  stream: StreamKeyName,
  rules: RedisTargetRules,
  context: Context,
): Promise<void> {
  if (rules.intoLive) return;
  const look = (): Promise<Occupancy> => occupancyOf(connection, stream);
  const { entries, signs } = await untilStored("look at the target", look, { clock, ...context });
  const key = connection.keys.of(stream);
  const found = entries > 0 && !rules.hasPrefix ? [`${entries} entries in ${key}`, ...signs] : signs;
  if (found.length === 0) return;
  const beside = rules.hasPrefix ? "" : "--prefix PREFIX replays beside it under other keys, ";
  throw new StorageError(
    `Cannot replay into ${connection.label}: its keys must be unused, found ${found.join(", ")}; ${beside}--into-live replays into it all the same`,
  );
}

/** A Redis to replay frames into. */
export function redisTarget(redis: RedisPorts, producer: string, { logger, signal }: Context): ReplayTarget {
  const { connection, clock } = redis;
  const context = { clock, logger, signal };
  return {
    ports: { ...redis, logger },
    producer,
    // Two processes must not share it, wherever they run.
    owner: `replay/${hostname()}/${process.pid}`,
    snapshotIntervalMs: SNAPSHOT_INTERVAL_MS,
    async storedEntries() {
      const read = (): Promise<unknown> =>
        connection.command(
          "read the end of the raw log",
          "XREVRANGE",
          connection.keys.of("rawStream"),
          "+",
          "-",
          "COUNT",
          1,
        );
      const [last] = (await untilStored("read the end of the raw log", read, context)) as readonly (readonly [
        string,
      ])[];
      return last === undefined ? 0 : splitCursor(last[0]).n;
    },
  };
}
