import type { Random } from "../../domain/random.ts";
import type { AggressorSide, OptionQuoteEvent, PriceLocation } from "./events.ts";
import { isOnTick, tickAbove, tickBelow } from "./price-grid.ts";
import { type Alternatives, drawShare, type Share } from "./share.ts";
import type { TickRule } from "./underlyings.ts";

/** Where orders mean to trade. */
const LOCATION_SHARES: Alternatives<Share & { readonly location: PriceLocation }> = [
  { location: "touch", share: 0.62 },
  { location: "inside", share: 0.16 },
  { location: "mid", share: 0.12 },
  { location: "passive", share: 0.07 },
  { location: "through", share: 0.03 },
];

/**
 * Draws where in the market an order trades. A place that the quote does not offer, because the spread is one tick wide,
 * its middle off the grid or the bid absent, gives way to the touch, and that to the lowest price there is.
 *
 * @returns a price on tick, in cents, above 0, and the place that it really has.
 */
export function priceOrder(
  ticks: TickRule,
  quote: Pick<OptionQuoteEvent, "bidCents" | "askCents">,
  side: AggressorSide,
  random: Random,
): { readonly priceCents: number; readonly location: PriceLocation } {
  const isBuy = side === "buy";
  const { bidCents, askCents } = quote;
  const wanted = drawShare(LOCATION_SHARES, random).location;

  if (wanted === "inside") {
    // One tick better than the touch, where that is still on the order's own side of the middle.
    const priceCents = isBuy ? tickBelow(ticks, askCents) : tickAbove(ticks, bidCents);
    const beyondMid = isBuy ? 2 * priceCents - bidCents - askCents : bidCents + askCents - 2 * priceCents;
    if (beyondMid > 0) return { priceCents, location: wanted };
  }
  if (wanted === "mid" && (bidCents + askCents) % 2 === 0) {
    const priceCents = (bidCents + askCents) / 2;
    if (isOnTick(ticks, priceCents)) return { priceCents, location: wanted };
  }
  if (wanted === "passive") {
    const priceCents = isBuy ? bidCents : askCents;
    if (priceCents > 0) return { priceCents, location: wanted };
  }
  if (wanted === "through") {
    const priceCents = isBuy ? tickAbove(ticks, askCents) : tickBelow(ticks, bidCents);
    if (priceCents > 0) return { priceCents, location: wanted };
  }
  return { priceCents: isBuy ? askCents : Math.max(bidCents, tickAbove(ticks, 0)), location: "touch" };
}
