import type { TradeRecord } from "../../domain/hydration/effects.ts";
import { type HydrationEffects, noEffects } from "../../domain/hydration/fold-effects.ts";
import type { HydrationState } from "../../domain/hydration/state.ts";
import type { Cursor } from "../../domain/stream/cursor.ts";
import type { RawEntry } from "../../domain/stream/raw-entry.ts";
import type { HydrationStep } from "../../ports/hydration-store.ts";

/**
 * Of what goes into one commit, the frame apart that exceeds it: a store is busy for as long as it takes. Records are what
 * it appends for each event, prints and refusals.
 */
const BATCH_RECORDS = 256;
const BATCH_CHARACTERS = 262_144;

/** How much of a batch of entries is taken up. */
export class BatchSize {
  readonly #maxEntries: number;
  #entries = 0;
  #characters = 0;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** Takes one more entry in, if there is room for it; for the first there always is. @param records of those before. */
  takes({ draft }: RawEntry, records: number): boolean {
    const characters = this.#characters + (draft.kind === "frame" ? draft.payload.length : 0);
    const isFull = this.#entries >= this.#maxEntries || records >= BATCH_RECORDS || characters > BATCH_CHARACTERS;
    if (isFull && this.#entries > 0) return false;
    this.#entries += 1;
    this.#characters = characters;
    return true;
  }
}

/** What came of a batch, as the store takes it. @param deferred a later step stores sums and accounts. */
export function stepOf(
  prev: Cursor,
  next: Cursor,
  state: HydrationState,
  { trades, counters, gaps, quarantine }: HydrationEffects,
  deferred: boolean,
): HydrationStep {
  return {
    prev,
    next,
    trades,
    totals: deferred ? [] : state.takeTotals(),
    ledgers: deferred ? [] : state.ledgers().map((ledger) => ledger.state()),
    deferred,
    counters,
    gaps,
    quarantine,
  };
}

/** Sums and accounts alone, where the steps up to `cursor` were deferred. */
export function sumsOf(cursor: Cursor, state: HydrationState): HydrationStep {
  return stepOf(cursor, cursor, state, noEffects(), false);
}

/** Whether sums have something of a record that the log alone does not tell, or may have, of a print taken back. */
export function isOfSubstrate({ side, delta, cancelsTsNs }: TradeRecord): boolean {
  return side.quoteSource === "substrate" || (delta !== null && side.side !== "U") || cancelsTsNs !== undefined;
}
