import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { Redis } from "ioredis";
import type { RedisPorts } from "../../src/adapters/redis/index.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";
import { chain } from "../option-events.ts";
import { epochOf } from "../redis/epoch-of.ts";
import { flush, withRedis } from "../redis/server.ts";
import { type BenchResult, median } from "../result.ts";
import { bareClient, iterate, PATIENT, source } from "./clients.ts";
import { Flood } from "./flood.ts";
import type { HydratorCommand } from "./hydrator-worker.ts";
import { type BenchProvider, withProvider } from "./provider.ts";

const WARM_UP_EVENTS = 50_000;
const EVENTS = 120_000;
const WARM_UP_ROUNDS = 1;
const ROUNDS = 3;
const CONTRACTS = 2_000;
const EVENTS_PER_FRAME = 10;

/** From the socket to what readers find in Redis, everything on, held against a bare client that adds event by event. */
export async function benchHydratedSocket(): Promise<readonly BenchResult[]> {
  return withRedis([], async (ports, url) => {
    const worker = new Worker(new URL("./hydrator-worker.ts", import.meta.url), { workerData: { url } });
    const hydrators = [onThisThread(ports), onThread(worker)];
    try {
      return await withProvider(async (provider) => [
        ...(await compare(provider, ports, url, hydrators, 1, 2)),
        ...(await compare(provider, ports, url, hydrators, 10, 5)),
      ]);
    } finally {
      const ended = once(worker, "exit");
      worker.postMessage("close" satisfies HydratorCommand);
      await ended;
    }
  });
}

/** A hydrator that can be run again and again, so that its code is warm. */
interface BenchHydrator {
  readonly threads: string;
  start(): void;
  stop(): Promise<unknown>;
}

function onThisThread(ports: RedisPorts): BenchHydrator {
  let stop = new AbortController();
  let hydrating = Promise.resolve();
  return {
    threads: "all on one thread",
    start() {
      stop = new AbortController();
      hydrating = new WsHydrator(ports, { owner: "bench" }).run(stop.signal);
    },
    stop() {
      stop.abort();
      return hydrating;
    },
  };
}

function onThread(worker: Worker): BenchHydrator {
  const tell = (command: HydratorCommand): void => worker.postMessage(command);
  return {
    threads: "the hydrator on a thread of its own",
    start: () => tell("start"),
    stop() {
      const stopped = once(worker, "message");
      tell("stop");
      return stopped;
    },
  };
}

async function compare(
  provider: BenchProvider,
  ports: RedisPorts,
  url: string,
  hydrators: readonly BenchHydrator[],
  eventsPerTrade: number,
  target: number,
): Promise<readonly BenchResult[]> {
  const spec = { eventsPerTrade, contracts: CONTRACTS, eventsPerFrame: EVENTS_PER_FRAME };
  await provider.tell({ kind: "prepare", spec, floods: [WARM_UP_EVENTS, EVENTS] }, "prepared");
  const bareMs: number[] = [];
  const ours = hydrators.map((hydrator) => ({ hydrator, tookMs: [] as number[] }));
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    await flush(ports);
    const isCounted = round >= WARM_UP_ROUNDS;
    const bare = await bareRound(provider, url);
    if (isCounted) bareMs.push(bare);
    for (const { hydrator, tookMs } of ours) {
      await flush(ports);
      const took = await sourceRound(provider, ports, hydrator);
      if (isCounted) tookMs.push(took);
    }
  }
  const speed = (tookMs: readonly number[]) => `${Math.round(EVENTS / median(tookMs))} k events/s`;
  return ours.map(({ hydrator: { threads }, tookMs }) => {
    const ratio = median(tookMs.map((ms, round) => (bareMs[round] ?? Number.NaN) / ms));
    return {
      path: `socket to hydrated Redis, ${threads}, ${eventsPerTrade === 1 ? "trades" : `one trade to ${eventsPerTrade - 1} quotes`}`,
      measured: `${ratio.toFixed(2)} x (${speed(tookMs)})`,
      yardstick: `bare ws, JSON.parse and an auto-pipelined XADD per event (${speed(bareMs)})`,
      target: `${target} x`,
      reached: ratio >= target,
    };
  });
}

/** Log, status, a host that iterates, and a hydrator with an active epoch. */
async function sourceRound(provider: BenchProvider, ports: RedisPorts, hydrator: BenchHydrator): Promise<number> {
  const epoch = epochOf(chain(CONTRACTS));
  await ports.epochs.stage(epoch);
  await ports.epochs.promote(null, epoch.id);
  const { log, sourceStatus } = ports;
  const flood = new Flood(provider);
  const manager = source(provider, PATIENT, { log, sourceStatus });
  const stopSource = await iterate(provider, manager, ({ rows }) => flood.consume(rows.length));
  hydrator.start();
  const hydrated = async (events: number): Promise<void> => {
    while (((await ports.store.counters()).events ?? 0) < events) await ports.clock.sleep(5);
  };
  await flood.pour(0, WARM_UP_EVENTS);
  await hydrated(WARM_UP_EVENTS);
  const startedAtMs = performance.now();
  await flood.pour(1, EVENTS);
  await hydrated(WARM_UP_EVENTS + EVENTS);
  const tookMs = performance.now() - startedAtMs;
  await stopSource();
  await hydrator.stop();
  return tookMs;
}

interface AnyEvent {
  readonly sym: string;
  readonly [field: string]: unknown;
}

async function bareRound(provider: BenchProvider, url: string): Promise<number> {
  const redis = new Redis(url, { enableAutoPipelining: true });
  const flood = new Flood(provider);
  const add = async (event: AnyEvent): Promise<void> => {
    await redis.xadd("bench:events", "*", ...Object.entries(event).flatMap(([name, value]) => [name, String(value)]));
    flood.consume(1);
  };
  const stop = await bareClient(provider, (text) => {
    for (const event of JSON.parse(text) as readonly AnyEvent[]) void add(event);
  });
  await flood.pour(0, WARM_UP_EVENTS);
  const { wallMs } = await flood.pour(1, EVENTS);
  await stop();
  redis.disconnect();
  return wallMs;
}
