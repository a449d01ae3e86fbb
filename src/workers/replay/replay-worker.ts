import { StorageError } from "../../domain/errors.ts";
import { earliestCursor } from "../../domain/stream/cursor.ts";
import { FrameSequencer } from "../../domain/stream/frame-sequencer.ts";
import type { RawDraft } from "../../domain/stream/raw-entry.ts";
import type { CaptureRecord, CaptureSource } from "../../ports/capture.ts";
import type { Clock } from "../../ports/clock.ts";
import type { HydrationStore } from "../../ports/hydration-store.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import { HardBound } from "../hard-bound.ts";
import { untilStored } from "../until-stored.ts";
import {
  type ReplayOptions,
  type ReplayProgress,
  type ResolvedReplayOptions,
  resolveReplayOptions,
} from "./options.ts";
import { ReaderLag } from "./reader-lag.ts";
import { isWithin, RecordTimes } from "./record-times.ts";
import { ReplayPace } from "./replay-pace.ts";

/** What a replay works with. */
export interface ReplayPorts {
  readonly capture: CaptureSource;
  readonly log: RawLog;
  /** Whose cursors say how far the readers are. */
  readonly store: Pick<HydrationStore, "cursors">;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What one append takes at most: entries, or characters of payload once it has one entry. */
const APPEND_ENTRIES = 512;
const APPEND_CHARACTERS = 1_048_576;
/** How often a waiting replay looks again. */
const LAG_POLL_MS = 2;

/**
 * Feeds a recording into the raw log as a producer with sequences. From there on nothing knows that it is not live.
 */
export class ReplayWorker {
  readonly #ports: ReplayPorts;
  readonly #options: ResolvedReplayOptions;
  readonly #lag = new ReaderLag();
  readonly #bound: HardBound;
  #drafts: RawDraft[] = [];
  #draftCharacters = 0;
  #seq = 0;
  /** What the log had of this producer before the replay began. */
  #knownSeq: number | undefined;
  #records = 0;
  #characters = 0;
  #stored = 0;
  #repeated = 0;

  /** @throws {RangeError} naming the option that is out of its limits. */
  constructor(ports: ReplayPorts, options: ReplayOptions) {
    this.#ports = ports;
    this.#options = resolveReplayOptions(options);
    this.#bound = new HardBound(ports.log, ports.logger);
  }

  /**
   * Replays the whole recording, or up to an abort of `signal`.
   *
   * @throws {CaptureError} where the recording cannot be read; what stood before it has been appended.
   * @throws {StorageError} where the log has lost what was appended to it before.
   */
  async run(signal: AbortSignal): Promise<ReplayProgress> {
    const { capture, clock } = this.#ports;
    const { speed, fromAtMs, toAtMs } = this.#options;
    const sequencer = new FrameSequencer(this.#options.assetClass);
    const timed = speed !== "max" || fromAtMs !== undefined || toAtMs !== undefined;
    const times = new RecordTimes();
    const pace = new ReplayPace(speed, clock);

    try {
      for await (const records of capture.records(signal)) {
        for (const record of records) {
          const atMs = timed ? times.of(record) : undefined;
          if (atMs !== undefined) {
            if (!isWithin(atMs, this.#options)) continue;
            const dueInMs = pace.dueInMs(atMs);
            if (dueInMs > 0) {
              await this.#flush(signal);
              await clock.sleep(dueInMs, signal);
            }
          }
          if (signal.aborted) break;
          this.#add(draftsOf(record, sequencer));
          this.#records += 1;
          const full = this.#drafts.length >= APPEND_ENTRIES || this.#draftCharacters >= APPEND_CHARACTERS;
          if (full) await this.#flush(signal);
        }
        if (signal.aborted) break;
      }
      // Only at the real end: taken up again, a replay that was stopped has another entry at this place.
      if (!signal.aborted) this.#add(sequencer.finish());
    } finally {
      // Also where the recording breaks off with an error: what stood before it is good.
      await this.#flush(signal);
    }
    return this.#progress();
  }

  #add(drafts: readonly RawDraft[]): void {
    for (const draft of drafts) {
      this.#drafts.push(draft);
      if (draft.kind === "frame") this.#draftCharacters += draft.payload.length;
    }
  }

  /** Appends what was gathered. */
  async #flush(signal: AbortSignal): Promise<void> {
    const drafts = this.#drafts;
    const characters = this.#draftCharacters;
    if (drafts.length === 0) return;
    this.#drafts = [];
    this.#draftCharacters = 0;
    await this.#awaitReaders(signal);
    const { log, clock, logger } = this.#ports;
    const { producer, onProgress } = this.#options;
    const firstSeq = this.#seq + 1;
    const context = { clock, logger, signal };
    const storedSeq = await untilStored("read the stored sequence", () => log.storedSeq(producer), context);
    if (storedSeq < this.#seq) {
      throw new StorageError(
        `Cannot go on with the replay: the raw log must hold the ${this.#seq} entries appended so far, it holds ${storedSeq}; it was emptied, or an older state of it came back`,
      );
    }
    await untilStored("append frames", () => log.append(producer, firstSeq, drafts), context);
    this.#knownSeq ??= storedSeq;
    this.#seq += drafts.length;
    const fresh = Math.max(0, this.#seq - Math.max(this.#knownSeq, firstSeq - 1));
    this.#stored += fresh;
    this.#repeated += drafts.length - fresh;
    this.#characters += characters;
    this.#lag.add(drafts.length, characters);
    onProgress(this.#progress());
    await this.#bound.account(characters);
  }

  /** Waits while the slowest reader is too far behind: a log that outruns its readers would lose entries to retention. */
  async #awaitReaders(signal: AbortSignal): Promise<void> {
    const { log, store, clock, logger } = this.#ports;
    const { maxLagEntries, maxLagCharacters } = this.#options;
    const context = { clock, logger, signal };
    while (!signal.aborted) {
      const cursors = await untilStored("read the cursors", () => store.cursors(), context);
      const slowest = earliestCursor(cursors.values());
      if (slowest === undefined) return;
      const unread = await untilStored("count unread entries", () => log.countAfter(slowest), context);
      if (unread <= maxLagEntries && this.#lag.charactersIn(unread) <= maxLagCharacters) return;
      await clock.sleep(LAG_POLL_MS, signal);
    }
  }

  #progress(): ReplayProgress {
    return {
      records: this.#records,
      characters: this.#characters,
      repeated: this.#repeated,
      stored: this.#stored,
    };
  }
}

/** A record that carries its own place keeps it; a bare frame is given one. */
function draftsOf(record: CaptureRecord, sequencer: FrameSequencer): readonly RawDraft[] {
  if (record.kind === "frame") return sequencer.push(record);
  sequencer.pass(record.draft.position);
  return [record.draft];
}
