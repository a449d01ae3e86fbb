import type { Random } from "../../domain/random.ts";

/** Anything that goes into frames. */
export interface Published {
  /** When it was let go, in ms. */
  readonly publishedAtMs: number;
}

/** When a frame is full. */
export interface FramePackerOptions {
  /** Events, 1 or more. @default 100 */
  readonly maxEvents?: number;
  /** From the first to the last event of a frame, in ms. @default 60 */
  readonly maxSpanMs?: number;
}

/** Frames hold at least this many events where the span allows it; the tail decides how often they hold many more. */
const LEAST_CAPACITY = 4;
const CAPACITY_TAIL = 1.3;

/**
 * Packs published events into frames as a provider does: what comes close together goes together, so that frames are
 * single events in a quiet market and long in a burst, and where a frame ends has nothing to do with what its events
 * mean. An order's fills may be split over two frames.
 */
export class FramePacker<Event extends Published> {
  readonly #random: Random;
  readonly #maxEvents: number;
  readonly #maxSpanMs: number;
  #open: Event[] = [];
  #capacity: number;
  #startedAtMs = 0;

  /** @throws {RangeError} for limits out of range. */
  constructor(random: Random, options: FramePackerOptions = {}) {
    const { maxEvents = 100, maxSpanMs = 60 } = options;
    if (!(Number.isInteger(maxEvents) && maxEvents >= 1)) {
      throw new RangeError(`Cannot pack frames: 'maxEvents' must be an integer >= 1, current value is ${maxEvents}`);
    }
    if (!(maxSpanMs >= 0)) {
      throw new RangeError(`Cannot pack frames: 'maxSpanMs' must be >= 0, current value is ${maxSpanMs}`);
    }
    this.#random = random;
    this.#maxEvents = maxEvents;
    this.#maxSpanMs = maxSpanMs;
    this.#capacity = this.#drawCapacity();
  }

  /** Adds an event, in order of publication. @returns the frame that had to end before it, or `undefined`. */
  push(event: Event): Event[] | undefined {
    const isFull = this.#open.length >= this.#capacity || event.publishedAtMs - this.#startedAtMs > this.#maxSpanMs;
    const ended = isFull ? this.flush() : undefined;
    if (this.#open.length === 0) this.#startedAtMs = event.publishedAtMs;
    this.#open.push(event);
    return ended;
  }

  /** Ends the frame now. @returns `undefined` where it is empty. */
  flush(): Event[] | undefined {
    if (this.#open.length === 0) return undefined;
    const ended = this.#open;
    this.#open = [];
    this.#capacity = this.#drawCapacity();
    return ended;
  }

  #drawCapacity(): number {
    const drawn = Math.floor(LEAST_CAPACITY * (1 - this.#random.next()) ** (-1 / CAPACITY_TAIL));
    return Math.min(this.#maxEvents, drawn);
  }
}

/** The frames of a sequence of events, the last and unfinished one included. */
export function* packFrames<Event extends Published>(
  events: Iterable<Event>,
  packer: FramePacker<Event>,
): Generator<Event[]> {
  for (const event of events) {
    const frame = packer.push(event);
    if (frame !== undefined) yield frame;
  }
  const last = packer.flush();
  if (last !== undefined) yield last;
}
