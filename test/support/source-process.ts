/**
 * A live source as a process, as `SIGTERM` and `SIGKILL` find it. Prints what it logs, one JSON object a line, and at last
 * what it ended with; exits with 1 where something failed.
 */
import { openRedis } from "../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { WsFeedConnector } from "../../src/adapters/ws/index.ts";
import type { WsConfig } from "../../src/domain/config/strikewire-config.ts";
import { ConnectionManager } from "../../src/workers/source/connection-manager.ts";
import { KEEPS_EVERYTHING } from "./live-source.ts";
import { lineLogger, printLine } from "./source-child-lines.ts";

/** The one argument, as JSON. */
export interface SourceProcessOptions {
  readonly url: string;
  readonly prefix: string;
  readonly config: Partial<WsConfig>;
}

const { url, prefix: keyPrefix, config }: SourceProcessOptions = JSON.parse(process.argv[2] ?? "{}");
const stop = new AbortController();
process.once("SIGTERM", () => stop.abort());
// The pipe closes with the process that started this one.
process.stdin.on("end", () => process.exit(2)).resume();

const redis = openRedis({ url, keyPrefix, clock: SYSTEM_CLOCK, ...KEEPS_EVERYTHING });
const ports = { ...redis, feed: new WsFeedConnector(), logger: lineLogger() };
try {
  await redis.connection.ready();
  await new ConnectionManager(config, ports).ingest(stop.signal);
  printLine({ level: "ended", message: "", fields: {} });
} catch (error) {
  printLine({ level: "ended", message: String(error), fields: {} });
  process.exitCode = 1;
}
await redis.close();
process.stdin.destroy();
