import { priceMicros } from "../market/price-micros.ts";
import type { OptionTrade } from "../market/rows.ts";
import type { ContractState } from "./contract-state.ts";
import type { HydrationEffects } from "./fold-effects.ts";
import { type OpenPrintQuery, openPrintQuery } from "./open-print.ts";
import type { HydrationState } from "./state.ts";

/*
 * A cancel names no print. It takes back the latest open one of its trading day with equal contract, price, size and
 * exchange: from what the state remembers of the last minutes, or else from the stored trade stream, which somebody with
 * a store has to look through.
 */

const NS_PER_MS = 1_000_000n;

/** @returns the event time of the print taken back, where the state still remembers it. */
export function foldCancel(state: HydrationState, contract: ContractState, cancel: OptionTrade): bigint | undefined {
  const day = state.tradingDays.dayOf(cancel.tradeTsNs);
  const isSameDay = (tMs: number): boolean => state.tradingDays.dayOf(BigInt(tMs) * NS_PER_MS) === day;
  const original = state.prints.takeBack(cancel, contract.chain, isSameDay);
  if (original === undefined) return undefined;
  takeBack(state, contract, cancel, original.tMs, day);
  return BigInt(original.tMs) * NS_PER_MS;
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
 * @param originalTsNs event time of the print that it takes back; `undefined` where nobody knows one: then it is counted
 * and marked as unmatched, and the sums stay as they are.
 */
export function resolveCancel(
  state: HydrationState,
  effects: HydrationEffects,
  index: number,
  originalTsNs: bigint | undefined,
): void {
  const record = effects.trades[index];
  if (record === undefined) throw new RangeError(`Cannot resolve a cancel: there is no trade ${index} in the effects`);
  const { trade } = record;
  if (originalTsNs === undefined) {
    effects.counters.unmatched_cancels += 1;
    effects.trades[index] = { ...record, flags: [...record.flags, "unmatched"] };
    return;
  }
  effects.trades[index] = { ...record, cancelsTsNs: originalTsNs };
  const contract = state.contractOf(trade.contract);
  if (contract === undefined) return;
  takeBack(state, contract, trade, Number(originalTsNs / NS_PER_MS), state.tradingDays.dayOf(trade.tradeTsNs));
}

function takeBack(state: HydrationState, contract: ContractState, cancel: OptionTrade, tMs: number, day: string): void {
  contract.takeBack(cancel, tMs, day);
  state.touchTotals(contract);
  state.windowsOf(cancel.underlying).subtract(tMs, {
    prints: 1,
    contracts: cancel.size,
    premiumMicros: priceMicros(cancel.price) * cancel.size,
  });
}

function queryOf(state: HydrationState, cancel: OptionTrade): OpenPrintQuery {
  const { startTsNs, endTsNs } = state.tradingDays.boundsOf(cancel.tradeTsNs);
  const completeSinceTsNs = BigInt(state.prints.completeSinceTMs) * NS_PER_MS;
  return openPrintQuery(cancel, startTsNs, completeSinceTsNs < endTsNs ? completeSinceTsNs : endTsNs);
}
