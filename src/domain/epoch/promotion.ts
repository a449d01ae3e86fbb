import type { TradingCalendar } from "../market/trading-calendar.ts";
import type { ChainVerdict } from "./chain-health.ts";
import { isSettled, unsettledContracts } from "./expirations.ts";
import { epochId, type GeometryDiff, geometryDiff, geometryHash } from "./geometry.ts";
import { type EpochDraft, type EpochMeta, mergeValues, type SubstrateRecord } from "./substrate.ts";

/** The epoch that a fetch is held against. */
export interface ActiveEpoch {
  readonly meta: EpochMeta;
  /** What its contracts are, by provider ticker. Their values do not matter. */
  readonly records: ReadonlyMap<string, Pick<SubstrateRecord, "terms">>;
}

/** What a decision on a fetch follows from. */
export interface PromotionInputs {
  /** Without `I:`. */
  readonly symbol: string;
  /** `null` where there is none, or it has expired. */
  readonly active: ActiveEpoch | null;
  /** All contracts of the fetch; what was refused is not among them. Of a contract that comes twice the later one counts. */
  readonly records: readonly SubstrateRecord[];
  readonly verdict: ChainVerdict;
  /** Whether a new epoch is asked for even of the same geometry, by an operator or since the feed is dormant. */
  readonly force: boolean;
  /** How many times in a row the feed was found dormant. */
  readonly dormantCount: number;
  readonly nowMs: number;
  /** How long an epoch is valid without being renewed. */
  readonly ttlMs: number;
  readonly calendar?: TradingCalendar;
}

/** Why a fetch leaves the geometry alone. */
export type KeepReason = "error" | "partial" | "collapsed" | "empty";

/**
 * What a fetch means for the epoch. `renew`: the same geometry, values of these records are for the active epoch.
 * `promote`: stage the draft, its records taken through `carryOver`, and make it active in place of `expected`.
 * `keep`: the active epoch stays as it is; `records` are those of its contracts whose values can be used, none of an
 * `error` or `empty` chain.
 */
export type PromotionDecision =
  | { readonly kind: "renew"; readonly records: readonly SubstrateRecord[] }
  | {
      readonly kind: "promote";
      readonly draft: EpochDraft;
      /** As in the draft: the geometry is the same, on purpose. */
      readonly forced: boolean;
      readonly diff: GeometryDiff;
    }
  | { readonly kind: "keep"; readonly why: KeepReason; readonly records: readonly SubstrateRecord[] };

/**
 * Decides what becomes of the active epoch after a fetch.
 *
 * Contracts that have settled are left out, so the geometry rolls at the settlement of each series, whether or not the
 * provider still lists it. Only a chain that is good for all changes the geometry: a partial one never does, a collapsed
 * one once it is confirmed. An empty chain leaves the epoch alone until it is confirmed and every contract of the epoch
 * has settled; then an epoch without contracts takes its place. A new epoch is forced on a chain that is good for all
 * only: a wish that meets `keep` has to be repeated.
 *
 * @throws {TypeError} for a symbol that is none.
 * @throws {RangeError} for an expiration that is no date.
 */
export function decidePromotion(inputs: PromotionInputs): PromotionDecision {
  const { active, verdict, force, nowMs, calendar } = inputs;
  const { health, use } = verdict;
  if (health === "error") return { kind: "keep", why: "error", records: [] };
  const live = unsettledContracts(latestOfEach(inputs.records), ({ terms }) => terms, nowMs, calendar);
  if (use === "valuesOnly") {
    const records = live.filter(({ terms }) => active?.records.has(terms.contract) === true);
    return { kind: "keep", why: health === "collapsed" ? "collapsed" : "partial", records };
  }
  if (live.length === 0 && !isEmptyBelieved(inputs)) return { kind: "keep", why: "empty", records: [] };
  const hash = geometryHash(live.map(({ terms }) => terms.contract));
  const isSame = active?.meta.geometryHash === hash;
  if (isSame && !force) return { kind: "renew", records: live };
  const draft = draftOf(inputs, live, hash, isSame);
  const diff = geometryDiff(
    active?.records.keys() ?? [],
    draft.records.map(({ terms }) => terms.contract),
  );
  return { kind: "promote", draft, forced: isSame, diff };
}

/**
 * A new epoch of the geometry that is there, made of its own records: for a wish to force one while no chain can be
 * fetched.
 *
 * @param records all of the active epoch; they keep their values.
 */
export function forcedDraft(
  inputs: Pick<PromotionInputs, "symbol" | "active" | "dormantCount" | "nowMs" | "ttlMs">,
  records: readonly SubstrateRecord[],
): EpochDraft {
  return draftOf(inputs, records, geometryHash(records.map(({ terms }) => terms.contract)), true);
}

/**
 * Records of a new epoch in which nothing is older than in the one before: a contract that was there keeps each group of
 * values that is newer than what was fetched, by the rule of `mergeValues`, and groups that were not fetched. Terms are
 * those fetched.
 *
 * @param previous by provider ticker.
 */
export function carryOver(
  records: readonly SubstrateRecord[],
  previous: ReadonlyMap<string, SubstrateRecord>,
): readonly SubstrateRecord[] {
  return records.map((record) => {
    const before = previous.get(record.terms.contract);
    return before === undefined ? record : mergeValues({ ...before, terms: record.terms }, record).record;
  });
}

function draftOf(
  { symbol, active, dormantCount, nowMs, ttlMs }: Parameters<typeof forcedDraft>[0],
  records: readonly SubstrateRecord[],
  hash: string,
  forced: boolean,
): EpochDraft {
  // A name has whole seconds: two epochs of one second would share it, where the geometry comes back or is the same.
  const earliestMs = active === null ? 0 : (Math.floor(active.meta.createdAtMs / 1_000) + 1) * 1_000;
  const createdAtMs = Math.max(Math.floor(nowMs), earliestMs);
  return {
    id: epochId(symbol, createdAtMs, hash),
    symbol,
    createdAtMs,
    validUntilMs: Math.floor(nowMs + ttlMs),
    geometryHash: hash,
    forced,
    dormantCount,
    records,
  };
}

/** Whether there is nothing left that an empty chain would take away. */
function isEmptyBelieved({ active, verdict, nowMs, calendar }: PromotionInputs): boolean {
  if (verdict.health === "empty" && !verdict.isConfirmed) return false;
  if (active === null) return true;
  return [...active.records.values()].every(({ terms }) => isSettled(terms, nowMs, calendar));
}

function latestOfEach(records: readonly SubstrateRecord[]): readonly SubstrateRecord[] {
  return [...new Map(records.map((record) => [record.terms.contract, record])).values()];
}
