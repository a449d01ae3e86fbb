import { type ExpirationCounts, listedExpirations, settlementTimeMs } from "./calendar.ts";
import type { UnderlyingSpec } from "./underlyings.ts";

/** As many expirations as a busy index has. */
const MANY: ExpirationCounts = { days: 10, fridays: 8, monthlies: 12 };

const DAYS_ALWAYS = 10_000;

/**
 * An underlying with at least `contracts` contracts alive at an instant: many expirations, and the same wide range of
 * strikes on each. Never more than one strike per expiration, right and side of the money too many.
 */
export function withLargeChain(spec: UnderlyingSpec, contracts: number, startMs: number): UnderlyingSpec {
  const expirations = listedExpirations(startMs, MANY);
  const series = spec.roots.flatMap(({ settlement, expirations: which }) =>
    expirations.filter(
      ({ date, isMonthly }) => settlementTimeMs(date, settlement) > startMs && (which === "all" || isMonthly),
    ),
  ).length;
  const strikes = Math.ceil(contracts / (2 * series));
  // A range that must not reach 0 is filled more densely.
  const step = [5, 1, 0.5].find((candidate) => (strikes + 2) * candidate < 1.8 * spec.spot) ?? 0.125;
  const within = ((strikes / 2 + 1) * step) / spec.spot;
  return { ...spec, expirations: MANY, strikeBands: [{ within, step, maxDays: DAYS_ALWAYS }] };
}
