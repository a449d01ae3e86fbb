import type { LoggedSpotFetch, SpotAnalytics, SpotFetch, SpotValue } from "../domain/context/spot.ts";
import type { TrailPoint } from "../domain/context/trail.ts";
import type { Cursor } from "../domain/stream/cursor.ts";
import type { ProducerId } from "./raw-log.ts";

/** What became of a fetch. */
export type SpotPutResult =
  /** `stale` of its values were older than what stood there: they were counted and logged, and nothing else. */
  | { readonly status: "stored"; readonly stale: number }
  /** A fetch of this sequence or a later one is stored: the call has changed nothing. */
  | { readonly status: "already" };

/**
 * What indices and stocks stand at: the latest value per symbol, a short trail of each, the log of what was fetched, and
 * counts. Nothing expires: a value's own times say how old it is.
 *
 * Each writer numbers its calls of `put` and `fail`, so that one repeated after a lost reply counts once; two processes
 * that use one name take each other's calls for repeats. The store remembers every name for good: it is to name a role
 * (`spot/indices`), not a process.
 *
 * After `close()` every method rejects with `ClosedError`.
 */
export interface SpotStore {
  /**
   * Stores a fetch in one step: a reader sees all of it or nothing. Idempotent per `(producer, seq)`.
   *
   * Each value, in the order given, replaces the latest of its symbol unless it is older by `as_of_ns`; with it go the
   * map of all, which keeps the symbols that are not in this fetch, a point of the trail (`ts`, `value`) and the
   * announcement on `CHANNELS.spot`, whose body is the value as compact JSON. What is announced can be read by then.
   * The payload goes to the log, and frames, bytes and errors are counted, exactly.
   *
   * @throws {RangeError} unless `seq` is a positive safe integer.
   * @throws {TypeError} where the fetch or a value of it is not what `spotFetchSchema` asks for.
   */
  put(producer: ProducerId, seq: number, fetch: SpotFetch): Promise<SpotPutResult>;
  /**
   * Counts a fetch that was not answered as one error. Idempotent per `(producer, seq)`, like `put`.
   *
   * @throws {RangeError} unless `seq` is a positive safe integer.
   */
  fail(producer: ProducerId, seq: number): Promise<"stored" | "already">;
  /** The producer's last stored sequence; 0 for one that never wrote. */
  storedSeq(producer: ProducerId): Promise<number>;
  /** `null` for a symbol that was never stored. */
  latest(symbol: string): Promise<SpotValue | null>;
  /** The latest value of every symbol, by symbol. */
  all(): Promise<ReadonlyMap<string, SpotValue>>;
  /** The last 300 points of a symbol, oldest first. The same time and value stand there once. */
  trail(symbol: string): Promise<readonly TrailPoint[]>;
  analytics(): Promise<SpotAnalytics>;
  /**
   * Up to `limit` fetches behind `after`, in the order in which they were stored. The store keeps the newest, by default
   * at least 100,000; what was removed is simply not there.
   *
   * @throws {RangeError} unless `limit` is a positive safe integer.
   * @throws {TypeError} where `after` is no cursor.
   */
  fetches(after: Cursor, limit: number): Promise<readonly LoggedSpotFetch[]>;
  /** Idempotent. */
  close(): Promise<void>;
}
