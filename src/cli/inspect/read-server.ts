import type { RedisConnection } from "../../adapters/redis/index.ts";
import type { ServerState } from "./inspection.ts";

/** The server, and what its clock shows. */
export async function readServer(
  connection: RedisConnection,
): Promise<{ readonly nowMs: number; readonly server: ServerState }> {
  const action = "look at the server";
  const [time, info] = await Promise.all([connection.command(action, "TIME"), connection.command(action, "INFO")]);
  const [seconds, micros] = time as readonly [string, string];
  const field = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(String(info))?.[1] ?? "";
  return {
    nowMs: Math.round(Number(seconds) * 1_000 + Number(micros) / 1_000),
    server: {
      address: connection.label,
      version: field("redis_version"),
      uptime_s: Number(field("uptime_in_seconds")),
      memory_used_bytes: Number(field("used_memory")),
      maxmemory_bytes: Number(field("maxmemory")),
      maxmemory_policy: field("maxmemory_policy"),
    },
  };
}
