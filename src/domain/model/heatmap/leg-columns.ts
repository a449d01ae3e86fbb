import type { Leg } from "./leg.ts";
import { PRICED, STATES, ZERO_BID } from "./tile.ts";

/** The legs of a series side by side in memory, with their age looked at. */
export class LegColumns {
  readonly bid: Float64Array;
  readonly ask: Float64Array;
  readonly tMs: Float64Array;
  /** State of a tile with the leg as a wing, and elsewhere. */
  readonly wing: Uint8Array;
  readonly centre: Uint8Array;
  readonly flags: Uint8Array;

  constructor(count: number) {
    this.bid = new Float64Array(count);
    this.ask = new Float64Array(count);
    this.tMs = new Float64Array(count);
    this.wing = new Uint8Array(count);
    this.centre = new Uint8Array(count);
    this.flags = new Uint8Array(count);
  }

  /** @param freshFromMs quotes before it are stale. */
  write(at: number, leg: Leg, freshFromMs: number): void {
    const aged = leg.wing === PRICED && leg.tMs < freshFromMs ? STATES.stale : PRICED;
    this.bid[at] = leg.bid;
    this.ask[at] = leg.ask;
    this.tMs[at] = leg.tMs;
    this.wing[at] = Math.max(leg.wing, aged);
    this.centre[at] = Math.max(leg.centre, aged);
    this.flags[at] = leg.flags;
  }

  /** Looks at the age again. @returns whether it made a difference. */
  age(at: number, freshFromMs: number): boolean {
    if (!this.isQuoted(at)) return false;
    const aged = (this.tMs[at] ?? 0) < freshFromMs ? STATES.stale : PRICED;
    if (aged === this.wing[at]) return false;
    const sides = ((this.flags[at] ?? 0) & ZERO_BID) === 0 ? PRICED : STATES.one_sided;
    this.wing[at] = aged;
    this.centre[at] = Math.max(sides, aged);
    return true;
  }

  /** Whether a leg has prices, of whatever age. */
  isQuoted(at: number): boolean {
    const state = this.wing[at];
    return state === PRICED || state === STATES.stale;
  }
}
