/**
 * The process under test: a live source with a host that iterates, and a hydrator, on one Redis. `SIGTERM` stops the source;
 * what it logged is then hydrated, and everything is closed.
 */
import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { openRedis } from "../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../src/adapters/system/index.ts";
import { WsFeedConnector } from "../src/adapters/ws/index.ts";
import type { LogFields, Logger } from "../src/ports/logger.ts";
import { caughtUp } from "../src/workers/hydrator/caught-up.ts";
import { WsHydrator } from "../src/workers/hydrator/ws-hydrator.ts";
import { ConnectionManager } from "../src/workers/source/connection-manager.ts";
import type { SoakLine, SoakSourceOptions } from "./source-lines.ts";

const { redisUrl, keyPrefix, wsUrl, sampleMs }: SoakSourceOptions = JSON.parse(process.argv[2] ?? "{}");
const { gc } = globalThis;
if (gc === undefined) throw new Error("Cannot soak: --expose-gc is required");
const collect = gc;

const print = (line: SoakLine): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const logAt =
  (level: string) =>
  (message: string, fields: LogFields = {}): void =>
    print({ kind: "log", level, message, reason: fields["reason"] });
const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: logAt("warn"),
  error: (message, error, fields) => logAt("error")(`${message}: ${String(error)}`, fields),
};

const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
process.on("warning", ({ message }) => print({ kind: "warning", message }));
// The pipe closes with the process that started this one.
process.stdin.on("end", () => process.exit(2)).resume();

function resources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Handles close in turns of the event loop: what is still there after a while stays. */
async function resourcesLeft(): Promise<Record<string, number>> {
  const giveUpAtMs = performance.now() + 5_000;
  const same = (): boolean => JSON.stringify(resources()) === JSON.stringify(before);
  while (!same() && performance.now() < giveUpAtMs) await sleep(5);
  return resources();
}

function countListeners(): number {
  const ofProcess = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  return ofProcess + getEventListeners(stop.signal, "abort").length;
}

// Output is there from now on.
process.stdout.write("");
const before = resources();
const startedMs = performance.now();
const takeSample = (): void => {
  collect();
  const { heapUsed: heapBytes, rss: rssBytes } = process.memoryUsage();
  const atSec = Math.round((performance.now() - startedMs) / 1_000);
  print({
    kind: "sample",
    sample: { atSec, resources: resources(), listeners: countListeners(), heapBytes, rssBytes },
  });
};

const redis = openRedis({ url: redisUrl, keyPrefix, clock: SYSTEM_CLOCK, maxTradesPerStream: 10_000_000 });
await redis.connection.ready();
const hydrated = new AbortController();
const hydrating = new WsHydrator(redis, { owner: "soak" }).run(hydrated.signal);
const config = {
  apiKey: "k",
  wsUrl,
  wsResources: ["options_trades", "options_quotes"],
  // Faults come faster than waits would grow and shrink again.
  wsReconnectDelaySec: 0.05,
  wsReconnectMaxSec: 0.5,
  wsStableAfterSec: 1,
} as const;
const manager = new ConnectionManager(config, { ...redis, feed: new WsFeedConnector(), logger });
const sampling = setInterval(takeSample, sampleMs);
let rows = 0;
let failure: string | undefined;
try {
  for await (const batch of manager.run(stop.signal)) rows += batch.rows.length;
  await Promise.race([caughtUp(redis, 0, hydrated.signal), hydrating]);
} catch (error) {
  failure = String(error);
}
clearInterval(sampling);
hydrated.abort();
await hydrating;
await redis.close();
const ended: SoakLine = { kind: "ended", failure, rows, before, after: await resourcesLeft() };
// What is left is told; it must not keep this process from its end.
process.stdout.write(`${JSON.stringify(ended)}\n`, () => process.exit());
