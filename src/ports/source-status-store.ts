import type { ConnectionGauges, SourceCounter, SourceCounters, SourceGauges } from "../domain/context/source-status.ts";
import type { ConnectionId } from "../domain/market/batch.ts";
import type { ProducerId } from "./raw-log.ts";

/**
 * How it stands with the sources of a system: counts for good, gauges of the moment, one frame to look at.
 *
 * Each writer numbers its calls of `record`, so that one repeated after a lost reply counts once. A store may forget a
 * writer that it did not hear of for 7 days: each process may take a name of its own.
 *
 * After `close()` every method rejects with `ClosedError`.
 */
export interface SourceStatusStore {
  /**
   * Adds counts, and replaces the gauges of the source as a whole, in one step. Idempotent per `(producer, seq)`. Counts
   * of several writers add up; of gauges the last one stands.
   *
   * @returns `already` where a call of this sequence or a later one is stored: this one has changed nothing.
   * @throws {RangeError} unless `seq` is a positive safe integer, and every count one from 0.
   * @throws {TypeError} where the gauges are not what `sourceGaugesSchema` asks for.
   */
  record(
    producer: ProducerId,
    seq: number,
    counts: SourceCounters,
    gauges: SourceGauges,
  ): Promise<"stored" | "already">;
  /** All that was ever counted, 0 where nothing was. */
  counters(): Promise<Readonly<Record<SourceCounter, number>>>;
  /** `null` before the first `record`. */
  gauges(): Promise<SourceGauges | null>;
  /**
   * Replaces the gauges of a connection, whole, for a day.
   *
   * @throws {TypeError} where they are not what `connectionGaugesSchema` asks for, or the class is none.
   * @throws {RangeError} for a shard that is no whole number of at most nine digits.
   */
  putConnection(connection: ConnectionId, gauges: ConnectionGauges): Promise<void>;
  /**
   * `null` where none were written within the last day.
   *
   * @throws {TypeError} {RangeError} as `putConnection`, for what is no connection.
   */
  connectionGauges(connection: ConnectionId): Promise<ConnectionGauges | null>;
  /** Keeps a whole frame for people to look at, in the place of the one before, for good. */
  putSample(payload: string): Promise<void>;
  /** `null` where none was kept. */
  sample(): Promise<string | null>;
  /** Idempotent. */
  close(): Promise<void>;
}
