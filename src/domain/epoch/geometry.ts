import type { EpochId } from "./substrate.ts";

/** What changed from one geometry to another. */
export interface GeometryDiff {
  /** In the order of the new geometry, each once. */
  readonly added: readonly string[];
  /** In the order of the old one. */
  readonly removed: readonly string[];
  /** In the order of the new one. */
  readonly retained: readonly string[];
}

/**
 * Names a set of contracts: 16 hex digits, the same for the same tickers in any order, in every runtime; a ticker that
 * comes twice counts once.
 *
 * Every ticker is hashed to two words of 32 bits (each a MurmurHash3 of its UTF-16 code units, with another multiplier
 * and seed), and the words are summed. It keeps chance away, not an adversary: two different sets have the same name with
 * odds of about 1 in 2^64, so that among a million changes of geometry one goes unseen with odds of 1 in 10^13.
 *
 * @example
 * ```ts
 * geometryHash(["O:B", "O:A"]) === geometryHash(["O:A", "O:B", "O:A"]); // true
 * ```
 */
export function geometryHash(tickers: Iterable<string>): string {
  let high = 0;
  let low = 0;
  for (const ticker of new Set(tickers)) {
    high = (high + hashWord(ticker, 0x9747b28c, 0xcc9e2d51, 0x1b873593)) | 0;
    low = (low + hashWord(ticker, 0x3c6ef372, 0x239b961b, 0xab0e9789)) | 0;
  }
  return hex(high) + hex(low);
}

/**
 * Compares two geometries.
 *
 * @example
 * ```ts
 * geometryDiff(["O:A", "O:B"], ["O:B", "O:C"]); // { added: ["O:C"], removed: ["O:A"], retained: ["O:B"] }
 * ```
 */
export function geometryDiff(before: Iterable<string>, after: Iterable<string>): GeometryDiff {
  // One table for both: chains are large, and texts cost most where they are looked up.
  const seen = new Map<string, "before" | "after">();
  for (const ticker of before) seen.set(ticker, "before");
  const added: string[] = [];
  const retained: string[] = [];
  for (const ticker of after) {
    const place = seen.get(ticker);
    if (place === "after") continue;
    seen.set(ticker, "after");
    (place === undefined ? added : retained).push(ticker);
  }
  const removed: string[] = [];
  for (const [ticker, place] of seen) if (place === "before") removed.push(ticker);
  return { added, removed, retained };
}

/**
 * The name of an epoch.
 *
 * @param symbol without `I:`.
 * @param createdAtMs ms since the Unix epoch; the name has whole seconds.
 * @throws {TypeError} for a symbol with a colon, or with nothing in it.
 * @throws {RangeError} for a time that is negative or not finite.
 * @example
 * ```ts
 * epochId("SPX", 1_767_710_400_500, "0123456789abcdef"); // "SPX:1767710400:0123456789abcdef"
 * ```
 */
export function epochId(symbol: string, createdAtMs: number, geometry: string): EpochId {
  if (symbol === "" || symbol.includes(":")) {
    throw new TypeError(`Cannot name an epoch: 'symbol' must be a symbol without I:, current value is "${symbol}"`);
  }
  if (!Number.isFinite(createdAtMs) || createdAtMs < 0) {
    throw new RangeError(
      `Cannot name an epoch: 'createdAtMs' must be a non-negative number, current value is ${createdAtMs}`,
    );
  }
  return `${symbol}:${Math.floor(createdAtMs / 1_000)}:${geometry}`;
}

/** MurmurHash3 for 32 bits, of one code unit a block, with the multipliers given. */
function hashWord(text: string, seed: number, first: number, second: number): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) {
    let block = Math.imul(text.charCodeAt(at), first);
    block = Math.imul((block << 15) | (block >>> 17), second);
    hash ^= block;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= text.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
