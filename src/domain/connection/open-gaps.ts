import type { ConnectionId } from "../market/batch.ts";
import type { Gap, GapCause } from "../stream/gap.ts";
import { type LostTopic, lostGaps } from "./lost-topics.ts";
import { Outage } from "./outage.ts";

/**
 * What a connection is missing and has not told yet: everything while no link is confirmed, quotes until those are
 * confirmed that were not known by then, and what a run before left open. What ends is answered as gaps, in the order in
 * which they are to be told.
 */
export class OpenGaps {
  readonly #connection: ConnectionId;
  readonly #outage: Outage;
  readonly #quotes: Outage;
  /** Of the run before, with their ends. */
  #before: readonly Gap[] = [];

  constructor(connection: ConnectionId) {
    this.#connection = connection;
    this.#outage = new Outage(connection, "all");
    this.#quotes = new Outage(connection, "quotes");
  }

  /** Whether no link is confirmed, though one was before. */
  get hasOutage(): boolean {
    return this.#outage.isOpen;
  }

  /** What nobody would know of were this run to be killed. @param lost topics that the link at hand does not hold any more. */
  soFar(lost: readonly LostTopic[]): readonly Gap[] {
    return [
      ...this.#before,
      ...this.#outage.soFar,
      ...this.#quotes.soFar,
      ...lostGaps(this.#connection, lost, undefined),
    ];
  }

  /** A run before ended with its last receipt. @param open the gaps that were open then. */
  resume(lastReceivedAtMs: number, open: readonly Gap[]): void {
    this.#before = open.flatMap((gap) => {
      // What was noticed behind the last receipt is in the absence.
      const toAtMs = gap.toAtMs ?? lastReceivedAtMs;
      return gap.fromAtMs === undefined || gap.fromAtMs >= toAtMs ? [] : [{ ...gap, toAtMs }];
    });
    this.#outage.begin(lastReceivedAtMs, "absence");
  }

  /** A link is gone, or an attempt failed, unless that was so already. */
  beginOutage(fromAtMs: number, cause: GapCause): void {
    this.#outage.begin(fromAtMs, cause);
  }

  /**
   * What is wanted is confirmed, or the run is over.
   *
   * @param quotesFollow it is not known yet which quotes are wanted.
   */
  endOutage(toAtMs: number, quotesFollow: boolean): readonly Gap[] {
    const before = this.#before;
    this.#before = [];
    const gap = this.#outage.end(toAtMs);
    if (gap === undefined) return before;
    if (quotesFollow) this.#quotes.begin(toAtMs, gap.cause);
    // In front of the one that says that the link is there again.
    return [...before, gap];
  }

  /** The quotes are confirmed, or the link is gone that they were wanted from. */
  endQuotes(toAtMs: number): readonly Gap[] {
    const gap = this.#quotes.end(toAtMs);
    return gap === undefined ? [] : [gap];
  }

  /** A living link holds topics again that it had lost: they were missing, though nothing else shows it. */
  regained(topics: readonly LostTopic[], atMs: number): readonly Gap[] {
    // An outage that goes on ends with the last confirmation, and encloses what was lost meanwhile.
    return topics.length === 0 || this.#outage.isOpen ? [] : lostGaps(this.#connection, topics, atMs);
  }
}
