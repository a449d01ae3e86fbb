import { FLOW_BUCKETS, type FlowBucket } from "../flow/flow-buckets.ts";
import type { PrintSide } from "../flow/print-side.ts";
import { eventMs } from "../market/event-ms.ts";
import type { OptionTrade } from "../market/rows.ts";
import { ConditionCodes } from "./condition-codes.ts";
import { ABSENT, type PrintBlock, PrintQueue } from "./print-queue.ts";

/** How long prints are remembered, by event time, in ms. */
export interface PrintHistoryOptions {
  /** Within this stretch a print of a new connection can be recognised as one of an old connection. */
  readonly identityHorizonMs: number;
  /** Within this stretch a cancel finds its print here; older ones are looked up where they are stored. */
  readonly cancelHorizonMs: number;
}

export const DEFAULT_PRINT_HISTORY_OPTIONS: PrintHistoryOptions = Object.freeze({
  identityHorizonMs: 60_000,
  cancelHorizonMs: 60_000,
});

/** The prints of one contract within the history, newest first, as a chain of places. Owned by the caller. */
export interface PrintChain {
  /** Place of the newest print; -1 for none. */
  newest: number;
}

/** The print that a cancel takes back. */
export interface CancelledPrint extends PrintSide {
  /** Event time in ms. */
  readonly tMs: number;
  /** Of the contract at that time; `null` where it was not known. */
  readonly delta: number | null;
  /** Where it was counted apart as well. */
  readonly bucket: FlowBucket | undefined;
}

const OPEN = 1;

/**
 * The recent prints of a feed whose prints have no id.
 *
 * *Identity* of a print is (contract, time, sequence, price, size, exchange, conditions), as a multiset. Within one
 * connection epoch every copy is a print of its own: two equal prints in one millisecond are two. Over several epochs
 * the multiplicity is the largest that any single epoch delivered, not the sum: what a new connection repeats of an old
 * one is a duplicate, copy by copy.
 *
 * *Cancels* name no print either: one takes back the latest open print of equal contract, price, size and exchange.
 *
 * Prints stand in columns, so that a busy feed costs tens of bytes a print and no objects. Keys are built
 * only while two epochs lie within the horizon: a steady connection pays for nothing but the columns.
 */
export class PrintHistory {
  readonly #identityHorizonMs: number;
  readonly #horizonMs: number;
  #maxTMs = Number.NEGATIVE_INFINITY;

  readonly #queue = new PrintQueue();
  readonly #conditions = new ConditionCodes();

  #lastEpoch = "";
  #lastOrdinal = -1;
  readonly #ordinals = new Map<string, number>();
  /** Prints held, by epoch ordinal, and how many epochs have any. */
  readonly #population: number[] = [];
  #populated = 0;
  /** Copies by epoch ordinal, by identity; only while several epochs are held. */
  #copies: Map<string, Map<number, number>> | undefined;

  constructor(options: PrintHistoryOptions = DEFAULT_PRINT_HISTORY_OPTIONS) {
    this.#identityHorizonMs = options.identityHorizonMs;
    this.#horizonMs = Math.max(options.identityHorizonMs, options.cancelHorizonMs);
  }

  /** Prints held. */
  get size(): number {
    return this.#queue.tail - this.#queue.head;
  }

  /** Every print with this event time or a later one is here, ms; minus infinity before the first. */
  get completeSinceTMs(): number {
    return this.#maxTMs - this.#horizonMs;
  }

  /**
   * Takes note of a print.
   *
   * @param epoch the connection epoch that delivered it, as a name.
   * @param countable whether a cancel may take it back; a duplicate never can be.
   * @returns whether it repeats a print of another epoch.
   */
  add(trade: OptionTrade, epoch: string, chain: PrintChain, countable: boolean): boolean {
    const tMs = eventMs(trade.tradeTsNs);
    if (tMs > this.#maxTMs) {
      this.#maxTMs = tMs;
      this.#forget();
    }
    const queue = this.#queue;
    const place = queue.push();
    const block = queue.blockOf(place);
    const slot = queue.slotOf(place);
    const ordinal = epoch === this.#lastEpoch ? this.#lastOrdinal : this.#ordinalOf(epoch);
    block.contracts[slot] = trade.contract;
    block.tMs[slot] = tMs;
    block.prices[slot] = trade.price;
    block.sizes[slot] = trade.size;
    block.exchanges[slot] = trade.exchange ?? ABSENT;
    block.sequences[slot] = trade.sequence ?? ABSENT;
    block.conditions[slot] = this.#conditions.codeOf(trade.conditions);
    block.epochs[slot] = ordinal;
    block.older[slot] = chain.newest >= queue.head ? chain.newest : -1;
    chain.newest = place;
    this.#populate(ordinal, 1);

    const duplicate = this.#isDuplicate(block, slot, tMs, ordinal);
    block.states[slot] = countable && !duplicate ? OPEN : 0;
    block.signs[slot] = 0;
    block.buckets[slot] = 0;
    block.confidences[slot] = Number.NaN;
    block.deltas[slot] = Number.NaN;
    return duplicate;
  }

