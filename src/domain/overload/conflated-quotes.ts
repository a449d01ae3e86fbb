import type { BatchMeta, DataBatch } from "../market/batch.ts";
import type { Nbbo } from "../market/rows.ts";

/** Rows in one batch at most. */
const BATCH_ROWS = 512;

interface Lane {
  /** Of each instrument the last quote, in the order in which those were received. */
  readonly quotes: Map<string, Nbbo>;
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

  /** Receipt of the oldest quote, ms; `undefined` where there is none. */
  get sinceMs(): number | undefined {
    let sinceMs: number | undefined;
    for (const { quotes } of this.#lanes.values()) {
      const [first] = quotes.values();
      const receivedAtMs = first?.receivedAtMs ?? 0;
      if (first !== undefined && (sinceMs === undefined || receivedAtMs < sinceMs)) sinceMs = receivedAtMs;
    }
    return sinceMs;
  }

  add(connection: string, { rows, meta }: DataBatch<Nbbo>): void {
    const lane = this.#lanes.get(connection) ?? { quotes: new Map<string, Nbbo>(), meta };
    this.#lanes.set(connection, lane);
    lane.meta = meta;
    for (const quote of rows) {
      if (lane.quotes.delete(quote.instrument)) this.#conflated += 1;
      else this.#size += 1;
      lane.quotes.set(quote.instrument, quote);
    }
  }

  /** The oldest quotes of the connection that waits longest; `undefined` where there are none. */
  take(): TakenQuotes | undefined {
    const sinceMs = this.sinceMs;
    for (const [connection, { quotes, meta }] of this.#lanes) {
      const [first] = quotes.values();
      if (first === undefined || (first.receivedAtMs ?? 0) !== sinceMs) continue;
      const rows: Nbbo[] = [];
      for (const [instrument, quote] of quotes) {
        quotes.delete(instrument);
        if (rows.push(quote) === BATCH_ROWS) break;
      }
      this.#size -= rows.length;
      return { connection, rows, meta };
    }
    return undefined;
  }
}
