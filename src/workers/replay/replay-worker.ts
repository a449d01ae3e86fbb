import type { AssetClass } from "../../domain/instrument/resource.ts";
import { earliestCursor } from "../../domain/stream/cursor.ts";
import { FrameSequencer } from "../../domain/stream/frame-sequencer.ts";
import type { RawDraft } from "../../domain/stream/raw-entry.ts";
import type { CaptureRecord, CaptureSource } from "../../ports/capture.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HydrationStore } from "../../ports/hydration-store.ts";
import type { Logger } from "../../ports/logger.ts";
import type { ProducerId, RawLog } from "../../ports/raw-log.ts";
import { untilStored } from "../until-stored.ts";
import { isWithin, RecordTimes } from "./record-times.ts";

/** What a replay works with. */
export interface ReplayPorts {
  readonly capture: CaptureSource;
  readonly log: RawLog;
  /** Whose cursors say how far the readers are. */
  readonly store: Pick<HydrationStore, "cursors">;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface ReplayOptions {
  /** Names the writer. A replay repeated under the same name adds only what is not there yet. */
  readonly producer: ProducerId;
  /** What the frames of a bare recording are. @default "options" */
  readonly assetClass?: AssetClass;
  /** As fast as the readers follow, or this many times the recorded pace. @default "max" */
  readonly speed?: "max" | number;
  /** Frames recorded from this instant on, ms, included. */
  readonly fromAtMs?: number;
  /** Frames recorded up to this instant, ms, excluded. */
  readonly toAtMs?: number;
  /** The replay waits while a reader is further behind than this, in entries. @default 50000 */
  readonly maxLagEntries?: number;
  /** Hears after each append how much was read so far. Must not throw. */
  readonly onProgress?: (progress: ReplayProgress) => void;
}

export interface ReplayProgress {
  /** Frames and entries of the recording that were appended. */
  readonly records: number;
  /** Of their payloads. */
  readonly characters: number;
}

/** Entries in one append at most. */
const APPEND_ENTRIES = 512;
/** How often a waiting replay looks again. */
const LAG_POLL_MS = 2;

/**
 * Feeds a recording into the raw log as a producer with sequences. From there on nothing knows that it is not live.
 */
export class ReplayWorker {
  readonly #ports: ReplayPorts;
  readonly #options: ReplayOptions;
  #seq = 0;
  #sinceLagCheck = 0;
  #records = 0;
  #characters = 0;

  /** @throws {RangeError} naming the option that is out of its limits. */
  constructor(ports: ReplayPorts, options: ReplayOptions) {
    const { speed = "max", fromAtMs, toAtMs, maxLagEntries = 1 } = options;
    if (speed !== "max" && !(Number.isFinite(speed) && speed > 0)) {
      throw new RangeError(`Cannot replay: 'speed' must be "max" or a number above 0, current value is ${speed}`);
    }
    if (fromAtMs !== undefined && toAtMs !== undefined && fromAtMs >= toAtMs) {
      throw new RangeError(
        `Cannot replay: 'toAtMs' must be later than 'fromAtMs' ${fromAtMs}, current value is ${toAtMs}`,
      );
    }
    if (!Number.isSafeInteger(maxLagEntries) || maxLagEntries < 1) {
      throw new RangeError(
        `Cannot replay: 'maxLagEntries' must be an integer above 0, current value is ${maxLagEntries}`,
      );
    }
    this.#ports = ports;
    this.#options = options;
  }

  /**
   * Replays the whole recording, or up to an abort of `signal`.
   *
   * @throws {CaptureError} where the recording cannot be read; what stood before it has been appended.
   */
  async run(signal: AbortSignal): Promise<ReplayProgress> {
    const { capture, clock } = this.#ports;
    const { speed = "max", fromAtMs, toAtMs } = this.#options;
    const drafts: RawDraft[] = [];
    const sequencer = new FrameSequencer(this.#options.assetClass ?? "options");
    const timed = speed !== "max" || fromAtMs !== undefined || toAtMs !== undefined;
    const times = new RecordTimes();
    const startedAtMs = clock.monotonic();
    let firstAtMs: number | undefined;

    try {
      for await (const records of capture.records(signal)) {
        for (const record of records) {
          const atMs = timed ? times.of(record) : undefined;
          if (atMs !== undefined) {
            if (!isWithin(atMs, this.#options)) continue;
            firstAtMs ??= atMs;
            const dueInMs = speed === "max" ? 0 : (atMs - firstAtMs) / speed - (clock.monotonic() - startedAtMs);
            if (dueInMs > 0) {
              await this.#append(drafts.splice(0), signal);
              await clock.sleep(dueInMs, signal);
            }
          }
          if (signal.aborted) break;
          drafts.push(...draftsOf(record, sequencer));
          this.#count(record);
          if (drafts.length >= APPEND_ENTRIES) await this.#append(drafts.splice(0), signal);
        }
        if (signal.aborted) break;
      }
    } finally {
      // Also where the recording breaks off with an error: what stood before it is good.
      await this.#append([...drafts.splice(0), ...sequencer.finish()], signal);
    }
    return { records: this.#records, characters: this.#characters };
  }

  async #append(drafts: readonly RawDraft[], signal: AbortSignal): Promise<void> {
    if (drafts.length === 0) return;
    const { log, clock, logger } = this.#ports;
    const firstSeq = this.#seq + 1;
    await this.#awaitReaders(drafts.length, signal);
    await untilStored("append frames", () => log.append(this.#options.producer, firstSeq, drafts), {
      clock,
      logger,
      signal,
    });
    this.#seq += drafts.length;
    this.#options.onProgress?.({ records: this.#records, characters: this.#characters });
  }

  /** Waits while the slowest reader is too far behind: a log that outruns its readers would lose entries to retention. */
  async #awaitReaders(entries: number, signal: AbortSignal): Promise<void> {
    const { log, store, clock } = this.#ports;
    const { maxLagEntries = 50_000 } = this.#options;
    this.#sinceLagCheck += entries;
    if (this.#sinceLagCheck < maxLagEntries / 4) return;
    this.#sinceLagCheck = 0;
    while (!signal.aborted) {
      const slowest = earliestCursor((await store.cursors()).values());
      if (slowest === undefined || (await log.countAfter(slowest)) <= maxLagEntries) return;
      await clock.sleep(LAG_POLL_MS, signal);
    }
  }

  #count(record: CaptureRecord): void {
    this.#records += 1;
    if (record.kind === "frame") this.#characters += record.payload.length;
    else if (record.draft.kind === "frame") this.#characters += record.draft.payload.length;
  }
}

/** A record that carries its own place keeps it; a bare frame is given one. */
function draftsOf(record: CaptureRecord, sequencer: FrameSequencer): readonly RawDraft[] {
  return record.kind === "frame" ? sequencer.push(record) : [record.draft];
}
