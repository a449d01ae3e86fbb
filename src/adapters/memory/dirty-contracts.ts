interface LentContracts {
  readonly contracts: readonly string[];
  readonly untilMs: number;
}

/** The contracts of one epoch that wait to be recomputed, and those lent to a builder. */
export class DirtyContracts {
  readonly #dirty = new Set<string>();
  readonly #lent = new Map<number, LentContracts>();
  #lastToken: number | null = null;

  /** Of the last lease that lent anything; `null` before the first. */
  get lastToken(): number | null {
    return this.#lastToken;
  }

  mark(contract: string): void {
    this.#dirty.add(contract);
  }

  hasDirty(nowMs: number): boolean {
    this.#takeBack(nowMs);
    return this.#dirty.size > 0;
  }

  /** Lends everything dirty under `token`, in ticker order. Where nothing is dirty, nothing is lent. */
  take(token: number, nowMs: number, leaseMs: number): readonly string[] {
    this.#takeBack(nowMs);
    const contracts = [...this.#dirty].sort();
    this.#dirty.clear();
    if (contracts.length > 0) {
      this.#lent.set(token, { contracts, untilMs: nowMs + leaseMs });
      this.#lastToken = token;
    }
    return [...contracts];
  }

  /** Whether the lease was still there. */
  settle(token: number, nowMs: number): boolean {
    this.#takeBack(nowMs);
    return this.#lent.delete(token);
  }

  clear(): void {
    this.#dirty.clear();
    this.#lent.clear();
  }

  #takeBack(nowMs: number): void {
    for (const [token, { contracts, untilMs }] of this.#lent) {
      if (nowMs < untilMs) continue;
      this.#lent.delete(token);
      for (const contract of contracts) this.#dirty.add(contract);
    }
  }
}
