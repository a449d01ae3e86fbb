import type { RowCounts } from "../../src/domain/overload/tap-queue.ts";
import type { ConnectionManager } from "../../src/workers/source/connection-manager.ts";
import type { BenchResult } from "../result.ts";
import { Ages } from "./ages.ts";
import { bareClient, iterate, source, until } from "./clients.ts";
import { type BenchProvider, withProvider } from "./provider.ts";
import type { FrameSpec } from "./provider-protocol.ts";

const SECONDS = 6;
/** What arrives before is not judged: code is not compiled yet. */
const WARM_UP_MS = 2_000;
/** One trade to four quotes of so many contracts. */
const MARKET = { eventsPerTrade: 5, contracts: 2_000 };

interface Load {
  readonly name: string;
  readonly spec: FrameSpec;
  readonly eventsPerSec: number;
  readonly p99Ms: number | undefined;
}

const LOADS: readonly Load[] = [
  loadOf("10 k msg/s of one event", 10_000, 1, 10),
  loadOf("100 k msg/s of one event", 100_000, 1, 50),
  loadOf("10 k msg/s of 10 events", 100_000, 10),
];

const OVERLOAD_PER_SEC = 50_000;
const DIGESTIBLE = 0.5;
const OVERLOAD_P99_MS = 200;

/** How old rows are when a host gets them, from the moment of sending, beside what a bare client sees of the same load. */
export async function benchLatency(): Promise<readonly BenchResult[]> {
  return withProvider(async (provider) => {
    const results: BenchResult[] = [];
    for (const load of LOADS) results.push(await measure(provider, load));
    for (const eventsPerTrade of [1, MARKET.eventsPerTrade]) results.push(await overload(provider, eventsPerTrade));
    return results;
  });
}

function loadOf(name: string, eventsPerSec: number, eventsPerFrame: number, p99Ms?: number): Load {
  return { name, spec: { ...MARKET, eventsPerFrame }, eventsPerSec, p99Ms };
}

async function measure(provider: BenchProvider, { name, spec, eventsPerSec, p99Ms }: Load): Promise<BenchResult> {
  const bare = new Ages(WARM_UP_MS);
  const stopBare = await bareClient(provider, (text) => bare.addEvents(JSON.parse(text)));
  const sentToBare = await pace(provider, spec, eventsPerSec, bare);
  await until(() => bare.events === sentToBare);
  await stopBare();

  const ages = new Ages(WARM_UP_MS);
  const manager = source(provider);
  const stop = await iterate(provider, manager, ({ rows }) => ages.addRows(rows));
  const sent = await pace(provider, spec, eventsPerSec, ages);
  await until(() => ages.events + withheld(manager) >= sent);
  await stop();
  const p99 = ages.quantile(0.99);
  return {
    path: `staleness, send to batch, ${name}`,
    measured: `${ages.described()}; ${withheld(manager)} of ${sent} shed`,
    yardstick: `time of the sender (a bare client: ${bare.described()})`,
    target: p99Ms === undefined ? "" : `p99 < ${p99Ms} ms, none shed`,
    reached: p99Ms === undefined ? undefined : p99 < p99Ms && withheld(manager) === 0,
  };
}

/** A host that can digest a part of what comes, and holds the event loop up while it does. */
async function overload(provider: BenchProvider, eventsPerTrade: number): Promise<BenchResult> {
  const msPerRow = 1_000 / (OVERLOAD_PER_SEC * DIGESTIBLE);
  const ages = new Ages(WARM_UP_MS);
  const manager = source(provider);
  let gaps = 0;
  const stop = await iterate(provider, manager, ({ rows, meta }) => {
    if (meta.gap !== undefined) gaps += 1;
    ages.addRows(rows);
    const doneAtMs = performance.now() + rows.length * msPerRow;
    while (performance.now() < doneAtMs);
  });
  const sent = await pace(provider, { ...MARKET, eventsPerTrade, eventsPerFrame: 1 }, OVERLOAD_PER_SEC, ages);
  await until(() => ages.events + withheld(manager) >= sent);
  await stop();
  const { conflated = 0, shed } = manager.tapCounts ?? {};
  const shedBySource = withheld(manager) - conflated - rowsIn(shed);
  const p99 = ages.quantile(0.99);
  const isWhole = ages.events + withheld(manager) === sent;
  const isShed = rowsIn(shed) + shedBySource > 0;
  // What is conflated is no gap: the host has the last quote of each contract.
  const isTold = isShed ? gaps > 0 : conflated > 0;
  const account = `${ages.events} received + ${conflated} conflated + ${rowsIn(shed)} and ${shedBySource} shed by tap and source`;
  return {
    path: `staleness, send to batch, ${OVERLOAD_PER_SEC / 1_000} k msg/s of ${eventsPerTrade === 1 ? "trades" : "trades and quotes"}, of which the host can digest ${100 * DIGESTIBLE} %`,
    measured: `${ages.described()}; ${account} ${isWhole ? "=" : "IS NOT"} ${sent} sent; ${gaps} gaps`,
    yardstick: "time of the sender",
    target: `p99 < ${OVERLOAD_P99_MS} ms with shed, all accounted for`,
    reached: p99 < OVERLOAD_P99_MS && isWhole && isTold,
  };
}

/** @returns the events that were sent. */
async function pace(provider: BenchProvider, spec: FrameSpec, eventsPerSec: number, { baseMs }: Ages): Promise<number> {
  const command = { kind: "pace", spec, eventsPerSec, seconds: SECONDS, baseMs } as const;
  return (await provider.tell(command, "sent")).events;
}

/** Events that the host does not get: shed, or conflated into later ones. */
function withheld(manager: ConnectionManager): number {
  let events = 0;
  for (const { counts } of manager.workers) events += counts.totals.shed_events;
  const { conflated = 0, shed } = manager.tapCounts ?? {};
  return events + conflated + rowsIn(shed);
}

function rowsIn(counts: RowCounts | undefined): number {
  return counts === undefined ? 0 : counts.trades + counts.quotes + counts.values;
}
