/** What happens at an instant of market time. */
type Appointment = (atMs: number) => void;

interface Entry {
  readonly atMs: number;
  readonly order: number;
  readonly run: Appointment;
}

/**
 * The event list of a discrete-event simulation: appointments in market time, kept in order of time and, at equal times,
 * in the order in which they were made.
 */
export class Agenda {
  readonly #heap: Entry[] = [];
  #nowMs: number;
  #orders = 0;

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  /** The instant that the simulation has reached, in ms. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Appointments still ahead. */
  get size(): number {
    return this.#heap.length;
  }

  /** Makes an appointment; one in the past is kept at once, at the present time. */
  schedule(atMs: number, run: Appointment): void {
    const heap = this.#heap;
    const entry: Entry = { atMs: Math.max(atMs, this.#nowMs), order: this.#orders++, run };
    let place = heap.length;
    heap.push(entry);
    while (place > 0) {
      const parentPlace = (place - 1) >> 1;
      const parent = heap[parentPlace];
      if (parent === undefined || isBefore(parent, entry)) break;
      heap[place] = parent;
      place = parentPlace;
    }
    heap[place] = entry;
  }

  /** Keeps every appointment up to and including `toMs`, those made on the way included, and moves on to `toMs`. */
  runUntil(toMs: number): void {
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= toMs; next = this.#heap[0]) {
      this.#removeFirst();
      this.#nowMs = next.atMs;
      next.run(next.atMs);
    }
    if (toMs > this.#nowMs) this.#nowMs = toMs;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    const { length } = heap;
    if (last === undefined || length === 0) return;
    let place = 0;
    for (let childPlace = 1; childPlace < length; childPlace = 2 * place + 1) {
      let child = heap[childPlace];
      const right = heap[childPlace + 1];
      if (child !== undefined && right !== undefined && isBefore(right, child)) {
        child = right;
        childPlace += 1;
      }
      if (child === undefined || isBefore(last, child)) break;
      heap[place] = child;
      place = childPlace;
    }
    heap[place] = last;
  }
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
}
