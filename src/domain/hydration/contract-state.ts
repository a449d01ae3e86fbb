import { DecayedSum } from "../flow/decayed-sum.ts";
import { addToBucket, copyOf, type FlowBucket, noBuckets } from "../flow/flow-buckets.ts";
import { addFlow, type FlowSums, noFlow, type OpenFlowSums } from "../flow/flow-sums.ts";
import { CONTRACT_MULTIPLIER } from "../flow/multiplier.ts";
import type { OptionContract } from "../instrument/option-symbol.ts";
import { eventMs } from "../market/event-ms.ts";
import type { Nbbo, OptionTrade } from "../market/rows.ts";
import type { PrintChain } from "../stream/print-history.ts";
import type { ContractTotals } from "./effects.ts";

/** Half-life of the trade rate of a contract. */
export const RATE_HALF_LIFE_MS = 60_000;

/** Slower than one contract in thirty years. */
const NEGLIGIBLE_PER_SEC = 1e-9;

/** What hydration keeps in memory of one contract: the day's sums, the latest rows, the chain of its recent prints. */
export class ContractState {
  readonly terms: OptionContract;
  readonly chain: PrintChain = { newest: -1 };
  /** Where the state keeps its quotes and prices of the last minute; see `HydrationState.historyOf`. */
  readonly sidePlace: number;
  /** Units of the underlying, as a chain tells; the standard one before any does. */
  multiplier: number = CONTRACT_MULTIPLIER;
  #delta: number | null = null;
  #deltaMs = 0;
  latestQuote: Nbbo | undefined;
  latestTrade: OptionTrade | undefined;
  /** Kept by `HydrationState`: whether sums or latest rows changed since it was last asked. */
  totalsTouched = false;
  valuesTouched = false;

  #day = "";
  #sums: OpenFlowSums = noFlow();
  #firstTsNs: bigint | null = null;
  #lastTsNs: bigint | null = null;
  #last: number | null = null;
  #lastSize: number | null = null;
  #lastSaleTsNs: bigint | null = null;
  #rate: DecayedSum = new DecayedSum(RATE_HALF_LIFE_MS);

  constructor(terms: OptionContract, sidePlace: number) {
    this.terms = terms;
    this.sidePlace = sidePlace;
  }

  /** Takes note of a delta; of two the newer one counts. */
  learnDelta(delta: number, tsNs: bigint): void {
    const tMs = Number(tsNs / 1_000_000n);
    if (tMs < this.#deltaMs || !(Math.abs(delta) <= 1)) return;
    this.#delta = delta;
    this.#deltaMs = tMs;
  }

  /** The delta at event time `tMs`; `null` where none is known that is at most `mostMs` older or newer. */
  deltaAt(tMs: number, mostMs: number): number | null {
    return Math.abs(tMs - this.#deltaMs) > mostMs ? null : this.#delta;
  }

  /** Contracts of the trading day that counted. */
  get volume(): number {
    return this.#sums.contracts;
  }

  /** What was traded on the trading day. */
  get sums(): FlowSums {
    return this.#sums;
  }

  /** Whether, for all that the sums tell, a print of this day and size may be open from before `beforeTsNs`. */
  mayHave(day: string, size: number, beforeTsNs: bigint): boolean {
    if (day !== this.#day) return day < this.#day;
    return this.#sums.contracts >= size && this.#firstTsNs !== null && this.#firstTsNs < beforeTsNs;
  }

  /** The trading day of the sums; empty before anything was counted. */
  get day(): string {
    return this.#day;
  }

  /** Adds a print that counts. The first one of a new trading day starts the sums afresh. */
  addPrint(
    trade: OptionTrade,
    sums: FlowSums,
    day: string,
    setsLastSale: boolean,
    bucket: FlowBucket | undefined,
  ): void {
    if (day > this.#day) this.#startDay(day);
    const tsNs = trade.tradeTsNs;
    this.#rate.add(eventMs(tsNs), trade.size);
    if (day < this.#day) return; // yesterday's print after today's first: the windows have it, today's sums must not
    if (this.#firstTsNs === null || tsNs < this.#firstTsNs) this.#firstTsNs = tsNs;
    if (this.#lastTsNs === null || tsNs > this.#lastTsNs) this.#lastTsNs = tsNs;
    addFlow(this.#sums, sums, 1);
    if (bucket !== undefined) this.#countApart(bucket, trade.size, 1);
    if (setsLastSale && (this.#lastSaleTsNs === null || tsNs >= this.#lastSaleTsNs)) {
      this.#last = trade.price;
      this.#lastSize = trade.size;
      this.#lastSaleTsNs = tsNs;
    }
  }

  /** Takes a print out again that `addPrint` added at event time `tMs`. First, last and last sale stay as they were. */
  takeBack(sums: FlowSums, tMs: number, day: string, bucket: FlowBucket | undefined): void {
    this.#rate.add(tMs, -sums.contracts);
    if (day !== this.#day) return;
    addFlow(this.#sums, sums, -1);
    if (bucket !== undefined) this.#countApart(bucket, sums.contracts, -1);
  }

  /** Counts a late report, which is in no sum but its bucket. @returns whether the day's sums have it. */
  addLateReport(size: number, day: string): boolean {
    if (day < this.#day) return false;
    if (day > this.#day) this.#startDay(day);
    this.#countApart("late_report", size, 1);
    return true;
  }

  #countApart(bucket: FlowBucket, size: number, sign: 1 | -1): void {
    this.#sums.buckets ??= noBuckets();
    addToBucket(this.#sums.buckets, bucket, size, sign);
  }

  /** Contracts per second at event time `tMs`. */
  contractsPerSec(tMs: number): number {
    const perSec = this.#rate.ratePerSec(tMs);
    // Taking prints back leaves what rounding left of them, of either sign.
    return perSec < NEGLIGIBLE_PER_SEC ? 0 : perSec;
  }

  /** Plain data; `undefined` before anything was counted. */
  totals(): ContractTotals | undefined {
    if (this.#day === "") return undefined;
    const { ticker, underlying, root, expiration, right, strike } = this.terms;
    const rate = this.#rate.state();
    return {
      contract: ticker,
      underlying,
      root,
      expiration,
      right,
      strike,
      day: this.#day,
      ...this.#sums,
      buckets: this.#sums.buckets && copyOf(this.#sums.buckets),
      firstTsNs: this.#firstTsNs,
      lastTsNs: this.#lastTsNs,
      last: this.#last,
      lastSize: this.#lastSize,
      lastSaleTsNs: this.#lastSaleTsNs,
      rateSum: rate.sum,
      rateTMs: rate.tMs,
    };
  }

  /** Goes on from sums that were stored. */
  restore(totals: ContractTotals): void {
    this.#day = totals.day;
    this.#sums = noFlow();
    addFlow(this.#sums, totals, 1);
    this.#firstTsNs = totals.firstTsNs;
    this.#lastTsNs = totals.lastTsNs;
    this.#last = totals.last;
    this.#lastSize = totals.lastSize;
    this.#lastSaleTsNs = totals.lastSaleTsNs;
    this.#rate = DecayedSum.fromState(RATE_HALF_LIFE_MS, { sum: totals.rateSum, tMs: totals.rateTMs });
  }

  #startDay(day: string): void {
    this.#day = day;
    this.#sums = noFlow();
    this.#firstTsNs = null;
    this.#lastTsNs = null;
    this.#last = null;
    this.#lastSize = null;
    this.#lastSaleTsNs = null;
  }
}
