import type { TradeRecord } from "../../domain/hydration/effects.ts";
import type { Cursor } from "../../domain/stream/cursor.ts";
import type { Gap } from "../../domain/stream/gap.ts";
import type { HydrationCheckpoint, HydrationStep, HydrationStore, Lease } from "../../ports/hydration-store.ts";
import { check, expectStatus } from "../check.ts";
import type { ContractTests } from "../runner.ts";
import { sampleStep } from "./samples.ts";

/** What the tests of the hydration store share. */
export type HydrationStoreTests = ContractTests<HydrationStore, []>;

/** A lease that does not run out while a test runs. */
export const LONG_MS = 600_000;

/** Cursors in ascending order. */
export const CURSORS: readonly [Cursor, Cursor, Cursor, Cursor] = [
  "0-0",
  "1766437799445-0",
  "1766437799445-11",
  "1766437799446-2",
];

/** Takes a partition that nobody holds. */
export async function acquire(
  store: HydrationStore,
  partition = 0,
  owner = "a",
  ttlMs: number = LONG_MS,
): Promise<Lease> {
  return expectStatus("acquire", await store.acquire(partition, owner, ttlMs), "acquired").lease;
}

/** Takes a partition from whoever holds it. */
export async function takeOver(store: HydrationStore, partition: number, owner: string): Promise<Lease> {
  const result = await store.acquire(partition, owner, LONG_MS, { takeOver: true });
  return expectStatus("takeover", result, "acquired").lease;
}

/** Commits the step from cursor `from` to the one behind it, and expects it to be applied. */
export async function commit(
  store: HydrationStore,
  lease: Lease,
  from: 0 | 1 | 2,
  overrides: Partial<HydrationStep> = {},
): Promise<void> {
  const step = sampleStep(CURSORS[from], CURSORS[from + 1] ?? "", overrides);
  check.equal("commit", await store.commit(lease, step), { status: "applied" });
}

/** Counters without those that count nothing. */
export async function countersOf(store: HydrationStore): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries(Object.entries(await store.counters()).filter(([, count]) => count !== 0));
}

/** A checkpoint with its ledgers and totals in order of their names. */
export async function checkpointOf(store: HydrationStore, partition = 0): Promise<HydrationCheckpoint> {
  const { cursor, stateCursor, ledgers, totals } = await store.checkpoint(partition);
  return {
    cursor,
    stateCursor,
    ledgers: [...ledgers].sort((a, b) => compareTexts(a.connection, b.connection) || a.epoch - b.epoch),
    totals: [...totals].sort((a, b) => compareTexts(a.contract, b.contract)),
  };
}

/** Everything that a store shows of partitions 0 and 1: what a step that is not applied must leave as it was. */
export async function stateOf(store: HydrationStore): Promise<unknown> {
  const streams = await store.tradeStreams();
  const trades: (readonly TradeRecord[])[] = [];
  for (const stream of streams) trades.push(await store.trades(stream, 1_000));
  return {
    cursors: [...(await store.cursors())].sort(([a], [b]) => a - b),
    stateCursors: [...(await store.stateCursors())].sort(([a], [b]) => a - b),
    checkpoints: [await checkpointOf(store, 0), await checkpointOf(store, 1)],
    counters: await countersOf(store),
    streams,
    trades,
    gaps: await store.gaps(1_000),
    quarantine: await store.quarantine(1_000),
  };
}

/** The connections of gaps, which tests tell them apart by. */
export function connectionsOf(gaps: readonly Gap[]): readonly string[] {
  return gaps.map((gap) => gap.connection);
}

/** The sizes of prints, which tests tell them apart by. */
export function sizesOf(trades: readonly TradeRecord[]): readonly number[] {
  return trades.map((record) => record.trade.size);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
