import { hydratorGroup } from "../../../src/adapters/redis/keys.ts";
import { FLOW_BUCKETS } from "../../../src/domain/flow/flow-buckets.ts";
import type {
  ContractTotals,
  LedgerState,
  QuarantineRecord,
  TradeRecord,
} from "../../../src/domain/hydration/effects.ts";
import { CURSOR_START, splitCursor } from "../../../src/domain/stream/cursor.ts";
import type { Gap } from "../../../src/domain/stream/gap.ts";
import { type HydrationRun, inOrder, type PartitionRun } from "./hydration-run.ts";
import { gapFields } from "./raw-log-keys.ts";
import { ANY, type Between, JsonOf } from "./shapes.ts";
import type { ExpectedKey, ExpectedKeys } from "./stored-keys.ts";
import { eventMsOf, secondsOf, textOf } from "./texts.ts";
import type { Worlds } from "./worlds.ts";

type Keys = [string, ExpectedKey][];

const ALL = 10_000;
const DAY_MS = 86_400_000;

/** The keys of hydration. */
export async function hydrationKeys(worlds: Worlds, run: HydrationRun): Promise<ExpectedKeys> {
  const { keys } = worlds.redis;
  const { store } = worlds.memory;
  const expected: Keys = [];
  const partitions = [...run.partitions.keys()];
  if (partitions.length > 0)
    expected.push([keys.of("hydrators"), { type: "set", value: partitions.map(String).sort() }]);
  for (const [partition, partitionRun] of run.partitions) {
    expected.push(...(await partitionKeys(worlds, run, partition, partitionRun)));
  }
  for (const stream of await store.tradeStreams()) {
    const { underlying, expiration } = stream;
    const records = await store.trades(stream, ALL);
    const endsAtMs = endOf(run.tradesAt, `${underlying}:${expiration}`);
    const value = streamOf(records.map(tradeFields));
    expected.push([
      keys.of("trades", { UNDERLYING: underlying, EXPIRY: expiration }),
      { type: "stream", value, endsAtMs },
    ]);
  }
  if (run.tradesAt.size > 0) {
    expected.push([keys.of("tradesIndex"), { type: "zset", value: endsOf(run.tradesAt) }]);
  }
  const gaps = await store.gaps(ALL);
  if (gaps.length > 0) {
    expected.push([keys.of("gaps"), { type: "stream", value: streamOf(gaps.map(publicGap)) }]);
  }
  const quarantine = await store.quarantine(ALL);
  if (quarantine.length > 0) {
    expected.push([keys.of("quarantine"), { type: "stream", value: streamOf(quarantine.map(refusalFields)) }]);
  }
  const { lastApplied } = run;
  if (lastApplied !== undefined) {
    const { during, step, lagEntries } = lastApplied;
    const counters = Object.entries(await store.counters()).filter(([, count]) => count !== 0);
    const value = {
      ...Object.fromEntries(counters.map(([name, count]) => [name, String(count)])),
      last_ts: during.dividedBy(1_000),
      lag_entries: String(lagEntries),
      lag_ms: during.plus(-splitCursor(step.next).ms).atLeast(0),
    };
    expected.push([keys.of("hydrateAnalytics"), { type: "hash", value }]);
  }
  return expected;
}

/** Up to where the consumer groups of the raw stream have read: that of a partition follows its cursor. */
export async function hydratorGroups(worlds: Worlds): Promise<Readonly<Record<string, string>>> {
  const cursors = [...(await worlds.memory.store.cursors())];
  return Object.fromEntries(cursors.map(([partition, cursor]) => [hydratorGroup(partition), cursor]));
}

async function partitionKeys(
  worlds: Worlds,
  run: HydrationRun,
  partition: number,
  { leases, owner, leaseUntilMs, appliedAtMs }: PartitionRun,
): Promise<Keys> {
  const { keys } = worlds.redis;
  const { cursor, stateCursor, ledgers, totals } = inOrder(await worlds.memory.store.checkpoint(partition));
  const lease = {
    owner,
    lease_until: owner === undefined ? undefined : leaseUntilMs,
    token: textOf(leases.at(-1)?.token),
    cursor,
    state_cursor: stateCursor === CURSOR_START ? undefined : stateCursor,
    cursor_ts: appliedAtMs?.dividedBy(1_000),
  };
  const expected: Keys = [[keys.of("hydrator", { partition }), { type: "hash", value: lease }]];
  if (ledgers.length > 0) {
    const connections = [...new Set(ledgers.map(({ connection }) => connection))];
    const value = Object.fromEntries(
      connections.map((name) => [
        name,
        new JsonOf(ledgers.filter(({ connection }) => connection === name).map(ledgerFields)),
      ]),
    );
    expected.push([keys.of("ledgers", { partition }), { type: "hash", value }]);
  }
  const totalsAt = run.totalsAt.get(partition) ?? new Map<string, Between>();
  for (const name of totalsAt.keys()) {
    const [underlying = "", expiration = ""] = name.split(":");
    const own = totals.filter((sums) => sums.underlying === underlying && sums.expiration === expiration);
    const value = Object.fromEntries(own.map((sums) => [sums.contract, sumsText(sums)]));
    const key = keys.of("totals", { partition, UNDERLYING: underlying, EXPIRY: expiration });
    expected.push([key, { type: "hash", value, endsAtMs: endOf(totalsAt, name) }]);
  }
  if (totalsAt.size > 0)
    expected.push([keys.of("totalsIndex", { partition }), { type: "zset", value: endsOf(totalsAt) }]);
  return expected;
}

