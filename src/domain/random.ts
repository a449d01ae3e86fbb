/**
 * Seeded random numbers as a value: the same seed gives the same numbers, byte for byte, on every runtime.
 *
 * The generator is xoshiro128** (Blackman and Vigna, 2018), seeded through SplitMix32. Not for cryptography.
 */
export interface Random {
  /** Uniform in [0, 1) with 53 random bits. */
  next(): number;
  /** Uniform integer in [0, bound). @throws {RangeError} unless `bound` is an integer in 1..2^32. */
  int(bound: number): number;
  /** Exponential with mean 1. */
  exponential(): number;
  /** Standard normal. */
  normal(): number;
  /** An independent generator, named so that adding one consumer does not shift the numbers of another. */
  fork(name: string): Random;
}

/** @param seed any safe integer. @throws {RangeError} for anything else. */
export function seededRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`Cannot seed a generator: 'seed' must be a safe integer, current value is ${seed}`);
  }
  return new Xoshiro128(seed >>> 0, Math.floor(seed / 0x1_0000_0000) >>> 0);
}

class Xoshiro128 implements Random {
  readonly #low: number;
  readonly #high: number;
  readonly #state = new Uint32Array(4);

  constructor(low: number, high: number) {
    this.#low = low;
    this.#high = high;
    let mixed = (low ^ Math.imul(high, 0x85eb_ca6b)) >>> 0;
    for (let index = 0; index < 4; index++) {
      mixed = (mixed + 0x9e37_79b9) >>> 0;
      let z = mixed;
      z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
      this.#state[index] = z ^ (z >>> 15);
    }
  }

  #bits(): number {
    const s = this.#state;
    const s0 = s[0] ?? 0;
    const s1 = s[1] ?? 0;
    const s2 = (s[2] ?? 0) ^ s0;
    const s3 = (s[3] ?? 0) ^ s1;
    const scaled = Math.imul(s1, 5);
    const result = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    s[0] = s0 ^ s3;
    s[1] = s1 ^ s2;
    s[2] = s2 ^ (s1 << 9);
    s[3] = (s3 << 11) | (s3 >>> 21);
    return result;
  }

  next(): number {
    return ((this.#bits() >>> 5) * 67_108_864 + (this.#bits() >>> 6)) / 9_007_199_254_740_992;
  }

  int(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 0x1_0000_0000) {
      throw new RangeError(`Cannot draw an integer: 'bound' must be an integer in 1..2^32, current value is ${bound}`);
    }
    return Math.floor(this.next() * bound);
  }

  exponential(): number {
    return -Math.log1p(-this.next());
  }

  normal(): number {
    // Box-Muller without its cached half: one call, one state, nothing hidden.
    return Math.sqrt(2 * this.exponential()) * Math.cos(2 * Math.PI * this.next());
  }

  fork(name: string): Random {
    let hash = this.#low;
    for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x0100_0193);
    // The end of a name counts too: fork("ab").fork("c") must not be fork("a").fork("bc").
    hash = Math.imul(hash ^ 0x1_0000, 0x0100_0193);
    return new Xoshiro128(hash >>> 0, (this.#high ^ name.length) >>> 0);
  }
}
