import { type DataBatch, SCHEMA_VERSION, type StreamPosition, type Watermark } from "../../domain/market/batch.ts";
import type { Row } from "../../domain/market/rows.ts";

interface RowsOfKind {
  readonly type: Row["type"];
  readonly rows: Row[];
  readonly late: number[];
  /** The earliest event time of those that are not late. */
  earliestTsNs: bigint | undefined;
}

/** The rows of the frames of one turn, by kind, the kinds in order of first appearance. */
export class TurnRows {
  readonly #hasSides: boolean;
  #kinds: RowsOfKind[] = [];
  #last: StreamPosition | undefined;

  /** @param hasSides whether option trades come with their side. @default false */
  constructor(hasSides: boolean = false) {
    this.#hasSides = hasSides;
  }

  /** Takes note of the entry that the next rows are from. */
  at(position: StreamPosition | undefined): void {
    this.#last = position ?? this.#last;
  }

  add(row: Row, tsNs: bigint, isLate: boolean): void {
    const kind = this.#kindOf(row.type);
    if (isLate) kind.late.push(kind.rows.length);
    else if (kind.earliestTsNs === undefined || tsNs < kind.earliestTsNs) kind.earliestTsNs = tsNs;
    kind.rows.push(row);
  }

  /** Rows so far. */
  get size(): number {
    let rows = 0;
    for (const kind of this.#kinds) rows += kind.rows.length;
    return rows;
  }

  /**
   * The batches, and begins anew. The last one has the watermark given; those before it promise no more than the rows that
   * follow in the others allow.
   */
  take(watermark: Watermark): readonly DataBatch<Row>[] {
    const batches: DataBatch<Row>[] = [];
    let said = watermark;
    for (const { type, rows, late, earliestTsNs } of [...this.#kinds].reverse()) {
      const quality = this.#hasSides && type === "optionTrade" ? "Enriched" : "Prelim";
      const meta = batchMeta(said, this.#last, late.length === 0 ? {} : { lateRows: late });
      batches.unshift({ rows, meta: quality === meta.quality ? meta : { ...meta, quality } });
      if (earliestTsNs !== undefined && earliestTsNs < said.watermarkTsNs) {
        said = { ...said, watermarkTsNs: earliestTsNs };
      }
    }
    this.#kinds = [];
    return batches;
  }

  #kindOf(type: Row["type"]): RowsOfKind {
    for (const kind of this.#kinds) if (kind.type === type) return kind;
    const kind: RowsOfKind = { type, rows: [], late: [], earliestTsNs: undefined };
    this.#kinds.push(kind);
    return kind;
  }
}

/** What is true of every batch of a live stream, and what is told besides. */
export function batchMeta(
  watermark: Watermark,
  stream: StreamPosition | undefined,
  more: Pick<DataBatch<Row>["meta"], "lateRows" | "gap">,
): DataBatch<Row>["meta"] {
  const meta = { source: "Ws", quality: "Prelim", watermark, schemaVersion: SCHEMA_VERSION, ...more } as const;
  return stream === undefined ? meta : { ...meta, stream };
}
