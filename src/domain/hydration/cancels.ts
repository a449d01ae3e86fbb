import { flowOf } from "../flow/flow-sums.ts";
import { inStandardUnits } from "../flow/multiplier.ts";
import { type PrintSide, type TradeSide, UNCLASSIFIED } from "../flow/print-side.ts";
import { UNSIGNED } from "../flow/side-verdict.ts";
import type { OptionTrade } from "../market/rows.ts";
import type { ContractState } from "./contract-state.ts";
import type { HydrationEffects } from "./fold-effects.ts";
import { type OpenPrint, type OpenPrintQuery, openPrintQuery } from "./open-print.ts";
import type { HydrationState } from "./state.ts";

/*
 * A cancel names no print. It takes back the latest open one of its trading day with equal contract, price, size and
 * exchange: from what the state remembers of the last minutes, or else from the stored trade stream, which somebody with
 * a store has to look through.
 */

const NS_PER_MS = 1_000_000n;

/** @returns the print taken back, where the state still remembers it. */
export function foldCancel(state: HydrationState, contract: ContractState, cancel: OptionTrade): OpenPrint | undefined {
  const day = state.tradingDays.dayOf(cancel.tradeTsNs);
  const isSameDay = (tMs: number): boolean => state.tradingDays.dayOf(BigInt(tMs) * NS_PER_MS) === day;
  const found = state.prints.takeBack(cancel, contract.chain, isSameDay);
  if (found === undefined) return undefined;
  const { tMs, ...made } = found;
  const original: OpenPrint = { tsNs: BigInt(tMs) * NS_PER_MS, ...made };
  takeBack(state, contract, cancel, original, day);
  return original;
}

/** The side of a cancel, as sure as that of its print: whoever adds up a stream takes away what was added. */
export function cancelledSide({ side, confidence }: PrintSide): TradeSide {
  return { ...UNCLASSIFIED, side, method: side === "U" ? UNSIGNED.cancel : "cancel", confidence };
}

/** Leaves the last record, a cancel, to a look-up, unless the sums of the day tell that there is nothing to find. */
export function lookUpLater(
  state: HydrationState,
  contract: ContractState,
  cancel: OptionTrade,
  effects: HydrationEffects,
): void {
  const index = effects.trades.length - 1;
  const query = queryOf(state, cancel);
  const day = state.tradingDays.dayOf(cancel.tradeTsNs);
  if (contract.mayHave(day, cancel.size, query.beforeTsNs)) effects.unresolved.push({ index, query });
  else resolveCancel(state, effects, index, undefined);
}

/**
 * Ends an unresolved cancel.
 *
 * @param index its place in `effects.trades`.
 * @param original the print that it takes back; `undefined` where nobody knows one: then it is counted and marked as
 * unmatched, and the sums stay as they are.
 */
export function resolveCancel(
  state: HydrationState,
  effects: HydrationEffects,
  index: number,
  original: OpenPrint | undefined,
): void {
  const record = effects.trades[index];
  if (record === undefined) throw new RangeError(`Cannot resolve a cancel: there is no trade ${index} in the effects`);
  const { trade } = record;
  if (original === undefined) {
    effects.counters.unmatched_cancels += 1;
    effects.trades[index] = { ...record, flags: [...record.flags, "unmatched"] };
    return;
  }
  const { tsNs: cancelsTsNs, delta } = original;
  effects.trades[index] = { ...record, cancelsTsNs, side: cancelledSide(original), delta };
  const contract = state.contractOf(trade.contract);
  if (contract === undefined) return;
  takeBack(state, contract, trade, original, state.tradingDays.dayOf(trade.tradeTsNs));
}

function takeBack(
  state: HydrationState,
  contract: ContractState,
  { price, size, underlying }: OptionTrade,
  original: OpenPrint,
  day: string,
): void {
  const tMs = Number(original.tsNs / NS_PER_MS);
  const sums = flowOf(price, size, original, original.delta);
  contract.takeBack(sums, tMs, day, original.bucket);
  state.touchTotals(contract);
  state.windowsOf(underlying).subtract(tMs, inStandardUnits(sums, contract.multiplier), original.bucket);
}

function queryOf(state: HydrationState, cancel: OptionTrade): OpenPrintQuery {
  const { startTsNs, endTsNs } = state.tradingDays.boundsOf(cancel.tradeTsNs);
  const completeSinceTsNs = BigInt(state.prints.completeSinceTMs) * NS_PER_MS;
  return openPrintQuery(cancel, startTsNs, completeSinceTsNs < endTsNs ? completeSinceTsNs : endTsNs);
}
