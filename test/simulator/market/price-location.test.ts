import { describe, expect, it } from "vitest";
import { seededRandom } from "../../../src/domain/random.ts";
import type { AggressorSide, PriceLocation } from "../../../src/simulator/market/events.ts";
import { priceOrder } from "../../../src/simulator/market/price-location.ts";
import type { TickRule } from "../../../src/simulator/market/underlyings.ts";

const INDEX: TickRule = { belowCents: 300, tickBelowCents: 5, tickFromCents: 10 };

/** Every price that comes up, by the place it claims. */
function places(bidCents: number, askCents: number, side: AggressorSide): Partial<Record<PriceLocation, number[]>> {
  const random = seededRandom(5);
  const found: Partial<Record<PriceLocation, number[]>> = {};
  for (let left = 2_000; left > 0; left--) {
    const { priceCents, location } = priceOrder(INDEX, { bidCents, askCents }, side, random);
    const prices = found[location] ?? [];
    if (!prices.includes(priceCents)) prices.push(priceCents);
    found[location] = prices;
  }
  return found;
}

describe("priceOrder", () => {
  it("puts a buyer and a seller in mirrored places of a wide market", () => {
    expect(places(400, 440, "buy")).toEqual({
      touch: [440],
      inside: [430],
      mid: [420],
      passive: [400],
      through: [450],
    });
    expect(places(400, 440, "sell")).toEqual({
      touch: [400],
      inside: [410],
      mid: [420],
      passive: [440],
      through: [390],
    });
  });

  it("falls back to the touch where the market is one tick wide", () => {
    expect(places(400, 410, "buy")).toEqual({ touch: [410], passive: [400], through: [420] });
  });

  it("does not call the middle inside", () => {
    expect(places(400, 420, "sell")).toEqual({ touch: [400], mid: [410], passive: [420], through: [390] });
  });

  it("never prints at 0 where nobody bids", () => {
    expect(places(0, 5, "sell")).toEqual({ touch: [5], passive: [5] });
    expect(places(0, 5, "buy")).toEqual({ touch: [5], through: [10] });
  });

  it("trades at the touch more often than anywhere else, and rarely outside the market", () => {
    const random = seededRandom(6);
    const counts = { touch: 0, inside: 0, mid: 0, passive: 0, through: 0 };
    for (let left = 10_000; left > 0; left--) {
      counts[priceOrder(INDEX, { bidCents: 400, askCents: 440 }, "buy", random).location] += 1;
    }
    expect(counts.touch).toBeGreaterThan(6_000);
    expect(counts.through).toBeLessThan(400);
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(200);
  });
});
