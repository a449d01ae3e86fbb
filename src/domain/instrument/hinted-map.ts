/** Hints that are told apart. */
const HINTS = 16_384;

/**
 * A map by symbol for whoever mostly has a number at hand that goes with the symbol: where that leads to the symbol, its
 * value is found without a hash. A number may be wrong, or none of its own; the answer does not depend on it.
 *
 * @example
 * ```ts
 * const volumes = new HintedMap<number>();
 * volumes.set("O:SPXW251223P06870000", 12);
 * volumes.get("O:SPXW251223P06870000", 7); // 12, and the next time at once
 * ```
 */
export class HintedMap<Value> {
  readonly #values = new Map<string, Value>();
  /** For each hint the symbol that was found by it last, and behind that its value: side by side, to be fetched together. */
  #hinted: (string | Value | undefined)[] = [];

  get size(): number {
    return this.#values.size;
  }

  /** @param hint a whole number from 0 to 2^30; the same for one symbol, as often as can be. */
  get(symbol: string, hint: number): Value | undefined {
    const at = 2 * (hint & (HINTS - 1));
    if (this.#hinted[at] === symbol) return this.#hinted[at + 1] as Value;
    return this.#find(symbol, at);
  }

  set(symbol: string, value: Value): void {
    if (this.#values.has(symbol)) this.#hinted = [];
    this.#values.set(symbol, value);
  }

  delete(symbol: string): void {
    if (this.#values.delete(symbol)) this.#hinted = [];
  }

  keys(): Iterable<string> {
    return this.#values.keys();
  }

  values(): Iterable<Value> {
    return this.#values.values();
  }

  #find(symbol: string, at: number): Value | undefined {
    const value = this.#values.get(symbol);
    if (value === undefined) return undefined;
    const hinted = this.#hinted;
    // Without holes, so that engines look at the place and nowhere else.
    while (hinted.length <= at + 1) hinted.push(undefined);
    hinted[at] = symbol;
    hinted[at + 1] = value;
    return value;
  }
}
