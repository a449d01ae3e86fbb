import { CaptureError } from "../../domain/errors.ts";
import { type Cursor, type CursorRange, compareCursors } from "../../domain/stream/cursor.ts";
import type { CaptureRecord, CaptureSource } from "../../ports/capture.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import { untilStored } from "../until-stored.ts";

/** A record that came out of a raw log, and its place there. */
export type LoggedRecord = CaptureRecord & { readonly cursor: Cursor };

/** Which stretch of a log is read, and how. */
export interface LogCaptureOptions {
  /** The place behind which reading begins. */
  readonly after: Cursor;
  /** The last place that is read. What is appended later is left out. */
  readonly until: Cursor;
  /** Entries per batch. @default 512 */
  readonly batchEntries?: number;
  /**
   * Hears of entries of the stretch that retention removed before they were read, and reading goes on behind them. Their
   * connections have holes in their sequences then, which hydration tells as gaps.
   */
  readonly onTrimmed: (range: CursorRange) => void;
}

/**
 * A stretch of a raw log as a recording: the entries keep the places that they have. Reads by cursor and writes nothing, so
 * that it can be read again, and nobody else notices. While the log is away it waits.
 *
 * @example
 * ```ts
 * const source = openRedis({ url: "redis://127.0.0.1:6379", clock: SYSTEM_CLOCK });
 * const capture = new LogCapture(source, { after: CURSOR_START, until: "1766437799500-2405", onTrimmed: console.warn });
 * const copy = openMemory({ clock: SYSTEM_CLOCK });
 * await new ReplayWorker({ ...copy, capture }, { producer: "copy" }).run(AbortSignal.timeout(60_000));
 * ```
 */
export class LogCapture implements CaptureSource {
  readonly #ports: { readonly log: Pick<RawLog, "read">; readonly clock: Clock; readonly logger: Logger };
  readonly #options: LogCaptureOptions;

  constructor(
    ports: { readonly log: Pick<RawLog, "read">; readonly clock: Clock; readonly logger: Logger },
    options: LogCaptureOptions,
  ) {
    this.#ports = ports;
    this.#options = options;
  }

  /**
   * @throws {StorageError} for an entry that is none of a raw log.
   * @throws {CaptureError} where the rest of the stretch is gone, and retention did not remove it.
   */
  async *records(signal: AbortSignal): AsyncGenerator<readonly LoggedRecord[], void> {
    const { log, clock, logger } = this.#ports;
    const { until, batchEntries = 512, onTrimmed } = this.#options;
    let position = this.#options.after;
    while (!signal.aborted && compareCursors(position, until) < 0) {
      const after = position;
      const read = (): ReturnType<RawLog["read"]> => log.read(after, batchEntries, 0, signal);
      const answer = await untilStored("read the raw log", read, { clock, logger, signal }).catch((error: unknown) => {
        if (signal.aborted) return undefined;
        throw error;
      });
      if (answer === undefined || signal.aborted) return;
      const { entries, trimmed } = answer;
      if (trimmed !== undefined) onTrimmed({ from: trimmed.from, to: earlier(trimmed.to, until) });
      const records = entries
        .filter(({ cursor }) => compareCursors(cursor, until) <= 0)
        .map(({ cursor, draft }): LoggedRecord => ({ kind: "entry", draft, cursor }));
      if (records.length > 0) yield records;
      const last = records.at(-1)?.cursor;
      if (last === undefined && trimmed === undefined) throw goneError(position, until);
      position = records.length < entries.length ? until : (last ?? until);
    }
  }
}

/** Retention tells what it removes: here somebody else did, up to the last entry of the stretch. */
function goneError(position: Cursor, until: Cursor): CaptureError {
  return new CaptureError(
    `Cannot read the raw log to its end: it must keep its entries up to ${until}, behind ${position} it has none of them; it was emptied, or an older state of it came back`,
  );
}

function earlier(a: Cursor, b: Cursor): Cursor {
  return compareCursors(a, b) < 0 ? a : b;
}
