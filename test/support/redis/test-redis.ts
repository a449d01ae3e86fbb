import { choiceLine, firstRedis } from "./choice.ts";
import { redisVersion } from "./connection.ts";
import type { ChosenRedis, RedisKind, StartedOwnRedis, StartedRedis } from "./redis-source.ts";
import { givenServer, ownServers, type RedisEnvironment } from "./sources.ts";

/** A Redis for tests, 7.0 or newer. */
export interface TestRedis extends StartedRedis {
  readonly kind: RedisKind;
  /** `redis_version` of its INFO. */
  readonly version: string;
  /** Version, source and what was passed over for it, in one line without credentials. */
  readonly description: string;
}

/** A Redis of a test's own: its settings may be changed, it may be emptied, and it may be made to fail. */
export interface OwnRedis extends TestRedis, StartedOwnRedis {}

/**
 * Starts or finds a Redis: the one at STRIKEWIRE_TEST_REDIS_URL, else in Docker, else a `redis-server` on the PATH,
 * else, on Debian, its package without installing it.
 *
 * @throws Error, of one line, that says what to install when there is none.
 */
export async function startTestRedis(environment: RedisEnvironment = process.env): Promise<TestRedis> {
  const sources = [givenServer(environment), ...ownServers(environment)];
  return described(await firstRedis<StartedRedis>(sources, redisVersion));
}

/**
 * Starts a Redis that nobody else uses, never the one at STRIKEWIRE_TEST_REDIS_URL. It stores nothing on disk unless
 * told to; what it then stores outlives `restart()` and `kill()`, not `stop()`.
 *
 * @param args options of `redis-server`, such as `["--appendonly", "yes"]`.
 * @throws Error as `startTestRedis` does.
 *
 * @example
 * ```ts
 * const redis = await startOwnRedis(["--maxmemory", "8mb"]);
 * await redis.kill();
 * await redis.restart();
 * await redis.stop();
 * ```
 */
export async function startOwnRedis(
  args: readonly string[] = [],
  environment: RedisEnvironment = process.env,
): Promise<OwnRedis> {
  return described(await firstRedis(ownServers(environment), redisVersion, args));
}

function described<Server extends StartedRedis>(chosen: ChosenRedis<Server>): Server & TestRedis {
  const { server, kind, version } = chosen;
  return { ...server, kind, version, description: choiceLine(chosen) };
}
