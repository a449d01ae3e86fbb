import type { ConnectionGauges, SourceCounters, SourceGauges } from "../../domain/context/source-status.ts";
import { isTransient } from "../../domain/errors.ts";
import type { ConnectionId } from "../../domain/market/batch.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { ProducerId } from "../../ports/raw-log.ts";
import type { SourceStatusStore } from "../../ports/source-status-store.ts";

/** What a source has to tell. */
export interface ReportedFigures {
  /** What was counted since the last call. */
  takeCounts(): SourceCounters;
  gauges(): SourceGauges;
  connections(): readonly (readonly [ConnectionId, ConnectionGauges])[];
  /** The last whole frame since the last call. */
  takeSample(): string | undefined;
}

const RECORD_MS = 250;
/** Connections and the sample follow every so many records: once a second. */
const SLOW_EVERY = 4;

/** Stores the figures of a source now and then. A store that is away loses no counts: they are told when it is back. */
export class SourceReporter {
  readonly #status: SourceStatusStore;
  readonly #producer: ProducerId;
  readonly #figures: ReportedFigures;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #seq = 0;
  /** Sent, and not known to be stored: it is sent again as it was, so that it counts once. */
  #pending: { readonly counts: SourceCounters; readonly gauges: SourceGauges } | undefined;
  #isAway = false;

  /** @param producer no other process may use the same. */
  constructor(
    ports: { readonly sourceStatus: SourceStatusStore; readonly clock: Clock; readonly logger: Logger },
    producer: ProducerId,
    figures: ReportedFigures,
  ) {
    this.#status = ports.sourceStatus;
    this.#clock = ports.clock;
    this.#logger = ports.logger;
    this.#producer = producer;
    this.#figures = figures;
  }

  /** Works until `signal` aborts, and tells the last figures then. Rejects where the store refuses for good. */
  async run(signal: AbortSignal): Promise<void> {
    for (let round = 0; !signal.aborted; round++) {
      await this.#told(round % SLOW_EVERY === 0);
      await this.#clock.sleep(RECORD_MS, signal);
    }
    await this.#told(true);
  }

  async #told(withConnections: boolean): Promise<void> {
    try {
      await this.#record();
      if (withConnections) await this.#tellConnections();
      this.#isAway = false;
    } catch (error) {
      if (!isTransient(error)) throw error;
      if (!this.#isAway) this.#logger.warn("Cannot store the figures of the source", { reason: String(error) });
      this.#isAway = true;
    }
  }

  async #record(): Promise<void> {
    const isRepeat = this.#pending !== undefined;
    if (this.#pending === undefined) {
      this.#seq += 1;
      this.#pending = { counts: this.#figures.takeCounts(), gauges: this.#figures.gauges() };
    }
    await this.#status.record(this.#producer, this.#seq, this.#pending.counts, this.#pending.gauges);
    this.#pending = undefined;
    // What was counted meanwhile follows at once: this may be the last call.
    if (isRepeat) await this.#record();
  }

  async #tellConnections(): Promise<void> {
    for (const [connection, gauges] of this.#figures.connections()) {
      await this.#status.putConnection(connection, gauges);
    }
    const sample = this.#figures.takeSample();
    if (sample !== undefined) await this.#status.putSample(sample);
  }
}
