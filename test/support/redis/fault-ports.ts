import { MemoryLogger, MemoryTelemetry } from "../../../src/adapters/memory/index.ts";
import { type OpenRedisOptions, openRedis, type RedisPorts } from "../../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system/index.ts";
import { CURSOR_START } from "../../../src/domain/stream/cursor.ts";
import type { RawDraft } from "../../../src/domain/stream/raw-entry.ts";
import type { RawLog } from "../../../src/ports/raw-log.ts";
import type { WsHydratorOptions } from "../../../src/workers/hydrator/options.ts";
import { WsHydrator } from "../../../src/workers/hydrator/ws-hydrator.ts";
import { RawSpool } from "../../../src/workers/source/raw-spool.ts";
import type { RawSpoolOptions } from "../../../src/workers/source/spool-options.ts";
import { until } from "../until.ts";

const NEVER = new AbortController().signal;

/** Ports that keep what is logged and counted. */
export interface FaultPorts extends RedisPorts {
  readonly logger: MemoryLogger;
  readonly telemetry: MemoryTelemetry;
}

/** Opens Redis with bounds on time that are short for a service and long for a test. */
export function openFaultPorts(url: string, options: Partial<OpenRedisOptions> = {}): FaultPorts {
  const logger = new MemoryLogger();
  const telemetry = new MemoryTelemetry();
  const times = { commandTimeoutMs: 2_000, connectTimeoutMs: 2_000, reconnectMs: 10, reconnectMaxMs: 50 };
  const ports = openRedis({ url, clock: SYSTEM_CLOCK, ...times, ...options, logger, telemetry });
  return { ...ports, logger, telemetry };
}

/** A worker that runs, until `stop` has it end and tells how it ended. */
export interface Running<Worker, End> {
  readonly worker: Worker;
  stop(): Promise<End>;
}

export function runHydrator(ports: FaultPorts, options: Partial<WsHydratorOptions> = {}): Running<WsHydrator, void> {
  return running(new WsHydrator(ports, { owner: "hydrator", ...options }));
}

export function runSpool(ports: FaultPorts, options: Partial<RawSpoolOptions> = {}) {
  return running(new RawSpool(ports, { producer: "options/0", ...options }));
}

function running<Worker extends { run(signal: AbortSignal): Promise<End> }, End>(worker: Worker): Running<Worker, End> {
  const stop = new AbortController();
  const run = worker.run(stop.signal);
  // Looked at when the test stops the worker.
  run.catch(() => undefined);
  return {
    worker,
    stop() {
      stop.abort();
      return run;
    },
  };
}

/** Waits until partition 0 has been hydrated up to the end of the log, whatever is in the way meanwhile. */
export function untilHydrated({ store, log }: Pick<RedisPorts, "store" | "log">): Promise<void> {
  return until("everything is hydrated", async () => {
    const cursor = (await store.cursors()).get(0);
    return cursor !== undefined && (await log.countAfter(cursor)) === 0;
  });
}

/** Waits until a spool has handed everything over. */
export function untilDrained(spool: RawSpool): Promise<void> {
  return until("the spool is empty", () => spool.backlog.entries === 0);
}

/** Everything that a raw log holds. */
export async function storedDrafts(log: RawLog): Promise<readonly RawDraft[]> {
  const { entries } = await log.read(CURSOR_START, 1_000_000, 0, NEVER);
  return entries.map(({ draft }) => draft);
}
