/**
 * `{symbol}:{created_ts}:{geometry hash}`, the name of one stretch of fixed geometry.
 * The symbol carries no `I:`, `created_ts` is in Unix seconds.
 */
export type EpochId = string;

/** Streamed NBBO of one contract. `quoteTsNs` is its version: an older one never replaces a newer. */
export interface QuoteGroup {
  readonly quoteTsNs: bigint;
  /** Points; `null` where the side is absent. */
  readonly bid: number | null;
  readonly ask: number | null;
  /** Contracts. */
  readonly bidSize: number | null;
  readonly askSize: number | null;
}

/** Last sale of one contract. `tradeTsNs`, then `sequence`, is its version. */
export interface TradeGroup {
  readonly tradeTsNs: bigint;
  readonly sequence: number | null;
  /** Points. */
  readonly last: number;
  /** Contracts. */
  readonly size: number;
  /** Contracts of the trading day that counted. */
  readonly volume: number;
}

/** Greeks of one contract, with their source. `greeksTsNs` is their version. */
export interface GreeksGroup {
  readonly greeksTsNs: bigint;
  readonly delta: number | null;
  readonly gamma: number | null;
  /** Per day. */
  readonly theta: number | null;
  /** Per vol point. */
  readonly vega: number | null;
  /** A fraction: 0.30 is 30 %. */
  readonly iv: number | null;
  readonly source: "provider" | "model";
}

/** Open interest of one contract, pinned to its trading day, which is its version. */
export interface DayGroup {
  /** `YYYY-MM-DD`. */
  readonly openInterestDay: string;
  /** Contracts, end of the trading day before. */
  readonly openInterest: number | null;
}

/** What never changes while a contract is listed. */
export interface ContractTerms {
  /** Provider ticker, `O:SPXW251223P06870000`. */
  readonly contract: string;
  readonly underlying: string;
  readonly root: string;
  /** `YYYY-MM-DD`. */
  readonly expiration: string;
  readonly strike: number;
  readonly right: "C" | "P";
  /** Units of the underlying per contract, usually 100. */
  readonly multiplier: number;
  readonly style: "american" | "european" | "bermudan" | null;
}

/** The four groups of values that move, each with a version of its own. An absent group has no value yet. */
export interface SubstrateValues {
  readonly quote?: QuoteGroup;
  readonly trade?: TradeGroup;
  readonly greeks?: GreeksGroup;
  readonly day?: DayGroup;
}

/** One contract of an epoch. */
export interface SubstrateRecord extends SubstrateValues {
  readonly terms: ContractTerms;
}

/** New values for one contract that exists already. */
export interface SubstrateUpdate extends SubstrateValues {
  readonly contract: string;
}

/** What a chain snapshot proposes as the next epoch of one underlying: the whole substrate. */
export interface EpochDraft {
  readonly id: EpochId;
  /** Without `I:`: `SPX`. */
  readonly symbol: string;
  readonly createdAtMs: number;
  readonly validUntilMs: number;
  readonly geometryHash: string;
  /** Made of the same geometry on purpose, so that models are computed anew. */
  readonly forced: boolean;
  readonly dormantCount: number;
  readonly records: readonly SubstrateRecord[];
}

/** What is known of an epoch without reading its records. */
export interface EpochMeta {
  readonly id: EpochId;
  readonly symbol: string;
  readonly createdAtMs: number;
  /** Readers treat an epoch past this instant as expired. */
  readonly validUntilMs: number;
  readonly geometryHash: string;
  readonly contractCount: number;
  readonly forced: boolean;
  readonly dormantCount: number;
  /** When another epoch took its place; `null` while it is active. */
  readonly supersededAtMs: number | null;
  /**
   * When the feed last brought a value for one of its contracts, by the store's clock, be it older than what stood there;
   * `null` where it never did. Values that are written once more, as after a promotion, do not count.
   */
  readonly streamedAtMs: number | null;
}

/**
 * Lays groups over a record, each unless it is older than what stands there. The one rule by which every store merges.
 *
 * Of two equal versions the later writer wins, since one millisecond often holds several quotes; writing the same
 * update again changes nothing. Open interest is the exception: the first value of a trading day stays.
 *
 * @returns the merged record, and how many of the groups given were older than what stood there.
 */
export function mergeValues(
  record: SubstrateRecord,
  update: SubstrateValues,
): { readonly record: SubstrateRecord; readonly stale: number } {
  const merge = { stale: 0 };
  const quote = pick(merge, record.quote, update.quote, (next, current) => next.quoteTsNs >= current.quoteTsNs);
  const trade = pick(merge, record.trade, update.trade, isNotOlderTrade);
  const greeks = pick(merge, record.greeks, update.greeks, (next, current) => next.greeksTsNs >= current.greeksTsNs);
  const day = pick(merge, record.day, update.day, (next, current) => next.openInterestDay > current.openInterestDay);
  return {
    record: {
      terms: record.terms,
      ...(quote === undefined ? {} : { quote }),
      ...(trade === undefined ? {} : { trade }),
      ...(greeks === undefined ? {} : { greeks }),
      ...(day === undefined ? {} : { day }),
    },
    stale: merge.stale,
  };
}

function pick<Group>(
  merge: { stale: number },
  current: Group | undefined,
  next: Group | undefined,
  wins: (next: Group, current: Group) => boolean,
): Group | undefined {
  if (next === undefined) return current;
  if (current === undefined || wins(next, current)) return next;
  merge.stale += 1;
  return current;
}

function isNotOlderTrade(next: TradeGroup, current: TradeGroup): boolean {
  if (next.tradeTsNs !== current.tradeTsNs) return next.tradeTsNs > current.tradeTsNs;
  return (next.sequence ?? -1) >= (current.sequence ?? -1);
}
