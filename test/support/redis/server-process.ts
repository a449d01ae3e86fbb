import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, waitUntilReady } from "./connection.ts";
import { guardAgainstCrash } from "./crash-guard.ts";
import type { StartedOwnRedis } from "./redis-source.ts";

const SHUTDOWN_LIMIT_MS = 10_000;

/**
 * Runs a `redis-server` on the loopback address, with a temporary folder for its data. Nothing is stored there unless
 * `args` say so.
 *
 * @param binary its path.
 * @throws Error with what the server said when it does not start.
 */
export async function startServerProcess(binary: string, args: readonly string[]): Promise<StartedOwnRedis> {
  const folder = mkdtempSync(join(tmpdir(), "strikewire-redis-"));
  const log = join(folder, "redis.log");
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const tellGuard = guardAgainstCrash({ folders: [folder] });
  let child: ChildProcess | undefined;
  let resumeTimer: NodeJS.Timeout | undefined;

  const start = async (): Promise<void> => {
    const output = openSync(log, "a");
    const own = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
    const server = spawn(binary, [...own, "--save", "", ...args], { stdio: ["ignore", output, output] });
    closeSync(output);
    child = server;
    let ended: string | undefined;
    server.once("error", (error) => {
      ended = error.message;
    });
    server.once("exit", () => {
      ended ??= lastLine(readFileSync(log, "utf8"));
    });
    if (server.pid !== undefined) tellGuard({ pids: [server.pid], folders: [folder] });
    await waitUntilReady(url, () => ended);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const server = child;
    clearTimeout(resumeTimer);
    if (server?.pid === undefined || hasEnded(server)) return;
    const exited = once(server, "exit");
    // A stopped process hears only SIGKILL.
    server.kill("SIGCONT");
    server.kill(signal);
    const impatience = setTimeout(() => server.kill("SIGKILL"), SHUTDOWN_LIMIT_MS);
    await exited;
    clearTimeout(impatience);
    tellGuard({ folders: [folder] });
  };
  const signalRunning = (signal: NodeJS.Signals): void => {
    if (child === undefined || hasEnded(child)) throw new Error(`Cannot send ${signal}: a running server is required`);
    child.kill(signal);
  };
  const resume = async (): Promise<void> => {
    clearTimeout(resumeTimer);
    signalRunning("SIGCONT");
  };
  const stop = async (): Promise<void> => {
    await end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    tellGuard({});
  };

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    where: binary,
    stop,
    resume,
    async restart() {
      await end("SIGTERM");
      await start();
    },
    kill: () => end("SIGKILL"),
    async pause(forMs) {
      clearTimeout(resumeTimer);
      signalRunning("SIGSTOP");
      if (forMs !== undefined) resumeTimer = setTimeout(() => child?.kill("SIGCONT"), forMs);
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
