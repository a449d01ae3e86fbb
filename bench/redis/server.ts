import { openRedis, type RedisPorts } from "../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { startOwnRedis } from "../../test/support/redis/test-redis.ts";

/** A Redis of the benchmark's own on this machine, without persistence unless `args` say so. */
export async function withRedis<T>(
  args: readonly string[],
  use: (ports: RedisPorts, url: string) => Promise<T>,
): Promise<T> {
  // In a container its network would be measured, too.
  const environment = { ...process.env, STRIKEWIRE_TEST_REDIS_KIND: await localKind() };
  const server = await startOwnRedis(args, environment);
  try {
    const ports = openRedis({ url: server.url, clock: SYSTEM_CLOCK });
    await ports.connection.ready();
    try {
      return await use(ports, server.url);
    } finally {
      await ports.close();
    }
  } finally {
    await server.stop();
  }
}

let kind: Promise<string> | undefined;

/** A `redis-server` on the PATH, else Debian's. */
function localKind(): Promise<string> {
  kind ??= startOwnRedis([], { ...process.env, STRIKEWIRE_TEST_REDIS_KIND: "path" }).then(
    async (server) => {
      await server.stop();
      return "path";
    },
    () => "debian",
  );
  return kind;
}

/** Empties the server: what one measurement stored must not slow the next one down. */
export async function flush({ connection }: RedisPorts): Promise<void> {
  await connection.command("empty the server", "FLUSHALL");
}
