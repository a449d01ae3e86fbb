import { ChunkedDeque } from "../chunked-deque.ts";
import { countEvents, eventsIn, type FrameContent, isQuotesOnly } from "./frame-content.ts";

/** How much may wait between a socket and whoever processes what it brings. */
export interface InboxLimits {
  /** Age of the oldest frame at which quotes are given up, ms; at one and a half times that, everything. */
  readonly stalenessMs: number;
  readonly maxEvents: number;
  /** Of payloads, in characters, which are bytes in the ASCII that the provider sends. */
  readonly maxBytes: number;
}

/**
 * A frame as it came from a socket.
 *
 * What is made for each frame and waits has a constructor: where most objects of one literal have once lived through a
 * collection of garbage, V8 makes all of them in its old generation from then on, and with them it keeps every payload alive
 * until that is collected, a tenth of what receiving costs.
 */
export class ReceivedFrame {
  readonly epoch: number;
  readonly receivedAtMs: number;
  /** The same in monotonic time, by which its age is judged: a wall clock that is set makes nothing older. */
  readonly receivedMs: number;
  readonly payload: string;

  constructor(epoch: number, receivedAtMs: number, receivedMs: number, payload: string) {
    this.epoch = epoch;
    this.receivedAtMs = receivedAtMs;
    this.receivedMs = receivedMs;
    this.payload = payload;
  }
}

/** Hears of each frame that was given up, in the order in which they were received. */
export type ShedListener = (frame: ReceivedFrame, content: FrameContent) => void;

/** What waits: a frame, or something else that happened to the connection, in order with the frames. */
export type InboxItem<Event> =
  | { readonly kind: "frame"; readonly frame: ReceivedFrame }
  | { readonly kind: "event"; readonly event: Event; readonly atMs: number; readonly nowMs: number };

class WaitingFrame {
  readonly kind = "frame";
  readonly frame: ReceivedFrame;
  /** Counted when it is asked for, at most once. */
  content: FrameContent | undefined = undefined;

  constructor(frame: ReceivedFrame) {
    this.frame = frame;
  }
}

type Waiting<Event> = WaitingFrame | Extract<InboxItem<Event>, { readonly kind: "event" }>;

// Loads, as shares of what is allowed at most.
const RECOVERED = 1 / 6;
const SOFT = 2 / 3;
const HARD = 1;
const EASED = 1 / 3;
/** No event that makes a row is shorter: `{"ev":"Q","sym":"F","t":1766437200000}`. */
const LEAST_EVENT_CHARACTERS = 38;
const STATUS = '"status"';

/**
 * What was received and waits to be processed, in order, bounded in events, bytes and time.
 *
 * Past two thirds of a bound frames of quotes alone are given up: those that wait, and further ones as they come, until
 * the load is down to a sixth. At the bound the oldest frames go, whatever they hold, until the load is a third: what is
 * processed is fresh, and the losses come in few stretches. Frames with a status are never given up, nor is anything that
 * is no frame.
 *
 * Time is judged by what is left after a round of work: a process that was asleep finds old frames too, and is done with
 * them at once.
 */
export class Inbox<Event> {
  readonly #limits: InboxLimits;
  readonly #onShed: ShedListener;
  readonly #items = new ChunkedDeque<Waiting<Event>>();
  #frames = 0;
  #bytes = 0;
  /** Events in the frames that wait; `undefined` while there cannot be too many of them, and nobody has to count. */
  #events: number | undefined;
  #isShedding = false;

  constructor(limits: InboxLimits, onShed: ShedListener) {
    this.#limits = limits;
    this.#onShed = onShed;
  }

  /** Frames and events together. */
  get length(): number {
    return this.#items.length;
  }

