import { type DataBatch, SCHEMA_VERSION, type StreamPosition, type Watermark } from "../../domain/market/batch.ts";
import type { Row } from "../../domain/market/rows.ts";

interface RowsOfKind {
  readonly type: Row["type"];
  readonly rows: Row[];
  readonly late: number[];
}

/** The rows of the frames of one turn, by kind, the kinds in order of first appearance. */
export class TurnRows {
  #kinds: RowsOfKind[] = [];
  #last: StreamPosition | undefined;

  /** Takes note of the entry that the next rows are from. */
  at(position: StreamPosition | undefined): void {
    this.#last = position ?? this.#last;
  }

  add(row: Row, isLate: boolean): void {
    const kind = this.#kindOf(row.type);
    if (isLate) kind.late.push(kind.rows.length);
    kind.rows.push(row);
  }

  /** The batches, and begins anew. */
  take(watermark: Watermark): readonly DataBatch<Row>[] {
    const batches = this.#kinds.map(({ rows, late }) => {
      return { rows, meta: batchMeta(watermark, this.#last, late.length === 0 ? {} : { lateRows: late }) };
    });
    this.#kinds = [];
    return batches;
  }

  #kindOf(type: Row["type"]): RowsOfKind {
    for (const kind of this.#kinds) if (kind.type === type) return kind;
    const kind: RowsOfKind = { type, rows: [], late: [] };
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
