/** Something with a place in a ranking. */
export interface Ranked<T> {
  readonly of: T;
  readonly instrument: string;
  readonly rate: number;
  /** Holders stand before challengers of equal rate. */
  readonly holder: boolean;
}

/**
 * The best of many, without sorting them all: a heap of bounded size with the worst of the best at its root. By rate,
 * then holders first, then by symbol.
 */
export class TopRanked<T> {
  readonly #limit: number;
  readonly #heap: Ranked<T>[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  offer(of: T, instrument: string, rate: number, holder: boolean): void {
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push({ of, instrument, rate, holder });
      this.#rise(heap.length - 1);
      return;
    }
    const worst = heap[0];
    // Nearly all of many instruments end here.
    if (worst === undefined || rate < worst.rate) return;
    const challenger = { of, instrument, rate, holder };
    if (compare(challenger, worst) > 0) return;
    heap[0] = challenger;
    this.#sink();
  }

  /** Best first. */
  sorted(): T[] {
    return [...this.#heap].sort(compare).map((ranked) => ranked.of);
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapUnlessWorse(parent, index)) return;
      index = parent;
    }
  }

  #sink(): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let worst = 2 * index + 1;
      const left = heap[worst];
      const right = heap[worst + 1];
      if (left === undefined) return;
      if (right !== undefined && compare(right, left) > 0) worst++;
      if (!this.#swapUnlessWorse(index, worst)) return;
      index = worst;
    }
  }

  /** Puts the worse of a parent and its child on top. @returns whether that took a swap. */
  #swapUnlessWorse(parent: number, child: number): boolean {
    const above = this.#heap[parent];
    const below = this.#heap[child];
    if (above === undefined || below === undefined || compare(above, below) > 0) return false;
    this.#heap[parent] = below;
    this.#heap[child] = above;
    return true;
  }
}

function compare(a: Ranked<unknown>, b: Ranked<unknown>): number {
  if (a.rate !== b.rate) return b.rate - a.rate;
  if (a.holder !== b.holder) return a.holder ? -1 : 1;
  return a.instrument < b.instrument ? -1 : a.instrument > b.instrument ? 1 : 0;
}
