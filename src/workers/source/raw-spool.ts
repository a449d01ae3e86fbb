import { isTransient, StorageError } from "../../domain/errors.ts";
import type { StreamPosition } from "../../domain/market/batch.ts";
import { type FrameContent, NO_EVENTS } from "../../domain/overload/frame-content.ts";
import type { RawDraft } from "../../domain/stream/raw-entry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { HardBound } from "../hard-bound.ts";
import { type RawSpoolOptions, type ResolvedSpoolOptions, resolveSpoolOptions } from "./spool-options.ts";
import { type ShedCounts, SpoolQueue } from "./spool-queue.ts";
import { untilGivenUp } from "./until-given-up.ts";
import { WOKEN } from "./woken.ts";

/** What a spool works with. */
export interface RawSpoolPorts {
  readonly log: Pick<RawLog, "append" | "storedSeq" | "trim">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** What the log is not known to have. An append whose answer did not come is in it. */
export interface SpoolBacklog {
  /** Frames, and control entries in order with them. */
  readonly entries: number;
  readonly frames: number;
  /** Of the frames, as `maxBytes` counts them. */
  readonly bytes: number;
}

const FIRST_DELAY_MS = 100;
/** A log that is back is noticed within this time; what waits meanwhile fills the spool. */
const LONGEST_DELAY_MS = 1_000;
const TELL_INTERVAL_MS = 1_000;

/**
 * The buffer between a live source and the raw log: while the log is away, slow or full, nothing is lost up to a bound in
 * bytes, and nothing without a count and a gap beyond it.
 *
 * From `softShare` of the bound on frames that hold quotes only are shed, at the bound all frames, control entries never.
 * Shedding stops lower than it began. Each stretch of shed frames becomes one gap entry of cause `shed`, with scope
 * `quotes` or `all`, from the receipt of its first frame to that of its last; it stands in the log where the first one
 * would have stood. A stretch that is not over when its gap has to be appended is told so far; what is shed behind it is
 * the next stretch. Shed frames take no place: see `push`.
 *
 * Gauges: `raw_spool_bytes`, `raw_spool_entries`, `raw_spool_oldest_age_ms`, `raw_log_down_ms` (how long the log has not
 * taken what it was given; 0 while it does). Counters: `raw_spool_shed_frames_total` and
 * `raw_spool_shed_events_total{type}`. All with the label `producer`, told once a second and when `run` ends.
 *
 * @example
 * ```ts
 * const stop = new AbortController();
 * const spool = new RawSpool(openMemory({ clock: SYSTEM_CLOCK }), { producer: "options/0" });
 * const running = spool.run(stop.signal);
 * const position = { class: "options", shard: 0, epoch: 1766437799500, seq: 1 } as const;
 * const payload = '[{"ev":"T","sym":"O:SPXW251223P06870000","p":7.7,"s":1,"t":1766437799445}]';
 * const frame = { kind: "frame", position, receivedAtMs: 1766437799500, payload } as const;
 * spool.push(frame, { trades: 1, quotes: 0, values: 0, other: 0 }); // its position
 * stop.abort(); // after the source has stopped: what is pushed later is not flushed
 * const { entries } = await running; // 0: nothing is left
 * ```
 */
export class RawSpool {
  readonly #ports: RawSpoolPorts;
  readonly #options: ResolvedSpoolOptions;
  readonly #queue: SpoolQueue;
  readonly #bound: HardBound;
  #told: ShedCounts;
  /** The sequence of the oldest entry that waits; `undefined` before the log was asked for the last one stored. */
  #nextSeq: number | undefined;
  /** When the operation began that the log has not taken yet; monotonic, ms. */
  #unansweredSinceMs: number | undefined;
  #wake: (() => void) | undefined;
  #running = false;

