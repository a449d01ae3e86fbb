import { type BatchMeta, SCHEMA_VERSION, type Watermark } from "../market/batch.ts";
import type { Row } from "../market/rows.ts";
import { msToNs } from "./event-rows.ts";
import type { FrameContext, ParsedFrame, StatusEvent } from "./frame.ts";
import type { RejectedEvent } from "./parse-error.ts";

/** The rows of one kind. Their latest event time is kept in ms, since numbers compare faster than bigints. */
interface RowList {
  readonly type: Row["type"];
  readonly rows: Row[];
  latestMs: number;
}

/** What the events of one frame amount to: rows by kind, the kinds in order of first appearance, and statuses. */
export class FrameEvents {
  readonly statuses: StatusEvent[] = [];
  readonly #lists: RowList[] = [];

  addRow(row: Row, eventMs: number): void {
    const lists = this.#lists;
    for (let index = 0; index < lists.length; index++) {
      const list = lists[index];
      if (list?.type !== row.type) continue;
      list.rows.push(row);
      if (eventMs > list.latestMs) list.latestMs = eventMs;
      return;
    }
    // A list that is made with its first row has no room to spare: frames of one event are frequent.
    lists.push({ type: row.type, rows: [row], latestMs: eventMs });
  }

  addStatus(status: string, message: string | undefined): void {
    this.statuses.push({ status, message });
  }

  /** The answer about the frame, given what else was in it. */
  parsed(context: FrameContext, ignored: ReadonlyMap<string, number>, rejected: readonly RejectedEvent[]): ParsedFrame {
    const batches = this.#lists.map(({ rows, latestMs }) => {
      return { rows, meta: batchMeta(context, latestMs, rejected.length) };
    });
    return { ok: true, batches, statuses: this.statuses, ignored, rejected };
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
