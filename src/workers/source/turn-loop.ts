import { Inbox, type InboxLimits, type ReceivedFrame, type ShedListener } from "../../domain/overload/inbox.ts";
import { Staleness } from "../../domain/overload/staleness.ts";
import type { Clock } from "../../ports/clock.ts";

/** How frames are processed: as many as come within `lingerMs` at once, but no more than a turn can hold. */
export interface TurnOptions {
  /** How long the first frame waits for company, ms; what a turn leaves does not wait again. */
  readonly lingerMs: number;
  /** A turn ends after so many frames, or so many ms: the socket is to be read in between. */
  readonly maxFrames: number;
  readonly maxMs: number;
}

export const DEFAULT_TURN_OPTIONS: TurnOptions = Object.freeze({ lingerMs: 2, maxFrames: 512, maxMs: 5 });

/** Processes what waits, in order. */
export interface TurnHandler<Event> {
  event(event: Event, atMs: number): void;
  frame(frame: ReceivedFrame): void;
  /** The turn is over. @returns how much later than usual frames are received of late, ms. */
  endTurn(nowMs: number): number;
}

/** Between two turns the event loop reads sockets and fires timers. */
const PAUSE_MS = 1;
/** Whoever wakes so much later than planned shares the event loop with somebody who holds it up. */
const STARVED_MS = 20;
/** The clock is not asked for every frame. */
const FRAMES_PER_LOOK = 16;

/**
 * Takes what a socket brings, synchronously, and processes it in turns: a socket that is read at once is not held for a
 * slow one, and frames are cheaper by the dozen. What cannot be digested is given up as `Inbox` says.
 */
export class TurnLoop<Event> {
  readonly #inbox: Inbox<Event>;
  readonly #turn: TurnOptions;
  readonly #clock: Clock;
  readonly #handler: TurnHandler<Event>;
  readonly #staleness = new Staleness();
  #isUrgent = false;
  #wake: (() => void) | undefined;

  constructor(limits: InboxLimits, turn: TurnOptions, clock: Clock, handler: TurnHandler<Event>, onShed: ShedListener) {
    this.#inbox = new Inbox(limits, onShed);
    this.#turn = turn;
    this.#clock = clock;
    this.#handler = handler;
  }

  /** Something happened, behind all that was received so far; it does not wait for company. */
  happened(event: Event): void {
    this.#inbox.pushEvent(event, this.#clock.now());
    this.#isUrgent = true;
    this.#wake?.();
  }

  received(epoch: number, payload: string): void {
    this.#inbox.pushFrame({ epoch, receivedAtMs: this.#clock.now(), payload });
    this.#wake?.();
  }

  /** What waits right now. */
  get backlog(): { readonly events: number; readonly bytes: number; readonly ageMs: number } {
    const { events, bytes } = this.#inbox;
    return { events, bytes, ageMs: this.#inbox.ageMs(this.#clock.now()) };
  }

  get isShedding(): boolean {
    return this.#inbox.isShedding;
  }

  /** From receipt to processing, ms; see `Staleness`. */
  stalenessMs(...shares: readonly number[]): readonly number[] | undefined {
    return this.#staleness.quantilesMs(...shares);
  }

  /** Works until `isEnded` says so after a turn. */
  async run(isEnded: () => boolean): Promise<void> {
    const { lingerMs } = this.#turn;
    let lateMs = 0;
    let hasRest = false;
    while (!isEnded()) {
      if (!hasRest) {
        if (this.#inbox.length === 0) await this.#untilWoken();
        if (!this.#isUrgent) lateMs = await this.#pause(lingerMs, true);
      }
      hasRest = this.#takeTurn(lateMs);
      lateMs = hasRest && !isEnded() ? await this.#pause(PAUSE_MS, false) : 0;
    }
  }

  #untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /** @returns how much later than planned it ended, ms. */
  async #pause(ms: number, endsWhenUrgent: boolean): Promise<number> {
    const dueAtMs = this.#clock.monotonic() + ms;
    const awake = new AbortController();
    if (endsWhenUrgent) {
      this.#wake = () => {
        if (this.#isUrgent) awake.abort();
      };
    }
    await this.#clock.sleep(ms, awake.signal);
    this.#wake = undefined;
    return Math.max(0, this.#clock.monotonic() - dueAtMs);
  }

  /** @returns whether something is left. */
  #takeTurn(lateMs: number): boolean {
    const { maxFrames, maxMs } = this.#turn;
    const startedMs = this.#clock.monotonic();
    const nowMs = this.#clock.now();
    this.#isUrgent = false;
    for (let frames = 0; frames < maxFrames; ) {
      const item = this.#inbox.shift();
      if (item === undefined) break;
      if (item.kind === "event") {
        this.#handler.event(item.event, item.atMs);
        continue;
      }
      this.#handler.frame(item.frame);
      this.#staleness.add(Math.max(0, nowMs - item.frame.receivedAtMs));
      frames += 1;
      if (frames % FRAMES_PER_LOOK === 0 && this.#clock.monotonic() - startedMs >= maxMs) break;
    }
    const lagMs = this.#handler.endTurn(this.#clock.now());
    const hasRest = this.#inbox.length > 0;
    // Receipt is late for many reasons; only those of our own are cured by giving something up.
    this.#inbox.judge(this.#clock.now(), hasRest || lateMs >= STARVED_MS ? lagMs : 0);
    return hasRest;
  }
}
