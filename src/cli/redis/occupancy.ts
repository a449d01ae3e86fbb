import { STATUS_PRODUCER } from "../../adapters/arguments.ts";
import type { RedisConnection } from "../../adapters/redis/index.ts";
import { StorageError } from "../../domain/errors.ts";
import { KeyReader, reading } from "./key-reader.ts";
import type { StreamKeyName } from "./stream-names.ts";

/** A producer that appended within this time counts as living, ms: a quiet source still tells that it lives. */
const LIVING_MS = 60_000;
/** What the producers of replays are named. They end with their command. */
export const REPLAY_PRODUCER = "replay/";

/** What a replay would meet in a keyspace. */
export interface Occupancy {
  /** Entries of the stream that would be written. */
  readonly entries: number;
  /** Signs that a running system uses it, for people. */
  readonly signs: readonly string[];
}

/**
 * Looks whether a keyspace is used. A running system shows in a hydrator's lease that has not run out, in a producer other
 * than a replay that appended within the last minute, in a source that counted within it, and in the heartbeat of any worker; all by the server's clock.
 *
 * @throws {StorageError} where a key holds what is not ours.
 */
export async function occupancyOf(connection: RedisConnection, stream: StreamKeyName): Promise<Occupancy> {
  const action = "look at the target of a replay";
  const { keys } = connection;
  const reader = new KeyReader(connection);
  const [seconds, micros] = (await connection.command(action, "TIME")) as readonly [string, string];
  const nowMs = Number(seconds) * 1_000 + Number(micros) / 1_000;
  const [written, partitions, producers, workers] = await reader.read(action, [
    reading(keys.of(stream), stream, ["XLEN"]),
    reading(keys.of("hydrators"), "hydrators", ["SMEMBERS"]),
    reading(keys.of("producersUsed"), "producersUsed", ["ZRANGE", nowMs - LIVING_MS, "+inf", "BYSCORE"]),
    reading(keys.of("heartbeats"), "heartbeats", ["ZRANGE", nowMs, "+inf", "BYSCORE"]),
  ]);
  const leases = await reader.read(
    action,
    textsOf(partitions).map((partition) =>
      reading(keys.of("hydrator", { partition }), "hydrator", ["HMGET", "owner", "lease_until"]),
    ),
  );
  const [problem] = reader.problems;
  if (problem !== undefined) throw new StorageError(`Cannot ${action}: key "${problem.key}" ${problem.problem}`);
  const signs = leases.flatMap((answers) => {
    const [owner, until] = (answers?.[0] ?? []) as readonly (string | null)[];
    const leftMs = Number(until ?? 0) - nowMs;
    // A replay that was killed holds its lease for some seconds more: the next one waits for that by itself.
    if (owner == null || leftMs <= 0 || owner.startsWith(REPLAY_PRODUCER)) return [];
    return [`hydrator ${owner} (lease for ${(leftMs / 1_000).toFixed(1)} s more)`];
  });
  for (const producer of textsOf(producers)) {
    if (producer.endsWith(STATUS_PRODUCER)) {
      signs.push(`source ${producer.slice(0, -STATUS_PRODUCER.length)} (it counted within the last minute)`);
    } else if (!producer.startsWith(REPLAY_PRODUCER)) signs.push(`producer ${producer} (used within the last minute)`);
  }
  for (const worker of textsOf(workers)) signs.push(`worker ${worker} (its heart beats)`);
  return { entries: Number(written?.[0] ?? 0), signs };
}

function textsOf(answers: readonly unknown[] | undefined): readonly string[] {
  return (answers?.[0] ?? []) as readonly string[];
}
