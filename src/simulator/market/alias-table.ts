import type { Random } from "../../domain/random.ts";

/**
 * Draws from a fixed discrete distribution in constant time: the alias method of Walker (1977) as built by Vose,
 * "A linear algorithm for generating random numbers with a given distribution", IEEE Transactions on Software
 * Engineering 17 (1991).
 */
export class AliasTable {
  readonly #keep: Float64Array;
  readonly #alias: Int32Array;

  /**
   * @param weights relative, at least one of them above 0.
   * @throws {RangeError} for weights that are negative, not finite or all 0.
   */
  constructor(weights: readonly number[]) {
    let total = 0;
    for (const weight of weights) {
      if (!(weight >= 0 && weight < Infinity)) {
        throw new RangeError(
          `Cannot build an alias table: weights must be finite and >= 0, current value is ${weight}`,
        );
      }
      total += weight;
    }
    if (!(total > 0)) {
      throw new RangeError(
        `Cannot build an alias table: the sum of weights must be above 0, current value is ${total}`,
      );
    }
    const count = weights.length;
    const scaled = Float64Array.from(weights, (weight) => (weight * count) / total);
    this.#keep = new Float64Array(count).fill(1);
    this.#alias = Int32Array.from(weights, (_, index) => index);

    const small: number[] = [];
    const large: number[] = [];
    for (const [index, share] of scaled.entries()) (share < 1 ? small : large).push(index);
    for (let poor = small.pop(), rich = large.pop(); poor !== undefined && rich !== undefined; poor = small.pop()) {
      const share = scaled[poor] ?? 0;
      this.#keep[poor] = share;
      this.#alias[poor] = rich;
      const rest = (scaled[rich] ?? 0) - (1 - share);
      scaled[rich] = rest;
      if (rest < 1) {
        small.push(rich);
        rich = large.pop();
      }
    }
  }

  /** The index of one weight, each with the probability of its share in the total. */
  draw(random: Random): number {
    const position = random.next() * this.#keep.length;
    const index = Math.floor(position);
    return position - index < (this.#keep[index] ?? 1) ? index : (this.#alias[index] ?? index);
  }
}
