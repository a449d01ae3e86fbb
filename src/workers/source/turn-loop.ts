import { Inbox, type InboxLimits, ReceivedFrame, type ShedListener } from "../../domain/overload/inbox.ts";
import { Staleness } from "../../domain/overload/staleness.ts";
import type { Clock } from "../../ports/clock.ts";
import { WOKEN } from "./woken.ts";

/** How frames are processed: as many as come within `lingerMs` at once, but no more than a turn can hold. */
export interface TurnOptions {
  /** How long the first frame waits for company, ms; where enough is there at once, or was left, it does not wait. */
  readonly lingerMs: number;
  /** A turn ends after so many frames, or so many ms: the socket is to be read in between. */
  readonly maxFrames: number;
  readonly maxMs: number;
}

export const DEFAULT_TURN_OPTIONS: TurnOptions = Object.freeze({ lingerMs: 2, maxFrames: 4_096, maxMs: 5 });

/** Processes what waits, in order. */
export interface TurnHandler<Event> {
  /** @param atMs when it happened by the wall clock. @param nowMs the same; monotonic. */
  event(event: Event, atMs: number, nowMs: number): void;
  frame(frame: ReceivedFrame): void;
  /**
   * The wall clock was set forward by `byMs`, or back: times by it of before and after do not compare. Told before what
   * came behind it. @param nowMs monotonic.
   */
  clockStepped(byMs: number, nowMs: number): void;
  /** The turn is over. @param atMs by the wall clock. @returns how much later than usual frames are received of late, ms. */
  endTurn(atMs: number): number;
}

/** Between two turns the event loop reads sockets and fires timers. */
const PAUSE_MS = 1;
/**
 * Turns may follow one another as the socket brings frames, without a pause, for so long: what cannot be digested would
 * wait in the socket, where nobody sees its age.
 */
const UNPAUSED_MS = 25;
/** Whoever wakes so much later than planned shares the event loop with somebody who holds it up. */
const STARVED_MS = 20;
/** So many frames, or so many characters, are company enough. */
const COMPANY_FRAMES = 64;
const COMPANY_BYTES = 32_768;
/** The clock is not asked for every frame. */
const FRAMES_PER_LOOK = 16;
/** Wall and monotonic clock part by less from turn to turn, unless the wall clock is set. */
const STEP_MS = 50;

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
  /** When the event loop last had its time; monotonic, ms. */
  #pausedMs = Number.NEGATIVE_INFINITY;
  /** By how much the wall clock is ahead of the monotonic one. */
  #aheadMs: number | undefined;
  #wake: (() => void) | undefined;

  constructor(limits: InboxLimits, turn: TurnOptions, clock: Clock, handler: TurnHandler<Event>, onShed: ShedListener) {
    this.#inbox = new Inbox(limits, onShed);
    this.#turn = turn;
    this.#clock = clock;
    this.#handler = handler;
  }

  /** Something happened, behind all that was received so far; it does not wait for company. */
  happened(event: Event): void {
    this.#inbox.pushEvent(event, this.#clock.now(), this.#clock.monotonic());
    this.#isUrgent = true;
    this.#wake?.();
  }

  received(epoch: number, payload: string): void {
    this.#inbox.pushFrame(new ReceivedFrame(epoch, this.#clock.now(), this.#clock.monotonic(), payload));
    this.#wake?.();
  }

  /** What waits right now. */
  get backlog(): { readonly events: number; readonly bytes: number; readonly ageMs: number } {
    const { events, bytes } = this.#inbox;
    return { events, bytes, ageMs: this.#inbox.ageMs(this.#clock.monotonic()) };
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
    let lateMs = 0;
    let hasRest = false;
    while (!isEnded()) {
      if (!hasRest) {
        if (this.#inbox.length === 0) await this.#untilWoken();
        lateMs = await this.#untilDue();
      }
      hasRest = this.#takeTurn(lateMs);
      lateMs = hasRest && !isEnded() ? await this.#pause(PAUSE_MS, () => false) : 0;
    }
  }

  /** Lets what waits wait for company, and the event loop have its time. @returns as `#pause`. */
  #untilDue(): number | Promise<number> {
    if (this.#isUrgent) return 0;
    if (!this.#hasCompany) return this.#pause(this.#turn.lingerMs, () => this.#isUrgent || this.#hasCompany);
    if (this.#clock.monotonic() - this.#pausedMs < UNPAUSED_MS) return 0;
    return this.#pause(PAUSE_MS, () => this.#isUrgent);
  }

  /** @returns the time of the wall clock. */
  #lookAtClocks(): number {
    const atMs = this.#clock.now();
    const nowMs = this.#clock.monotonic();
    const aheadMs = atMs - nowMs;
    const steppedMs = this.#aheadMs === undefined ? 0 : aheadMs - this.#aheadMs;
    this.#aheadMs = aheadMs;
    if (Math.abs(steppedMs) >= STEP_MS) this.#handler.clockStepped(steppedMs, nowMs);
    return atMs;
  }

  get #hasCompany(): boolean {
    return this.#inbox.length >= COMPANY_FRAMES || this.#inbox.bytes >= COMPANY_BYTES;
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
  async #pause(ms: number, isOver: () => boolean): Promise<number> {
    const dueAtMs = this.#clock.monotonic() + ms;
    const awake = new AbortController();
    this.#wake = () => {
      if (isOver()) awake.abort(WOKEN);
    };
    await this.#clock.sleep(ms, awake.signal);
    this.#wake = undefined;
    this.#pausedMs = this.#clock.monotonic();
    return Math.max(0, this.#pausedMs - dueAtMs);
  }

  /** @returns whether something is left. */
  #takeTurn(lateMs: number): boolean {
    const { maxFrames, maxMs } = this.#turn;
    const startedMs = this.#clock.monotonic();
    this.#lookAtClocks();
    this.#isUrgent = false;
    for (let frames = 0; frames < maxFrames; ) {
      const item = this.#inbox.shift();
      if (item === undefined) break;
      if (item.kind === "event") {
        this.#handler.event(item.event, item.atMs, item.nowMs);
        continue;
      }
      this.#handler.frame(item.frame);
      this.#staleness.add(Math.max(0, startedMs - item.frame.receivedMs));
      frames += 1;
      if (frames % FRAMES_PER_LOOK === 0 && this.#clock.monotonic() - startedMs >= maxMs) break;
    }
    const lagMs = this.#handler.endTurn(this.#lookAtClocks());
    const hasRest = this.#inbox.length > 0;
    // Receipt is late for many reasons; only those of our own are cured by giving something up.
    this.#inbox.judge(this.#clock.monotonic(), hasRest || lateMs >= STARVED_MS ? lagMs : 0);
    return hasRest;
  }
}
