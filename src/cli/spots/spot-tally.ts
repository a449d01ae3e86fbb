import { replacesSpot, type SpotValue } from "../../domain/context/spot.ts";
import type { ReplayedFetch } from "../../workers/replay/spot-replay.ts";
import type { ReplayedEntries } from "../replay.ts";

/** Symbols of which refusals are told one by one: answers may name any. */
const MAX_SYMBOLS = 1_000;
/** The rest of them together, and what names no symbol. */
const NO_SYMBOL = "";

/** What a symbol stood at. */
export interface SpotSums {
  readonly symbol: string;
  readonly values: number;
  /** Receipt of the first and the last of them. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** The newest, by the time at which it was true. */
  readonly latest: SpotValue;
}

/** What was refused of a symbol. */
export interface SpotRefusals {
  /** As the provider names it; empty where it named none, and for those beyond the first 1,000. */
  readonly symbol: string;
  readonly count: number;
  /** The last one. */
  readonly reason: string;
}

/** Adds up replayed fetches. */
export class SpotTally {
  readonly #sums = new Map<string, SpotSums>();
  readonly #refusals = new Map<string, SpotRefusals>();
  #stored = 0;
  #repeated = 0;
  #older = 0;
  #refused = 0;

  add(replayed: ReplayedFetch): void {
    if (replayed.status === "repeated") {
      this.#repeated += 1;
      return;
    }
    const { fetch, refused, stale = 0 } = replayed;
    this.#stored += 1;
    this.#older += stale;
    for (const value of fetch.values) this.#addValue(value, fetch.receivedAtMs);
    for (const [symbol, reason] of refused) this.#refuse(symbol, reason);
  }

  get entries(): ReplayedEntries {
    return { recorded: this.#stored + this.#repeated, repeated: this.#repeated, stored: this.#stored };
  }

  /** Values that were older than what stood there. */
  get older(): number {
    return this.#older;
  }

  /** How many were refused. */
  get refused(): number {
    return this.#refused;
  }

  /** By symbol. */
  sums(): readonly SpotSums[] {
    return bySymbol(this.#sums);
  }

  /** By symbol. */
  refusals(): readonly SpotRefusals[] {
    return bySymbol(this.#refusals);
  }

  #addValue(value: SpotValue, receivedAtMs: number): void {
    const { symbol } = value;
    const before = this.#sums.get(symbol);
    const isNewer = before === undefined || replacesSpot(value, before.latest);
    this.#sums.set(symbol, {
      symbol,
      values: (before?.values ?? 0) + 1,
      firstMs: before?.firstMs ?? receivedAtMs,
      lastMs: receivedAtMs,
      latest: isNewer ? value : before.latest,
    });
  }

  #refuse(named: string, reason: string): void {
    const isListed = this.#refusals.has(named) || this.#refusals.size < MAX_SYMBOLS;
    const symbol = isListed ? named : NO_SYMBOL;
    this.#refused += 1;
    this.#refusals.set(symbol, { symbol, count: (this.#refusals.get(symbol)?.count ?? 0) + 1, reason });
  }
}

function bySymbol<T>(map: ReadonlyMap<string, T>): readonly T[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}