  /** Takes note of what was made of the newest print of a contract, for a cancel to take back. */
  noteMade(
    { newest }: PrintChain,
    { side, confidence }: PrintSide,
    delta: number | null,
    bucket: FlowBucket | undefined,
  ): void {
    const block = this.#queue.blockOf(newest);
    const slot = this.#queue.slotOf(newest);
    block.signs[slot] = side === "U" ? 0 : side === "B" ? 1 : -1;
    block.buckets[slot] = bucket === undefined ? 0 : 1 + FLOW_BUCKETS.indexOf(bucket);
    block.confidences[slot] = confidence ?? Number.NaN;
    block.deltas[slot] = delta ?? Number.NaN;
  }

  /**
   * Finds and closes the print that a cancel takes back: of the same contract, price, size and exchange, still open, the
   * one with the latest event time, of equal times the latest arrival.
   *
   * @param isSameDay whether an event time in ms lies in the cancel's trading day.
   * @returns `undefined` where the history has none.
   */
  takeBack(cancel: OptionTrade, chain: PrintChain, isSameDay: (tMs: number) => boolean): CancelledPrint | undefined {
    const queue = this.#queue;
    const exchange = cancel.exchange ?? ABSENT;
    const oldest = this.completeSinceTMs;
    let found: PrintBlock | undefined;
    let foundSlot = 0;
    let foundTMs = Number.NEGATIVE_INFINITY;
    for (let place = chain.newest; place >= queue.head; ) {
      const block = queue.blockOf(place);
      const slot = queue.slotOf(place);
      place = block.older[slot] ?? -1;
      const tMs = block.tMs[slot] ?? 0;
      if (block.states[slot] !== OPEN || tMs <= foundTMs || tMs < oldest) continue;
      if (block.prices[slot] !== cancel.price || block.sizes[slot] !== cancel.size) continue;
      if (block.exchanges[slot] !== exchange || !isSameDay(tMs)) continue;
      found = block;
      foundSlot = slot;
      foundTMs = tMs;
    }
    if (found === undefined) return undefined;
    found.states[foundSlot] = 0;
    const sign = found.signs[foundSlot] ?? 0;
    const confidence = found.confidences[foundSlot] ?? Number.NaN;
    const delta = found.deltas[foundSlot] ?? Number.NaN;
    return {
      tMs: foundTMs,
      side: sign === 0 ? "U" : sign > 0 ? "B" : "S",
      confidence: Number.isNaN(confidence) ? null : confidence,
      delta: Number.isNaN(delta) ? null : delta,
      bucket: FLOW_BUCKETS[(found.buckets[foundSlot] ?? 0) - 1],
    };
  }

  #isDuplicate(block: PrintBlock, slot: number, tMs: number, ordinal: number): boolean {
    if (this.#populated < 2) {
      this.#copies = undefined;
      return false;
    }
    if (this.#copies === undefined) {
      this.#copies = new Map();
      const queue = this.#queue;
      for (let place = queue.head; place < queue.tail - 1; place++) {
        this.#countCopy(queue.blockOf(place), queue.slotOf(place), 1);
      }
    }
    const copies = this.#countCopy(block, slot, 1);
    // Its twins may have been forgotten already: nothing can be said, so it is taken for new.
    if (copies === undefined || tMs < this.#maxTMs - this.#identityHorizonMs) return false;
    let elsewhere = 0;
    for (const [other, count] of copies) if (other !== ordinal && count > elsewhere) elsewhere = count;
    return (copies.get(ordinal) ?? 0) <= elsewhere;
  }

  /** @returns the copies by epoch ordinal after the change. */
  #countCopy(block: PrintBlock, slot: number, by: 1 | -1): Map<number, number> | undefined {
    if (this.#copies === undefined) return undefined;
    const key = block.identityAt(slot);
    const ordinal = block.epochs[slot] ?? 0;
    const copies = this.#copies.get(key) ?? new Map<number, number>();
    const count = (copies.get(ordinal) ?? 0) + by;
    if (count > 0) copies.set(ordinal, count);
    else copies.delete(ordinal);
    if (copies.size > 0) this.#copies.set(key, copies);
    else this.#copies.delete(key);
    return copies;
  }

  /** Lets go of what lies behind the horizon, in order of arrival. */
  #forget(): void {
    const queue = this.#queue;
    const oldest = this.#maxTMs - this.#horizonMs;
    while (queue.head < queue.tail) {
      const block = queue.blockOf(queue.head);
      const slot = queue.slotOf(queue.head);
      if ((block.tMs[slot] ?? 0) >= oldest) return;
      if (this.#copies !== undefined) this.#countCopy(block, slot, -1);
      this.#populate(block.epochs[slot] ?? 0, -1);
      queue.shift();
    }
  }

  #populate(ordinal: number, by: 1 | -1): void {
    const before = this.#population[ordinal] ?? 0;
    this.#population[ordinal] = before + by;
    if (before === 0) this.#populated += 1;
    else if (before + by === 0) this.#populated -= 1;
  }

  #ordinalOf(epoch: string): number {
    let ordinal = this.#ordinals.get(epoch);
    if (ordinal === undefined) {
      // Epochs are few, and those without a print give their ordinal back.
      for (const [name, taken] of this.#ordinals) {
        if ((this.#population[taken] ?? 0) === 0) this.#ordinals.delete(name);
      }
      const taken = new Set(this.#ordinals.values());
      ordinal = 0;
      while (taken.has(ordinal)) ordinal += 1;
      this.#ordinals.set(epoch, ordinal);
    }
    this.#lastEpoch = epoch;
    this.#lastOrdinal = ordinal;
    return ordinal;
  }
}