  /** @throws {RangeError} naming the option that is out of its limits. */
  constructor(ports: RawSpoolPorts, options: RawSpoolOptions) {
    this.#ports = ports;
    this.#options = resolveSpoolOptions(options);
    const { maxBytes, softShare, recoveredShare } = this.#options;
    this.#queue = new SpoolQueue({ recovered: maxBytes * recoveredShare, soft: maxBytes * softShare, hard: maxBytes });
    this.#told = this.#queue.shed;
    this.#bound = new HardBound(ports.log, ports.logger);
  }

  /**
   * Takes an entry on its way to the log. Never throws, never waits: made for the callback of a socket.
   *
   * @param content what events a frame holds; nothing for a control entry.
   * @returns the entry's place in the log: `seq` less what was shed before it in this epoch, so that the log's positions
   * have no hole. `undefined` for a frame that was shed.
   */
  push(draft: RawDraft, content: FrameContent = NO_EVENTS): StreamPosition | undefined {
    const before = this.#queue.level;
    const place = this.#queue.push(draft, content, this.#ports.clock.monotonic());
    if (this.#queue.level !== before) this.#sayLevel();
    this.#wake?.();
    return place;
  }

  /** What waits right now. */
  get backlog(): SpoolBacklog {
    const { length: entries, frames, bytes } = this.#queue;
    return { entries, frames, bytes };
  }

  /** What was shed since the spool was made. */
  get shed(): ShedCounts {
    return this.#queue.shed;
  }

  /**
   * Appends what is pushed, in order, one append at a time, until `signal` aborts; then what is left, for at most
   * `flushMs`. What fails is repeated as it was, with the same sequence numbers, while repeating may help.
   *
   * @returns what could not be appended: nothing, or the process has to say so. Rejects with the log's error where
   * repeating cannot help; `backlog` then tells what is left.
   * @throws {TypeError} while the spool runs already.
   */
  async run(signal: AbortSignal): Promise<SpoolBacklog> {
    if (this.#running) throw new TypeError("Cannot run a spool: it must not run already, it does");
    this.#running = true;
    const ended = new AbortController();
    const giveUp = new AbortController();
    let expiring: Promise<void> | undefined;
    const startExpiring = (): void => {
      this.#wake?.();
      expiring = this.#ports.clock.sleep(this.#options.flushMs, ended.signal).then(() => giveUp.abort());
    };
    signal.addEventListener("abort", startExpiring, { once: true });
    if (signal.aborted) startExpiring();
    const telling = this.#tellRegularly(ended.signal);
    try {
      await this.#appendAll(signal, giveUp.signal);
    } finally {
      signal.removeEventListener("abort", startExpiring);
      ended.abort();
      await Promise.all([telling, expiring]);
      this.#tell();
      this.#running = false;
    }
    return this.backlog;
  }

  async #appendAll(signal: AbortSignal, giveUp: AbortSignal): Promise<void> {
    const { log } = this.#ports;
    const { producer, batchEntries, batchBytes } = this.#options;
    for (;;) {
      await this.#untilBatchIsDue(signal);
      if (this.#queue.length === 0) return; // the wait ends without a batch only on abort
      if (this.#nextSeq === undefined) {
        const stored = await this.#untilAnswered(() => log.storedSeq(producer), signal, giveUp);
        if (stored === undefined) return;
        this.#nextSeq = stored + 1;
      }
      const firstSeq = this.#nextSeq;
      const drafts = this.#queue.head(batchEntries, batchBytes);
      const answer = await this.#untilAnswered(() => log.append(producer, firstSeq, drafts), signal, giveUp);
      if (answer === undefined) return;
      const lastSeq = firstSeq + drafts.length - 1;
      if (answer.storedSeq > lastSeq) {
        throw new StorageError(
          `Cannot append to the raw log: the last sequence of producer "${producer}" must be ${lastSeq}, current value is ${answer.storedSeq}; another process writes under its name`,
        );
      }
      const before = this.#queue.level;
      const bytesBefore = this.#queue.bytes;
      this.#queue.drop(drafts.length);
      this.#nextSeq += drafts.length;
      if (this.#queue.level !== before) this.#sayLevel();
      await untilGivenUp(this.#bound.account(bytesBefore - this.#queue.bytes), giveUp);
    }
  }

  /** Waits for a first entry, then until an append is full or the first entry has waited long enough. */
  async #untilBatchIsDue(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const { batchEntries, batchBytes, lingerMs } = this.#options;
    while (!signal.aborted && this.#queue.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    const isFull = (): boolean => this.#queue.length >= batchEntries || this.#queue.bytes >= batchBytes;
    const sinceMs = this.#queue.oldestSinceMs;
    if (signal.aborted || sinceMs === undefined || isFull()) return;
    const awake = new AbortController();
    this.#wake = () => {
      if (signal.aborted || isFull()) awake.abort(WOKEN);
    };
    await clock.sleep(sinceMs + lingerMs - clock.monotonic(), awake.signal);
    this.#wake = undefined;
  }

  /** Repeats an idempotent operation until the log answers; `undefined` when there is no time left. */
  async #untilAnswered<T>(
    operation: () => Promise<T>,
    signal: AbortSignal,
    giveUp: AbortSignal,
  ): Promise<T | undefined> {
    const { clock, logger } = this.#ports;
    const { producer } = this.#options;
    let delayMs = 0;
    while (!giveUp.aborted) {
      this.#unansweredSinceMs ??= clock.monotonic();
      try {
        const answer = await untilGivenUp(operation(), giveUp);
        if (answer === undefined) break;
        const downMs = this.#downMs();
        this.#unansweredSinceMs = undefined;
        if (delayMs > 0) logger.info("The raw log is back", { producer, down_ms: downMs, ...this.backlog });
        return answer;
      } catch (error) {
        if (!isTransient(error)) throw error;
        if (delayMs === 0) {
          logger.error("Cannot append to the raw log, spooling until it is back", error, { producer });
        }
        delayMs = Math.min(delayMs * 2 || FIRST_DELAY_MS, LONGEST_DELAY_MS);
        // An abort cuts the wait short: one more try at once, the next ones within the time for flushing.
        await clock.sleep(delayMs, signal.aborted ? giveUp : signal);
      }
    }
    return undefined;
  }

  #downMs(): number {
    return this.#unansweredSinceMs === undefined ? 0 : this.#ports.clock.monotonic() - this.#unansweredSinceMs;
  }

  #sayLevel(): void {
    const fields = { producer: this.#options.producer, ...this.backlog };
    const { level } = this.#queue;
    if (level === "none") this.#ports.logger.info("The spool has drained and sheds nothing any more", fields);
    else this.#ports.logger.warn(`The spool is filling and sheds ${level === "all" ? "everything" : level}`, fields);
  }

  async #tellRegularly(ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      this.#tell();
      await this.#ports.clock.sleep(TELL_INTERVAL_MS, ended);
    }
  }

  #tell(): void {
    const { clock, telemetry } = this.#ports;
    const { producer } = this.#options;
    const { oldestSinceMs } = this.#queue;
    const { entries, bytes } = this.backlog;
    telemetry.gauge("raw_spool_bytes", bytes, { producer });
    telemetry.gauge("raw_spool_entries", entries, { producer });
    const ageMs = oldestSinceMs === undefined ? 0 : clock.monotonic() - oldestSinceMs;
    telemetry.gauge("raw_spool_oldest_age_ms", ageMs, { producer });
    telemetry.gauge("raw_log_down_ms", this.#downMs(), { producer });

    // Not with every frame that is shed: there is no time to spare while shedding.
    const { shed } = this;
    telemetry.count("raw_spool_shed_frames_total", shed.frames - this.#told.frames, { producer });
    for (const type of ["trades", "quotes", "values", "other"] as const) {
      telemetry.count("raw_spool_shed_events_total", shed[type] - this.#told[type], { producer, type });
    }
    this.#told = shed;
  }
}
