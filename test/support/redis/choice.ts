import type { ChosenRedis, PassedOver, RedisSource, StartedRedis } from "./redis-source.ts";

const OLDEST_MAJOR = 7;

/**
 * Starts the first Redis that can be had, in the order of the sources.
 *
 * @param versionOf `redis_version` of the server at an address.
 * @throws Error, of one line, when there is none, or when one that was asked for by name cannot be had.
 */
export async function firstRedis<Server extends StartedRedis>(
  sources: readonly RedisSource<Server>[],
  versionOf: (url: string) => Promise<string>,
  args: readonly string[] = [],
): Promise<ChosenRedis<Server>> {
  const passedOver: PassedOver[] = [];
  for (const { kind, demanded, start } of sources) {
    try {
      const server = await start(args);
      const version = await acceptedVersion(server, versionOf);
      return { server, kind, version, passedOver };
    } catch (error) {
      passedOver.push({ kind, reason: oneLine(error) });
      if (demanded) break;
    }
  }
  const reasons = passedOver.map(({ kind, reason }) => `${kind}: ${reason}`).join("; ");
  throw new Error(
    "Cannot find a Redis for the tests: Docker, a redis-server 7.0 or newer on the PATH, or the address of one in " +
      `STRIKEWIRE_TEST_REDIS_URL is required, current value is ${reasons}`,
  );
}

/** What a run says about its Redis, in one line. */
export function choiceLine({ server, kind, version, passedOver }: ChosenRedis<StartedRedis>): string {
  const others = passedOver.map((other) => `${other.kind} (${other.reason})`).join(", ");
  return `Redis ${version} from ${kind}: ${server.where}${others === "" ? "" : `; passed over: ${others}`}`;
}

async function acceptedVersion(server: StartedRedis, versionOf: (url: string) => Promise<string>): Promise<string> {
  try {
    const version = await versionOf(server.url);
    if (Number.parseInt(version, 10) >= OLDEST_MAJOR) return version;
    throw new Error(`${server.where} is Redis ${version}, older than ${OLDEST_MAJOR}.0`);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().replaceAll(/\s+/g, " ");
}
