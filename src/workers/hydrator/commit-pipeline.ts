import { isStrikewireError, isTransient } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CommitResult, HydrationStep, HydrationStore, Lease } from "../../ports/hydration-store.ts";
import type { Logger } from "../../ports/logger.ts";
import { FIRST_RETRY_MS, nextRetryMs } from "../until-stored.ts";

/** A step that was sent, and what the store will say to it. */
interface Flight {
  readonly step: HydrationStep;
  answer: Promise<CommitResult>;
}

/** What a pipeline works with. */
export interface CommitContext {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Called where the store has no room for a step, before it is sent again. */
  readonly makeRoom: () => Promise<void>;
}

/** Why a partition is no longer ours. */
export type Lost = "fenced" | "moved";

/**
 * Commits steps in order with a few of them on their way at once, so that the store works while the next step is
 * made. Each step begins where the one before ended: a store cannot apply one whose predecessor failed, and what failed
 * is sent again together with everything behind it.
 */
export class CommitPipeline {
  readonly #store: Pick<HydrationStore, "commit">;
  readonly #lease: Lease;
  readonly #depth: number;
  readonly #context: CommitContext;
  readonly #flights: Flight[] = [];
  /** Sent again because another place of the cursor was seen. */
  #secondTry: HydrationStep | undefined;

  constructor(store: Pick<HydrationStore, "commit">, lease: Lease, depth: number, context: CommitContext) {
    this.#store = store;
    this.#lease = lease;
    this.#depth = depth;
    this.#context = context;
  }

  /**
   * Sends a step, and waits until there is room for another one.
   *
   * Rejects with the error of a step that cannot be stored: where repeating cannot help, or on an abort.
   *
   * @returns why no further step can be sent; `undefined` where one can.
   */
  async push(step: HydrationStep): Promise<Lost | undefined> {
    this.#flights.push({ step, answer: this.#send(step) });
    return this.#settleDownTo(this.#depth - 1);
  }

  /** Waits until every step that was sent is stored. Rejects and answers as `push` does. */
  async drain(): Promise<Lost | undefined> {
    return this.#settleDownTo(0);
  }

  async #settleDownTo(count: number): Promise<Lost | undefined> {
    while (this.#flights.length > count) {
      const lost = await this.#settleFirst();
      if (lost !== undefined) return lost;
    }
    return undefined;
  }

  async #settleFirst(): Promise<Lost | undefined> {
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = nextRetryMs(delayMs)) {
      try {
        const first = await this.#flights[0]?.answer;
        const lost = first === undefined ? undefined : this.#take(first);
        // A store that has to be sent its script again may see a step before the one that it follows: the cursor says so
        // once, and no longer when all that was sent has come to its end.
        const step = this.#flights[0]?.step;
        if (lost !== "moved" || step === this.#secondTry) return lost;
        this.#secondTry = step;
        await this.#sendAll();
      } catch (error) {
        await this.#sendAgain(error, delayMs);
      }
    }
  }

  #take(result: CommitResult): Lost | undefined {
    if (result.status === "fenced") return "fenced";
    if (result.status !== "moved") {
      this.#flights.shift();
      return undefined;
    }
    // A step whose answer was lost may have been applied, and so may those behind it: the cursor says up to where.
    const { cursor } = result;
    const reached = this.#flights.findIndex(({ step }) => step.next === cursor);
    if (reached < 0) return "moved";
    this.#flights.splice(0, reached + 1);
    return undefined;
  }

  /** Has everything that was sent come to its end, waits, and sends it again. */
  async #sendAgain(error: unknown, delayMs: number): Promise<void> {
    const { clock, logger, signal } = this.#context;
    if (!isTransient(error) || signal.aborted) throw error;
    logger.error(`Cannot commit a step, trying again in ${delayMs} ms`, error);
    await Promise.allSettled(this.#flights.map((flight) => flight.answer));
    if (isStrikewireError(error, "STRIKEWIRE_FULL")) await this.#context.makeRoom();
    await clock.sleep(delayMs, signal);
    await this.#sendAll();
  }

  /** Has everything that was sent come to its end, and sends it again. */
  async #sendAll(): Promise<void> {
    await Promise.allSettled(this.#flights.map((flight) => flight.answer));
    for (const flight of this.#flights) flight.answer = this.#send(flight.step);
  }

  #send(step: HydrationStep): Promise<CommitResult> {
    const answer = this.#store.commit(this.#lease, step);
    // Looked at in its turn; until then a failure is nobody's surprise.
    answer.catch(() => {});
    return answer;
  }
}
