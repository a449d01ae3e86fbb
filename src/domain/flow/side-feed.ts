import type { GapScope } from "../stream/gap.ts";
import type { QuoteSource } from "./quote-source.ts";

/** How far back from the newest row of a feed its quotes and prices are known, ms: what is older is forgotten. */
export const SIDE_MEMORY_MS = 60_000;

/** How old the quotes of each source, and the last prices, may be that a print is held against, ms. */
export interface SideReach extends Readonly<Record<QuoteSource, number>> {
  readonly ticks: number;
}

/** The same, to write to. */
export type OpenSideReach = { -readonly [Name in keyof SideReach]: number };

/** Everything that is kept. */
export const UNLIMITED_REACH: SideReach = Object.freeze({
  stream: Number.POSITIVE_INFINITY,
  substrate: Number.POSITIVE_INFINITY,
  ticks: Number.POSITIVE_INFINITY,
});

/**
 * What a print may be held against: of the last minute before the newest row of its feed, and of the stream only what came
 * behind the last hole in the feed that it came from.
 *
 * @param tMs event time of the print.
 * @param newestMs the highest event time on its feed, ms.
 * @param quotes the feed of the contract's quotes; `undefined` where there were none.
 * @param prints the same of its prints.
 * @param into what is written to and answered with; whoever asks for every print of a feed needs only one.
 */
export function sideReach(
  tMs: number,
  newestMs: number,
  quotes: SideFeed | undefined,
  prints: SideFeed | undefined,
  into: OpenSideReach = { ...UNLIMITED_REACH },
): SideReach {
  const memoryMs = newestMs > tMs ? SIDE_MEMORY_MS - (newestMs - tMs) : SIDE_MEMORY_MS;
  into.stream = quotes === undefined ? memoryMs : Math.min(memoryMs, tMs - quotes.quotesEndMs - 1);
  into.substrate = memoryMs;
  into.ticks = prints === undefined ? memoryMs : Math.min(memoryMs, tMs - prints.printsEndMs - 1);
  return into;
}

/**
 * One connection as sides see it: up to which event times its quotes and prints are void, because of a hole behind them.
 * A quote from before a gap is not the NBBO of now: another may have taken its place meanwhile, and nobody would know. The
 * same is true of the last price.
 */
export class SideFeed {
  #epoch: number | undefined;
  #quotesEndMs = Number.NEGATIVE_INFINITY;
  #printsEndMs = Number.NEGATIVE_INFINITY;

  /** The newest connection epoch seen. */
  get epoch(): number | undefined {
    return this.#epoch;
  }

  /** Quotes are void up to this event time, itself included, ms. */
  get quotesEndMs(): number {
    return this.#quotesEndMs;
  }

  /** The same of prices. */
  get printsEndMs(): number {
    return this.#printsEndMs;
  }

  /** Takes note of the connection epoch that an entry is of. @returns whether it is a new socket, with a hole before it. */
  enter(epoch: number): boolean {
    const before = this.#epoch;
    if (before !== undefined && epoch <= before) return false;
    this.#epoch = epoch;
    return before !== undefined;
  }

  /** Something may have been missed. @param newestMs the highest event time before it. */
  broken(scope: GapScope, newestMs: number): void {
    if (scope !== "trades") this.#quotesEndMs = Math.max(this.#quotesEndMs, newestMs);
    if (scope !== "quotes") this.#printsEndMs = Math.max(this.#printsEndMs, newestMs);
  }
}
