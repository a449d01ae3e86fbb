import type { TradeRecord } from "../../domain/hydration/effects.ts";
import { type HydrationEffects, noEffects } from "../../domain/hydration/fold-effects.ts";
import type { HydrationState } from "../../domain/hydration/state.ts";
import type { Cursor } from "../../domain/stream/cursor.ts";
import type { RawEntry } from "../../domain/stream/raw-entry.ts";
import type { HydrationStep } from "../../ports/hydration-store.ts";

/** Of payloads, folded into one commit at most, once it has one entry: some 400 prints. */
const BATCH_CHARACTERS = 49_152;

/** Where a batch ends that begins at `first`: by number of entries, or by their text, since a store's work follows that. */
export function batchEnd(entries: readonly RawEntry[], first: number, batchEntries: number): number {
  let characters = 0;
  for (let place = first; place < entries.length && place - first < batchEntries; place++) {
    const draft = entries[place]?.draft;
    characters += draft?.kind === "frame" ? draft.payload.length : 0;
    if (characters > BATCH_CHARACTERS) return Math.max(place, first + 1);
  }
  return Math.min(entries.length, first + batchEntries);
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
