import type {
  ChainAnalytics,
  ChainCompletion,
  ChainContract,
  ChainContractId,
  ChainHealthCounts,
  ChainSnapshot,
  ChainTrail,
} from "../domain/context/chain.ts";
import type { TrailPoint } from "../domain/context/trail.ts";
import type { ProducerId } from "./raw-log.ts";

/**
 * Option chains as the provider sent them, what the last fetch of each was like, and counts and trails of all fetches.
 *
 * A fetch is stored in two steps: its contracts, in as many batches as suit, and then its completion, which tells
 * readers that they are there. Each writer numbers its calls of `complete` and `fail`, so that one repeated after a lost
 * reply counts once. Two that use one name take each other's calls for repeats, and a lower number for an old one: a
 * worker that fetches several chains at once uses a name for each (`chain/SPX`). The store remembers every name for good.
 *
 * After `close()` every method rejects with `ClosedError`.
 */
export interface ChainStore {
  /**
   * Stores contracts for 300 s from now, each in the place of the one before, text for text; the text is not looked at.
   * Repeatable. A batch is not one step: a reader may see some contracts of it before others, but each of them whole.
   * Of two with the same id in one batch the later is stored.
   *
   * @throws {RangeError} for an id that no option ticker can carry: nothing of the batch is stored.
   * @throws {TypeError} where an underlying is no symbol without `I:`: likewise.
   */
  putContracts(contracts: readonly ChainContract[]): Promise<void>;
  /**
   * The texts of contracts in the order asked for; `null` where there is none or its time ran out.
   *
   * @throws {RangeError} for an id that no option ticker can carry.
   * @throws {TypeError} where an underlying is no symbol without `I:`.
   */
  contracts(ids: readonly ChainContractId[]): Promise<readonly (string | null)[]>;
  /**
   * Ends a fetch that was answered, at least in part, in one step: the snapshot replaces the latest of its symbol whole,
   * totals, health and trails count it, exactly, and `chainAnnouncement(snapshot)` is announced on
   * `CHANNELS.chainSnapshot` as compact JSON. What is announced can be read by then.
   *
   * Idempotent per `(producer, seq)`.
   *
   * @returns `already` where a call of this sequence or a later one is stored: this one has changed nothing.
   * @throws {RangeError} unless `seq` is a positive safe integer.
   * @throws {TypeError} where the completion is not what `chainCompletionSchema` asks for.
   */
  complete(producer: ProducerId, seq: number, completion: ChainCompletion): Promise<"stored" | "already">;
  /**
   * Ends a fetch that was not answered: it counts as a run, an error and the health class `error`. The latest snapshot
   * stays, nothing is announced. Idempotent per `(producer, seq)`, like `complete`.
   *
   * @throws {RangeError} unless `seq` is a positive safe integer.
   * @throws {TypeError} where `symbol` is no symbol without `I:`.
   */
  fail(producer: ProducerId, seq: number, symbol: string): Promise<"stored" | "already">;
  /** The producer's last stored sequence; 0 for one that never wrote. */
  storedSeq(producer: ProducerId): Promise<number>;
  /** The last snapshot of a symbol, which does not expire; `null` where there is none. */
  latest(symbol: string): Promise<ChainSnapshot | null>;
  analytics(): Promise<ChainAnalytics>;
  health(): Promise<ChainHealthCounts>;
  /** The last 1,000 points of a figure, oldest first. The same time and value stand there once. */
  trail(figure: ChainTrail, symbol: string): Promise<readonly TrailPoint[]>;
  /** Idempotent. */
  close(): Promise<void>;
}