  /** Whether frames of quotes alone are given up. */
  get isShedding(): boolean {
    return this.#isShedding;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Events in the frames that wait. May have to count them: not for every frame. */
  get events(): number {
    if (this.#events !== undefined) return this.#events;
    let events = 0;
    for (const item of this.#items) if (item.kind === "frame") events += eventsIn(contentOf(item));
    return events;
  }

  /** Age of the oldest frame at `nowMs`, monotonic, in ms; 0 where none waits. */
  ageMs(nowMs: number): number {
    for (const item of this.#items) if (item.kind === "frame") return nowMs - item.frame.receivedMs;
    return 0;
  }

  /** Something that happened behind all that was received before: by the wall clock, and in monotonic time. */
  pushEvent(event: Event, atMs: number, nowMs: number): void {
    this.#items.push({ kind: "event", event, atMs, nowMs });
  }

  pushFrame(frame: ReceivedFrame): void {
    const item = new WaitingFrame(frame);
    if (this.#isShedding && isQuotesOnly(contentOf(item))) {
      this.#onShed(frame, contentOf(item));
      return;
    }
    this.#items.push(item);
    this.#frames += 1;
    this.#bytes += frame.payload.length;
    if (this.#events !== undefined) this.#events += eventsIn(contentOf(item));
    if (!this.#isShedding && this.#fullness() >= SOFT) this.#shedQuotes();
    if (this.#fullness() >= HARD) this.#dropOldest(frame.receivedMs);
  }

  /** The oldest item, which leaves. */
  shift(): InboxItem<Event> | undefined {
    const item = this.#items.shift();
    if (item?.kind === "frame") this.#forget(item);
    return item;
  }

  /**
   * Looks at what is left after a round of work, and gives up what is beyond the limits.
   *
   * @param nowMs monotonic.
   * @param lagMs how much later than usual frames are received, as far as it is our own doing; counts for quotes only.
   */
  judge(nowMs: number, lagMs: number): void {
    const load = Math.max(this.#load(nowMs), lagMs / this.#longestMs);
    if (load <= RECOVERED) this.#isShedding = false;
    else if (load >= SOFT && !this.#isShedding) this.#shedQuotes();
    if (this.#load(nowMs) >= HARD) this.#dropOldest(nowMs);
  }

  get #longestMs(): number {
    return this.#limits.stalenessMs / SOFT;
  }

  #load(nowMs: number): number {
    return Math.max(this.ageMs(nowMs) / this.#longestMs, this.#fullness());
  }

  /** Load by bytes and events. */
  #fullness(): number {
    const { maxBytes, maxEvents } = this.#limits;
    const mostEvents = this.#bytes / LEAST_EVENT_CHARACTERS + this.#frames;
    if (mostEvents < SOFT * maxEvents) this.#events = undefined;
    else this.#events ??= this.events;
    return Math.max(this.#bytes / maxBytes, (this.#events ?? 0) / maxEvents);
  }

  #shedQuotes(): void {
    this.#isShedding = true;
    this.#remove((content) => isQuotesOnly(content));
  }

  #dropOldest(nowMs: number): void {
    this.#events ??= this.events;
    let isEased = false;
    this.#remove((content, { receivedMs, payload }) => {
      isEased ||= Math.max((nowMs - receivedMs) / this.#longestMs, this.#fullness()) <= EASED;
      return !isEased && !(content.other > 0 && payload.includes(STATUS));
    });
  }

  /** Gives up frames, the oldest first. */
  #remove(isGivenUp: (content: FrameContent, frame: ReceivedFrame) => boolean): void {
    const givenUp: WaitingFrame[] = [];
    this.#items.removeWhere((item) => {
      if (item.kind !== "frame" || !isGivenUp(contentOf(item), item.frame)) return false;
      this.#forget(item);
      givenUp.push(item);
      return true;
    });
    // Whoever hears of it may find something to push.
    for (const item of givenUp) this.#onShed(item.frame, contentOf(item));
  }

  #forget(item: WaitingFrame): void {
    this.#frames -= 1;
    this.#bytes -= item.frame.payload.length;
    if (this.#events !== undefined) this.#events -= eventsIn(contentOf(item));
  }
}

function contentOf(item: WaitingFrame): FrameContent {
  item.content ??= countEvents(item.frame.payload);
  return item.content;
}
