import { type BatchMeta, type DataBatch, SCHEMA_VERSION, type Watermark } from "../market/batch.ts";
import type { Row } from "../market/rows.ts";
import { msToNs } from "./event-rows.ts";
import type { FrameContext } from "./frame.ts";

/** The rows of one kind. Their latest event time is kept in ms, since numbers compare faster than bigints. */
interface RowList {
  readonly type: Row["type"];
  readonly rows: Row[];
  latestMs: number;
}

/** Sorts the rows of one frame by kind, the kinds in order of first appearance. */
export class FrameRows {
  readonly #lists: RowList[] = [];

  add(row: Row, eventMs: number): void {
    const list = this.#listOf(row.type);
    list.rows.push(row);
    if (eventMs > list.latestMs) list.latestMs = eventMs;
  }

  /** @param rejected how many events of the frame are in no batch because they are invalid. */
  batches(context: FrameContext, rejected: number): readonly DataBatch<Row>[] {
    return this.#lists.map((list) => ({ rows: list.rows, meta: batchMeta(context, list.latestMs, rejected) }));
  }

  #listOf(type: Row["type"]): RowList {
    const lists = this.#lists;
    for (let index = 0; index < lists.length; index++) {
      const list = lists[index];
      if (list?.type === type) return list;
    }
    const list: RowList = { type, rows: [], latestMs: 0 };
    lists.push(list);
    return list;
  }
}

function batchMeta(context: FrameContext, latestMs: number, rejected: number): BatchMeta {
  const { source, stream } = context;
  const watermark = watermarkOf(latestMs, rejected);
  return stream === undefined
    ? { source, quality: "Prelim", watermark, schemaVersion: SCHEMA_VERSION }
    : { source, quality: "Prelim", watermark, schemaVersion: SCHEMA_VERSION, stream };
}

function watermarkOf(latestMs: number, rejected: number): Watermark {
  const watermarkTsNs = msToNs(latestMs);
  if (rejected === 0) return { watermarkTsNs, completeness: "Complete" };
  const hint = `${rejected} invalid ${rejected === 1 ? "event" : "events"} of the payload left out`;
  return { watermarkTsNs, completeness: "Partial", hint };
}
