import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { RedisContainer } from "@testcontainers/redis";
import { type ContainerRuntimeClient, getContainerRuntimeClient, ImageName } from "testcontainers";
import { freePort, waitUntilReady } from "./connection.ts";
import { guardAgainstCrash } from "./crash-guard.ts";
import type { StartedOwnRedis } from "./redis-source.ts";

const IMAGE = "redis:7";
const REDIS_PORT = 6379;
const PROBE_LIMIT_MS = 2_000;
const PULL_LIMIT_MS = 120_000;
const SHUTDOWN_LIMIT_S = 10;
// Docker puts a header before each line of a log.
const LOG_HEADER_BYTES = 8;

// The crash guard does the work of Testcontainers' reaper, without an image of its own.
process.env["TESTCONTAINERS_RYUK_DISABLED"] ??= "true";

/**
 * Runs Redis in a container of the image `redis:7`, which is pulled where it is not there. Data is kept in the
 * container, for as long as it exists.
 *
 * @throws Error when there is no Docker, no image, or Redis does not start.
 */
export async function startContainer(args: readonly string[]): Promise<StartedOwnRedis> {
  const runtime = await within(PROBE_LIMIT_MS, "Docker does not answer", runningDocker());
  await provideImage(runtime);

  const label = `strikewire.test=${randomUUID()}`;
  const [labelName = "", labelValue = ""] = label.split("=");
  // A port that Docker picks is another one after a restart.
  const port = await freePort();
  const tellGuard = guardAgainstCrash({ containerLabel: label });
  const stop = async (): Promise<void> => {
    await removeContainers(label);
    tellGuard({});
  };
  try {
    const started = await new RedisContainer(IMAGE)
      .withCommand(["redis-server", "--save", "", "--protected-mode", "no", ...args])
      .withExposedPorts({ container: REDIS_PORT, host: port })
      .withLabels({ [labelName]: labelValue })
      .start();
    const { host } = runtime.info.containerRuntime;
    // A name may resolve to IPv6, where a container is not always to be reached.
    const url = `redis://${host === "localhost" ? "127.0.0.1" : host}:${port}`;
    await waitUntilReady(url, () => undefined);
    return { url, where: `a container of ${IMAGE}`, stop, ...controls(runtime, started.getId(), url) };
  } catch (error) {
    const said = await lastWords(runtime, label).catch(() => "");
    await stop();
    if (said === "" || !(error instanceof Error)) throw error;
    throw new Error(`${error.message}; the container's last words: ${said}`, { cause: error });
  }
}

/** Removes every container with a label, `name=value`, in whatever state, and what it stored. */
export async function removeContainers(label: string): Promise<void> {
  const found = await labelled(await getContainerRuntimeClient(), label);
  await Promise.all(found.map((container) => container.remove({ force: true, v: true })));
}

async function labelled({ container }: ContainerRuntimeClient, label: string): Promise<Container[]> {
  const found = await container.dockerode.listContainers({ all: true, filters: { label: [label] } });
  return found.map(({ Id }) => container.dockerode.getContainer(Id));
}

/** The last line that a container printed. */
async function lastWords(runtime: ContainerRuntimeClient, label: string): Promise<string> {
  const [container] = await labelled(runtime, label);
  const log = await container?.logs({ stdout: true, stderr: true, tail: 1 });
  return log?.subarray(LOG_HEADER_BYTES).toString().trim() ?? "";
}

type Container = ReturnType<ContainerRuntimeClient["container"]["dockerode"]["getContainer"]>;
type Controls = Pick<StartedOwnRedis, "restart" | "kill" | "pause" | "resume">;

function controls(runtime: ContainerRuntimeClient, id: string, url: string): Controls {
  const container: Container = runtime.container.dockerode.getContainer(id);
  let resumeTimer: NodeJS.Timeout | undefined;
  const resume = async (): Promise<void> => {
    clearTimeout(resumeTimer);
    const { State } = await container.inspect();
    if (State.Paused) await container.unpause();
  };
  return {
    resume,
    async restart() {
      await resume();
      await container.restart({ t: SHUTDOWN_LIMIT_S });
      await waitUntilReady(url, () => undefined);
    },
    async kill() {
      await resume();
      await container.kill({ signal: "SIGKILL" });
      await container.wait();
    },
    async pause(forMs) {
      clearTimeout(resumeTimer);
      await container.pause();
      if (forMs !== undefined) resumeTimer = setTimeout(() => void resume().catch(() => undefined), forMs);
    },
  };
}

async function runningDocker(): Promise<ContainerRuntimeClient> {
  try {
    return await getContainerRuntimeClient();
  } catch (error) {
    throw new Error("no Docker runs", { cause: error });
  }
}

async function provideImage({ image }: ContainerRuntimeClient): Promise<void> {
  const name = ImageName.fromString(IMAGE);
  if (await image.exists(name)) return;
  const cannotPull = `the image ${IMAGE} is not there and cannot be pulled`;
  try {
    await within(PULL_LIMIT_MS, cannotPull, image.pull(name));
  } catch (error) {
    throw new Error(cannotPull, { cause: error });
  }
  if (!(await image.exists(name))) throw new Error(cannotPull);
}

async function within<T>(limitMs: number, failure: string, work: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(limitMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${failure} within ${limitMs} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
