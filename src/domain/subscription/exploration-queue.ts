import type { Random } from "../random.ts";
import type { Candidate } from "./candidate.ts";

/**
 * The order in which instruments are explored: who has not been observed for longest comes first, so that nobody is
 * drawn again before everybody else was. Instruments that come together line up in random order behind those who wait.
 */
export class ExplorationQueue {
  readonly #random: Random;
  /** The candidate with ticket `n` stands at `n`. Whose ticket tells otherwise has moved on from there, or left. */
  #places: Candidate[] = [];
  #valid = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Candidates that are not listed any more leave. */
  remove(candidate: Candidate): void {
    candidate.ticket = -1;
    this.#valid--;
  }

  /** Listed for the first time, in any order. */
  add(newcomers: readonly Candidate[]): void {
    this.#valid += newcomers.length;
    for (const candidate of this.#shuffled(newcomers)) this.#toTheEnd(candidate);
  }

  /** What is subscribed is being observed: its wait begins anew. */
  requeue(candidates: readonly Candidate[]): void {
    for (const candidate of candidates) this.#toTheEnd(candidate);
    if (this.#places.length > 2 * this.#valid) this.#compact();
  }

  /** Who is to be explored first comes first. */
  *waiting(): Generator<Candidate> {
    for (const [place, candidate] of this.#places.entries()) if (candidate.ticket === place) yield candidate;
  }

  #toTheEnd(candidate: Candidate): void {
    candidate.ticket = this.#places.length;
    this.#places.push(candidate);
  }

  #compact(): void {
    const waiting = [...this.waiting()];
    for (const [place, candidate] of waiting.entries()) candidate.ticket = place;
    this.#places = waiting;
  }

  #shuffled(newcomers: readonly Candidate[]): readonly Candidate[] {
    // The order in which they were listed must not matter.
    const shuffled = [...newcomers].sort((a, b) => (a.instrument < b.instrument ? -1 : 1));
    for (let last = shuffled.length - 1; last > 0; last--) {
      const drawn = this.#random.int(last + 1);
      const one = shuffled[last];
      const other = shuffled[drawn];
      if (one === undefined || other === undefined) continue;
      shuffled[last] = other;
      shuffled[drawn] = one;
    }
    return shuffled;
  }
}