/** One day after the end of the expiration date or after the last write, whichever is later. */
function endOf(writtenAt: ReadonlyMap<string, Between>, name: string): Between | undefined {
  const [, expiration = ""] = name.split(":");
  const [year = 0, month = 1, day = 1] = expiration.split("-").map(Number);
  return writtenAt
    .get(name)
    ?.plus(DAY_MS)
    .atLeast(Date.UTC(year, month - 1, day + 2));
}

function endsOf(writtenAt: ReadonlyMap<string, Between>): unknown {
  return Object.fromEntries([...writtenAt.keys()].map((name) => [name, endOf(writtenAt, name)]));
}

function streamOf(entries: readonly object[]): unknown {
  return { entries: entries.map((fields) => ({ id: ANY, fields })), groups: {} };
}

function tradeFields({ trade, flags, side, delta, cancelsTsNs }: TradeRecord): object {
  const { confidence, quoteAgeMs, quoteSource } = side;
  return {
    sym: trade.contract,
    p: textOf(trade.price),
    s: textOf(trade.size),
    t: eventMsOf(trade.tradeTsNs),
    x: textOf(trade.exchange),
    q: textOf(trade.sequence),
    c: trade.conditions === undefined ? undefined : JSON.stringify(trade.conditions),
    side: [side.side, side.method, confidence ?? "", quoteAgeMs ?? "", quoteSource ?? ""].join("/"),
    delta: delta === null ? undefined : textOf(delta),
    flags: flags.join(" "),
    ts: secondsOf(trade.receivedAtMs),
    cancels_ns: textOf(cancelsTsNs),
  };
}

function publicGap(gap: Gap): object {
  const { instruments } = gap;
  return {
    ...gapFields(gap, secondsOf),
    instruments: instruments === undefined ? undefined : JSON.stringify(instruments),
  };
}

function refusalFields({ receivedAtMs, ...texts }: QuarantineRecord): object {
  return { ...texts, ts: secondsOf(receivedAtMs) };
}

function ledgerFields(ledger: LedgerState): object {
  const { epoch, seq, maxEventTsNs, watermarkTsNs, lastReceivedAtMs, recentLagsMs, downSince } = ledger;
  return {
    epoch,
    seq,
    max_event_ns: maxEventTsNs === null ? null : String(maxEventTsNs),
    watermark_ns: watermarkTsNs === null ? null : String(watermarkTsNs),
    last_received_ms: lastReceivedAtMs,
    recent_lags_ms: recentLagsMs,
    down_since: downSince === null ? null : { cause: downSince.cause, from_ms: downSince.fromAtMs },
  };
}

function sumsText(sums: ContractTotals): string {
  const { day, prints, contracts, premiumMicros, firstTsNs, lastTsNs, last, lastSize, lastSaleTsNs } = sums;
  const counts = [day, prints, contracts, premiumMicros, firstTsNs ?? "-", lastTsNs ?? "-"];
  const bought = [sums.boughtPrints, sums.boughtContracts, sums.boughtPremiumMicros];
  const sold = [sums.soldPrints, sums.soldContracts, sums.soldPremiumMicros];
  const sale = [last ?? "-", lastSize ?? "-", lastSaleTsNs ?? "-"];
  return [
    ...counts,
    ...sale,
    ...[sums.rateSum, sums.rateTMs],
    ...bought,
    ...sold,
    ...[sums.deltaPrints, sums.deltaMicros, sums.ratedContracts, sums.boughtEdge, sums.soldEdge],
    ...FLOW_BUCKETS.flatMap((bucket) => {
      const told = sums.buckets?.[bucket];
      return told === undefined ? [] : [told.prints, told.contracts];
    }),
  ].join(" ");
}
