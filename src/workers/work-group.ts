/** Work that goes on side by side: the first piece that fails has the others stop, and what it failed with is the outcome. */
export class WorkGroup {
  /** Aborts with the signal of the whole, when a piece fails, and on `stop`. */
  readonly signal: AbortSignal;
  readonly #stop = new AbortController();
  #failure: { readonly error: unknown } | undefined;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#stop.signal]);
  }

  /** What the first piece failed with; `undefined` while none has. */
  get failure(): unknown {
    return this.#failure?.error;
  }

  /** Watches a piece of work. Resolves when it has ended, however it did. */
  async attempt(work: Promise<void> | undefined): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#failure ??= { error };
      this.stop();
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Watches pieces of work until all have ended. */
  async attemptAll(works: Iterable<Promise<void> | undefined>): Promise<void> {
    await Promise.all(Array.from(works, (work) => this.attempt(work)));
  }

  /** Resolves when there is nothing left to do but to stop. */
  untilStopped(): Promise<void> {
    return new Promise((resolve) => {
      if (this.signal.aborted) resolve();
      else this.signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** @throws what the first piece failed with, if any did. */
  throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
