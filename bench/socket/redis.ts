import { Redis } from "ioredis";
import type { RedisPorts } from "../../src/adapters/redis/index.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";
import { chain } from "../option-events.ts";
import { epochOf } from "../redis/epoch-of.ts";
import { flush, withRedis } from "../redis/server.ts";
import { type BenchResult, median } from "../result.ts";
import { bareClient, iterate, PATIENT, source } from "./clients.ts";
import { Flood } from "./flood.ts";
import { type BenchProvider, withProvider } from "./provider.ts";

const WARM_UP_EVENTS = 10_000;
const EVENTS = 60_000;
const WARM_UP_ROUNDS = 1;
const ROUNDS = 3;
const CONTRACTS = 2_000;
const EVENTS_PER_FRAME = 10;

/** From the socket to what readers find in Redis, everything on, held against a bare client that adds event by event. */
export async function benchHydratedSocket(): Promise<readonly BenchResult[]> {
  return withRedis([], (ports, url) =>
    withProvider(async (provider) => [
      await compare(provider, ports, url, 1, 2),
      await compare(provider, ports, url, 10, 5),
    ]),
  );
}

async function compare(
  provider: BenchProvider,
  ports: RedisPorts,
  url: string,
  eventsPerTrade: number,
  target: number,
): Promise<BenchResult> {
  const spec = { eventsPerTrade, contracts: CONTRACTS, eventsPerFrame: EVENTS_PER_FRAME };
  await provider.tell({ kind: "prepare", spec, floods: [WARM_UP_EVENTS, EVENTS] }, "prepared");
  const rounds: { readonly bareMs: number; readonly oursMs: number }[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    await flush(ports);
    const bareMs = await bareRound(provider, url);
    await flush(ports);
    const oursMs = await sourceRound(provider, ports);
    if (round >= WARM_UP_ROUNDS) rounds.push({ bareMs, oursMs });
  }
  const ratio = median(rounds.map(({ bareMs, oursMs }) => bareMs / oursMs));
  const speed = (tookMs: readonly number[]) => `${Math.round(EVENTS / median(tookMs))} k events/s`;
  return {
    path: `socket to hydrated Redis, everything on, ${eventsPerTrade === 1 ? "trades" : `one trade to ${eventsPerTrade - 1} quotes`}`,
    measured: `${ratio.toFixed(2)} x (${speed(rounds.map(({ oursMs }) => oursMs))})`,
    yardstick: `bare ws, JSON.parse and an auto-pipelined XADD per event (${speed(rounds.map(({ bareMs }) => bareMs))})`,
    target: `${target} x`,
    reached: ratio >= target,
  };
}

/** Log, status, a host that iterates, and a hydrator with an active epoch: all on one thread. */
async function sourceRound(provider: BenchProvider, ports: RedisPorts): Promise<number> {
  const epoch = epochOf(chain(CONTRACTS));
  await ports.epochs.stage(epoch);
  await ports.epochs.promote(null, epoch.id);
  const { log, sourceStatus } = ports;
  const flood = new Flood(provider);
  const manager = source(provider, PATIENT, { log, sourceStatus });
  const stopSource = await iterate(provider, manager, ({ rows }) => flood.consume(rows.length));
  const stop = new AbortController();
  const hydrating = new WsHydrator(ports, { owner: "bench" }).run(stop.signal);
  const hydrated = async (events: number): Promise<void> => {
    while (((await ports.store.counters()).events ?? 0) < events) await ports.clock.sleep(5);
  };
  await flood.pour(0, WARM_UP_EVENTS);
  await hydrated(WARM_UP_EVENTS);
  const startedAtMs = performance.now();
  await flood.pour(1, EVENTS);
  await Promise.race([hydrated(WARM_UP_EVENTS + EVENTS), hydrating]);
  const tookMs = performance.now() - startedAtMs;
  await stopSource();
  stop.abort();
  await hydrating;
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
