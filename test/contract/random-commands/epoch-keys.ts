import type { EpochDraft, EpochId, SubstrateRecord } from "../../../src/domain/epoch/substrate.ts";
import type { EpochRun } from "./epoch-run.ts";
import { ANY, Between, JsonOf } from "./shapes.ts";
import type { ExpectedKey, ExpectedKeys, FoundKeys } from "./stored-keys.ts";
import { secondsOf, textOf } from "./texts.ts";
import type { Worlds } from "./worlds.ts";

type Keys = [string, ExpectedKey][];

const DAY_MS = 86_400_000;
/** For how long the records of an epoch are made to live before it is superseded, ms. */
const PREPARED_MS = 301_000;
const NS_PER_MS = 1_000_000n;

/** The keys of the epochs, where `found` are those that are there. Takes what is dirty: they have to be read before. */
export async function epochKeys(worlds: Worlds, run: EpochRun, found: FoundKeys): Promise<ExpectedKeys> {
  const { keys } = worlds.redis;
  const { epochs } = worlds.memory;
  const expected: Keys = [];
  const active = new Map<string, EpochId>();
  const dirty: EpochId[] = [];
  const clean: EpochId[] = [];
  for (const [id, { draft }] of run.promoted) {
    const own = await promotedKeys(worlds, run, id, found);
    expected.push(...own.keys);
    if ((await epochs.active(draft.symbol)) !== id) continue;
    active.set(draft.symbol, id);
    (own.isDirty ? dirty : clean).push(id);
  }
  for (const draft of run.staged.values()) expected.push(...stagedKeys(worlds, draft));
  if (active.size > 0) {
    expected.push([keys.of("active"), { type: "hash", value: Object.fromEntries(active) }]);
  }
  if (dirty.length > 0) expected.push([keys.of("dirty"), { type: "set", value: dirty.sort() }]);
  if (clean.length > 0) expected.push([keys.of("clean"), { type: "set", value: clean.sort() }]);
  if (run.lastToken > 0) expected.push([keys.of("leaseTokens"), { type: "string", value: String(run.lastToken) }]);
  for (const symbol of active.keys()) expected.push(...(await timelineKeys(worlds, symbol)));
  return expected;
}

async function promotedKeys(
  worlds: Worlds,
  run: EpochRun,
  id: EpochId,
  found: FoundKeys,
): Promise<{ readonly keys: Keys; readonly isDirty: boolean }> {
  const { keys } = worlds.redis;
  const { epochs, substrate } = worlds.memory;
  const meta = await epochs.meta(id);
  const promoted = run.promoted.get(id);
  const records = await substrate.records(id);
  if (meta === null || promoted === undefined || records === null) throw new Error(`${id} must be known`);
  const { draft, livesOn } = promoted;
  const { validUntilMs: endsAtMs, supersededAtMs, streamedAtMs } = meta;
  const hash = {
    ...metaFields(draft),
    valid_until: secondsOf(endsAtMs),
    superseded_ts: secondsOf(supersededAtMs ?? undefined),
    streamed_ts: secondsOf(streamedAtMs ?? undefined),
    lent_token: run.lentTokens.get(id)?.toString(),
  };
  const forgottenAtMs = supersededAtMs === null ? undefined : supersededAtMs + DAY_MS;
  const recordsEnd = new Between(
    endsAtMs,
    Math.max(endsAtMs, worlds.during.to + PREPARED_MS, livesOn ? Number.POSITIVE_INFINITY : 0),
  );
  const own: Keys = [
    [keys.of("epochMeta", { id }), { type: "hash", value: hash, endsAtMs: forgottenAtMs }],
    [
      keys.of("hadWsUpdates", { id }),
      { type: "string", value: (await substrate.hadStreamedUpdates(id)) ? "1" : "0", endsAtMs },
    ],
    ...recordKeys(worlds, id, records, endsAtMs, recordsEnd),
  ];
  const leases = [...run.openLeases.values()].filter(({ lease }) => lease.epoch === id);
  for (const { lease } of leases) {
    const key = keys.of("lentContracts", { id, token: lease.token });
    own.push([key, { type: "set", value: lease.contracts, endsAtMs }]);
  }
  if (leases.length > 0) {
    const value = Object.fromEntries(leases.map(({ lease, untilMs }) => [lease.token, untilMs]));
    own.push([keys.of("dirtyLeases", { id }), { type: "zset", value, endsAtMs }]);
  }
  const dirty = await run.drain(id);
  const dirtyKey = keys.of("dirtyContracts", { id });
  if (dirty.length > 0) own.push([dirtyKey, { type: "set", value: dirty, endsAtMs }]);
  // What a superseded epoch has left, nobody can take.
  if (supersededAtMs !== null && found.has(dirtyKey)) own.push([dirtyKey, { type: "set", value: ANY, endsAtMs }]);
  return { keys: own, isDirty: leases.length > 0 || dirty.length > 0 };
}

