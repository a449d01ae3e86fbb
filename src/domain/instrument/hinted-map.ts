/** Hints that are told apart. */
const HINTS = 16_384;
/** Where no hint came yet. */
const FREE = -1;

/**
 * A map by symbol for whoever mostly has a number at hand that goes with that symbol alone: with it the value is found
 * without a look at the symbol.
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
  /** By the low bits of hints: the one that came last, and what was found by its symbol. */
  readonly #hints = new Int32Array(HINTS).fill(FREE);
  readonly #found: (Value | undefined)[] = [];
  #isHinted = false;

  get size(): number {
    return this.#values.size;
  }

  /** What was found by a hint last; `undefined` where nothing was, though its symbol may have a value. */
  hinted(hint: number): Value | undefined {
    const at = hint & (HINTS - 1);
    return this.#hints[at] === hint ? this.#found[at] : undefined;
  }

  /**
   * The value of a symbol.
   *
   * @param hint a whole number from 1 to 2^31 - 1 that is never given for another symbol, though a symbol may have many; 0
   * for none.
   */
  get(symbol: string, hint: number): Value | undefined {
    const at = hint & (HINTS - 1);
    return this.#hints[at] === hint ? this.#found[at] : this.#find(symbol, hint);
  }

  set(symbol: string, value: Value): void {
    if (this.#values.has(symbol)) this.#forgetHints();
    this.#values.set(symbol, value);
  }

  delete(symbol: string): void {
    if (this.#values.delete(symbol)) this.#forgetHints();
  }

  keys(): Iterable<string> {
    return this.#values.keys();
  }

  values(): Iterable<Value> {
    return this.#values.values();
  }

  #find(symbol: string, hint: number): Value | undefined {
    const value = this.#values.get(symbol);
    if (value === undefined || hint === 0) return value;
    const at = hint & (HINTS - 1);
    // Without holes, so that engines look at the place and nowhere else.
    while (this.#found.length <= at) this.#found.push(undefined);
    this.#found[at] = value;
    this.#hints[at] = hint;
    this.#isHinted = true;
    return value;
  }

  #forgetHints(): void {
    if (!this.#isHinted) return;
    this.#hints.fill(FREE);
    this.#found.length = 0;
    this.#isHinted = false;
  }
}
