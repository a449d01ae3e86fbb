import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const CACHE = fileURLToPath(new URL("../../.cache/redis/", import.meta.url));

/**
 * Requests a second that Redis' own benchmark reaches with a command: 50 connections, 50 requests on their way on each.
 *
 * @throws Error where there is no `redis-benchmark`, on the PATH or beside the tests' own redis-server.
 */
export async function benchmarkedPerSec(url: string, requests: number, command: readonly string[]): Promise<number> {
  const { hostname, port } = new URL(url);
  const args = ["-h", hostname, "-p", port, "-n", String(requests), "-P", "50", "--csv", ...command];
  const { stdout } = await promisify(execFile)(programPath(), args);
  // The line ends with seven figures, of which the rate is the first; the command stands before them, quotes and all.
  const figures =
    stdout
      .trim()
      .split("\n")
      .at(-1)
      ?.match(/"[\d.]+"/g) ?? [];
  const rate = Number(figures.at(-7)?.replaceAll('"', ""));
  if (!(rate > 0)) throw new Error(`Cannot read what redis-benchmark says: ${stdout}`);
  return rate;
}

function programPath(): string {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), CACHE];
  for (const folder of folders) {
    const path = join(folder, "redis-benchmark");
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  throw new Error("Cannot hold Redis against its own benchmark: redis-benchmark must be on the PATH, it is not");
}
