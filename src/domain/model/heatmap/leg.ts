import type { QuoteGroup } from "../../epoch/substrate.ts";
import { priceUnits } from "./price-units.ts";
import { type HeatmapContractId, LOCKED, PRICED, STATES, ZERO_BID } from "./tile.ts";

/** One contract as tiles see it. */
export interface HeatmapContract extends HeatmapContractId {
  /** `null` where there is none yet. A side that is absent is `null` or 0. */
  readonly quote: Pick<QuoteGroup, "bid" | "ask" | "quoteTsNs"> | null;
}

/** A contract's quote, ready to be summed. */
export interface Leg {
  /** Units; 0 unless `wing` is `PRICED`. */
  readonly bid: number;
  readonly ask: number;
  /** ms; 0 unless `wing` is `PRICED`. */
  readonly tMs: number;
  /** State of a tile with this leg as a wing, age not looked at. */
  readonly wing: number;
  /** The same with this leg elsewhere. */
  readonly centre: number;
  /** Bits. */
  readonly flags: number;
}

/** Where a contract is not listed, or not quoted. */
export const NO_LEG: Leg = noLeg(STATES.missing_leg);

const BAD = noLeg(STATES.bad_quote);
const CROSSED = noLeg(STATES.crossed);
const ONE_SIDED = noLeg(STATES.one_sided);

// Far beyond what a date can be; whole below it.
const MOST_MS = 8.64e15;

/** Reads a quote. */
export function legOf({ quote }: HeatmapContract): Leg {
  if (quote === null) return NO_LEG;
  const bid = priceUnits(quote.bid ?? 0);
  const ask = priceUnits(quote.ask ?? 0);
  const tMs = Math.floor(Number(quote.quoteTsNs) / 1e6);
  if (bid === null || ask === null || !(Math.abs(tMs) <= MOST_MS)) return BAD;
  if (ask === 0) return bid === 0 ? NO_LEG : ONE_SIDED;
  if (bid > ask) return CROSSED;
  if (bid === 0) return { bid, ask, tMs, wing: PRICED, centre: STATES.one_sided, flags: ZERO_BID };
  return { bid, ask, tMs, wing: PRICED, centre: PRICED, flags: bid === ask ? LOCKED : 0 };
}

function noLeg(state: number): Leg {
  return { bid: 0, ask: 0, tMs: 0, wing: state, centre: state, flags: 0 };
}
