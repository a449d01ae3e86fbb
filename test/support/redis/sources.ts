import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { RedisKind, RedisSource, StartedOwnRedis, StartedRedis } from "./redis-source.ts";
import { startServerProcess } from "./server-process.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const UNPACK_LIMIT_MS = 120_000;

/** The environment variables that the choice of a Redis depends on. */
export type RedisEnvironment = Readonly<Record<string, string | undefined>>;

/** The server at STRIKEWIRE_TEST_REDIS_URL. It is used as it is: no option is set on it and nobody ends it. */
export function givenServer(environment: RedisEnvironment): RedisSource<StartedRedis> {
  const url = environment["STRIKEWIRE_TEST_REDIS_URL"] ?? "";
  return {
    kind: "url",
    demanded: url !== "",
    async start() {
      if (url === "") throw new Error("STRIKEWIRE_TEST_REDIS_URL is not set");
      return { url, where: withoutCredentials(url), stop: async () => undefined };
    },
  };
}

/**
 * The ways to start a server of one's own, in order of preference: Docker, the PATH, Debian's package.
 * STRIKEWIRE_TEST_REDIS_KIND names one of them where no other will do.
 *
 * @throws Error when it names something else.
 */
export function ownServers(environment: RedisEnvironment): readonly RedisSource<StartedOwnRedis>[] {
  const demandedKind = environment["STRIKEWIRE_TEST_REDIS_KIND"] ?? "";
  const ways: readonly (readonly [RedisKind, RedisSource<StartedOwnRedis>["start"]])[] = [
    ["docker", startInDocker],
    ["path", (args) => startServerProcess(onPath("redis-server", environment["PATH"] ?? ""), args)],
    ["debian", async (args) => startServerProcess(await unpackedFromDebian(environment["PATH"] ?? ""), args)],
  ];
  const demanded = demandedKind !== "";
  const sources = ways
    .filter(([kind]) => !demanded || kind === demandedKind)
    .map(([kind, start]) => ({ kind, demanded, start }));
  if (sources.length > 0) return sources;
  throw new Error(
    `Cannot choose a Redis for the tests: STRIKEWIRE_TEST_REDIS_KIND must be docker, path or debian, current value is ${demandedKind}`,
  );
}

async function startInDocker(args: readonly string[]): Promise<StartedOwnRedis> {
  // Loaded only when it is Docker's turn: it takes its time.
  const { startContainer } = await import("./containers.ts");
  return startContainer(args);
}

function onPath(program: string, path: string): string {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, program);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`no ${program} on the PATH`);
}

async function unpackedFromDebian(path: string): Promise<string> {
  onPath("apt-get", path);
  const folder = join(ROOT, ".cache/redis");
  try {
    await promisify(execFile)(join(ROOT, "scripts/redis-from-debian.sh"), [folder], { timeout: UNPACK_LIMIT_MS });
  } catch (error) {
    const said =
      error instanceof Error && "stderr" in error ? String(error.stderr).trim().split("\n").at(-1) : undefined;
    throw new Error(`Debian's redis-server cannot be downloaded: ${said || error}`, { cause: error });
  }
  return join(folder, "redis-server");
}

function withoutCredentials(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    throw new Error("STRIKEWIRE_TEST_REDIS_URL is not an address such as redis://127.0.0.1:6379");
  }
}