function stagedKeys(worlds: Worlds, draft: EpochDraft): Keys {
  const { keys } = worlds.redis;
  const { id, validUntilMs: endsAtMs } = draft;
  const records = [...new Map(draft.records.map((record) => [record.terms.contract, record])).values()];
  const contracts = records.map(({ terms }) => terms.contract).sort();
  const own: Keys = [
    [keys.of("epochStaged", { id }), { type: "hash", value: { ...metaFields(draft), token: ANY }, endsAtMs }],
    [keys.of("hadWsUpdates", { id }), { type: "string", value: "0", endsAtMs }],
    ...recordKeys(worlds, id, records, endsAtMs, endsAtMs),
  ];
  if (contracts.length > 0) own.push([keys.of("dirtyContracts", { id }), { type: "set", value: contracts, endsAtMs }]);
  return own;
}

function recordKeys(
  { redis: { keys } }: Worlds,
  id: EpochId,
  records: readonly SubstrateRecord[],
  endsAtMs: number,
  recordsEnd: Between | number,
): Keys {
  if (records.length === 0) return [];
  const contracts = records.map(({ terms }) => terms.contract).sort();
  return [
    [keys.of("epochContracts", { id }), { type: "set", value: contracts, endsAtMs }],
    ...records.map((record): [string, ExpectedKey] => [
      keys.of("epochContract", { id, contract: record.terms.contract }),
      { type: "string", value: new JsonOf(recordFields(record)), endsAtMs: recordsEnd },
    ]),
  ];
}

async function timelineKeys({ redis: { keys }, memory: { epochs } }: Worlds, symbol: string): Promise<Keys> {
  const metas = await epochs.timeline(symbol);
  const lines = metas.map(({ createdAtMs, id, forced, dormantCount }) => {
    return `${secondsOf(createdAtMs)}|${id}|forced=${forced ? 1 : 0}|dormant=${dormantCount}`;
  });
  const own: Keys = [[keys.of("timeline", { SYMBOL: symbol }), { type: "list", value: lines }]];
  const finals = metas.flatMap(({ id, validUntilMs, supersededAtMs, contractCount, geometryHash, streamedAtMs }) => {
    if (supersededAtMs === null) return [];
    const streamed = secondsOf(streamedAtMs ?? undefined);
    return [
      [id, [secondsOf(validUntilMs), secondsOf(supersededAtMs), contractCount, streamed, geometryHash].join("|")],
    ];
  });
  if (finals.length > 0) {
    own.push([keys.of("timelineMeta", { SYMBOL: symbol }), { type: "hash", value: Object.fromEntries(finals) }]);
  }
  return own;
}

function metaFields(draft: EpochDraft): object {
  const terms = [...new Map(draft.records.map((record) => [record.terms.contract, record.terms])).values()];
  const strikes = [...new Set(terms.map(({ strike }) => strike))].sort((a, b) => a - b);
  const expirations = [...new Set(terms.map(({ expiration }) => expiration))].sort();
  return {
    epoch_id: draft.id,
    symbol: draft.symbol,
    created_ts: secondsOf(draft.createdAtMs),
    valid_until: secondsOf(draft.validUntilMs),
    geometry_hash: draft.geometryHash,
    contract_count: String(terms.length),
    strike_count: String(strikes.length),
    expiration_count: String(expirations.length),
    strike_min: textOf(strikes[0]),
    strike_max: textOf(strikes.at(-1)),
    expirations: new JsonOf(expirations),
    dormant_count: String(draft.dormantCount),
    forced: draft.forced ? "1" : "0",
  };
}

function recordFields({ terms, quote, trade, greeks, day }: SubstrateRecord): object {
  const { contract: id, underlying, root, expiration, strike, right: type, multiplier, style } = terms;
  return {
    rev: ANY,
    ...{ id, underlying, root, expiration, strike, type, multiplier, style },
    ...(quote && {
      bid: quote.bid,
      ask: quote.ask,
      mid: quote.bid === null || quote.ask === null ? null : quote.bid / 2 + quote.ask / 2,
      bid_size: quote.bidSize,
      ask_size: quote.askSize,
      quote_t: Number(quote.quoteTsNs / NS_PER_MS),
      quote_ns: String(quote.quoteTsNs),
    }),
    ...(trade && {
      last: trade.last,
      size: trade.size,
      trade_t: Number(trade.tradeTsNs / NS_PER_MS),
      trade_ns: String(trade.tradeTsNs),
      q: trade.sequence,
      volume: trade.volume,
    }),
    ...(greeks && {
      ...{ delta: greeks.delta, gamma: greeks.gamma, theta: greeks.theta, vega: greeks.vega, iv: greeks.iv },
      greeks_ts: Number(secondsOf(Number(greeks.greeksTsNs / NS_PER_MS))),
      greeks_ns: String(greeks.greeksTsNs),
      greeks_source: greeks.source,
    }),
    ...(day && { oi: day.openInterest, oi_day: day.openInterestDay }),
  };
}
