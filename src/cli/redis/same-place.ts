import type { RedisConnection, RedisPorts } from "../../adapters/redis/index.ts";
import { StorageError } from "../../domain/errors.ts";
import type { StreamKeyName } from "./stream-names.ts";

/** @throws {StorageError} where a stream would be replayed into itself, whatever the server is called there. */
export async function assertElsewhere(
  source: {
    readonly label: string;
    readonly key: string;
    readonly keyName: StreamKeyName;
    readonly serverId: () => Promise<string>;
  },
  { connection }: RedisPorts,
): Promise<void> {
  if (source.key !== connection.keys.of(source.keyName)) return;
  const [from, to] = await Promise.all([source.serverId(), serverIdOf(connection)]);
  if (from !== to) return;
  throw new StorageError(
    `Cannot replay ${source.key} of ${source.label}: the target must be another stream, ${connection.label} is the same one`,
  );
}

/** Names a server and a database of it. */
export async function serverIdOf(connection: RedisConnection): Promise<string> {
  const action = "look at the server";
  const [info, client] = await Promise.all([
    connection.command(action, "INFO", "server"),
    connection.command(action, "CLIENT", "INFO"),
  ]);
  const run = /^run_id:(\w+)/m.exec(String(info))?.[1];
  const db = / db=(\d+)/.exec(String(client))?.[1];
  return `${run}/${db}`;
}
