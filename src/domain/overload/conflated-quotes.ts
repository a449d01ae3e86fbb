import type { BatchMeta, DataBatch } from "../market/batch.ts";
import type { Nbbo } from "../market/rows.ts";

/** Rows in one batch at most. */
const BATCH_ROWS = 512;

interface WaitingQuote {
  readonly quote: Nbbo;
  readonly sinceMs: number;
}

interface Lane {
  /** Of each instrument the last quote, in the order in which those were received, and since when it waits. */
  readonly quotes: Map<string, WaitingQuote>;
  meta: BatchMeta;
}

/** Conflated quotes of one connection, and what the last batch of them said of itself. */
export interface TakenQuotes {
  readonly connection: string;
  readonly rows: readonly Nbbo[];
  readonly meta: BatchMeta;
}

/** Quotes of which only the last one per instrument and connection is kept, with its prices and sizes. */
export class ConflatedQuotes {
  readonly #lanes = new Map<string, Lane>();
  #size = 0;
  #conflated = 0;

  /** Quotes that wait. */
  get size(): number {
    return this.#size;
  }

  /** Quotes that a later one took the place of, ever. */
  get conflated(): number {
    return this.#conflated;
  }

  /** Since when the oldest quote waits; `undefined` where there is none. */
  get sinceMs(): number | undefined {
    let sinceMs: number | undefined;
    for (const { quotes } of this.#lanes.values()) {
      const [first] = quotes.values();
      if (first !== undefined && (sinceMs === undefined || first.sinceMs < sinceMs)) sinceMs = first.sinceMs;
    }
    return sinceMs;
  }

  /** @param sinceMs receipt of the oldest of them; monotonic. */
  add(connection: string, { rows, meta }: DataBatch<Nbbo>, sinceMs: number): void {
    const lane = this.#lanes.get(connection) ?? { quotes: new Map<string, WaitingQuote>(), meta };
    this.#lanes.set(connection, lane);
    lane.meta = meta;
    for (const quote of rows) {
      if (lane.quotes.delete(quote.instrument)) this.#conflated += 1;
      else this.#size += 1;
      lane.quotes.set(quote.instrument, { quote, sinceMs });
    }
  }

  /** The oldest quotes of the connection that waits longest; `undefined` where there are none. */
  take(): TakenQuotes | undefined {
    const sinceMs = this.sinceMs;
    for (const [connection, { quotes, meta }] of this.#lanes) {
      const [first] = quotes.values();
      if (first === undefined || first.sinceMs !== sinceMs) continue;
      const rows: Nbbo[] = [];
      for (const [instrument, { quote }] of quotes) {
        quotes.delete(instrument);
        if (rows.push(quote) === BATCH_ROWS) break;
      }
      this.#size -= rows.length;
      return { connection, rows, meta };
    }
    return undefined;
  }
}
