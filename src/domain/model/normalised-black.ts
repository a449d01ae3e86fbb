/**
 * Black's formula without units, as in P. Jaeckel, "Let's Be Rational" (2015): x = ln(F/K), s = sigma sqrt(T), and a
 * price over sqrt(F K). Only out-of-the-money calls, x <= 0: puts and what is in the money follow by symmetry and parity.
 *
 *   b(x, s) = e^{x/2} N(x/s + s/2) - e^{-x/2} N(x/s - s/2)
 *
 * With h = x/s, t = s/2 and Y(z) = N(z)/n(z) that is n(0) e^{-(h^2 + t^2)/2} [Y(h + t) - Y(h - t)], which keeps its
 * digits however small the price.
 */
import { millsRatio, normalCdf } from "./normal-distribution.ts";

const ONE_OVER_SQRT_TWO_PI = 0.3989422804014327;

/** Below this t, and near the money, the two Y are too close for a difference and Y is expanded around h. */
const SMALL_T = 0.2;
const NEAR_THE_MONEY = 1;

/** What b is for s without end: the price that no option reaches. */
export function normalisedMaximum(x: number): number {
  return Math.exp(x / 2);
}

/** db/ds. */
export function normalisedVega(x: number, s: number): number {
  return ONE_OVER_SQRT_TWO_PI * gaussian(x / s, s / 2);
}

/** b(x, s) for x <= 0 and s > 0, relative error a few times 1e-16 near the money, in the tails (x/s)^2 times that. */
export function normalisedBlack(x: number, s: number): number {
  const h = x / s;
  const t = s / 2;
  if (t < SMALL_T && x > -NEAR_THE_MONEY) return ONE_OVER_SQRT_TWO_PI * gaussian(h, t) * expandedDifference(h, t);
  if (h + t > 0) return Math.exp(x / 2) * normalCdf(h + t) - Math.exp(-x / 2) * normalCdf(h - t);
  return ONE_OVER_SQRT_TWO_PI * gaussian(h, t) * (millsRatio(h + t) - millsRatio(h - t));
}

/** `normalisedMaximum(x) - normalisedBlack(x, s)`, which keeps its digits where b is nearly all there is. */
export function normalisedRemainder(x: number, s: number): number {
  const h = x / s;
  const t = s / 2;
  return Math.exp(x / 2) * normalCdf(-h - t) + Math.exp(-x / 2) * normalCdf(h - t);
}

function gaussian(h: number, t: number): number {
  return Math.exp(-(h * h + t * t) / 2);
}

/**
 * Y(h + t) - Y(h - t) as the odd terms of its series in t. All are above 0, since the n-th derivative of Y is the
 * integral of v^n exp(z v - v^2/2) over v > 0; each follows from the two before: Y^(n+1) = z Y^(n) + n Y^(n-1).
 */
function expandedDifference(h: number, t: number): number {
  let even = millsRatio(h);
  let odd = 1 + h * even;
  let weight = t;
  let sum = weight * odd;
  for (let n = 1; n < 25; n += 2) {
    even = h * odd + n * even;
    odd = h * even + (n + 1) * odd;
    weight *= (t * t) / ((n + 1) * (n + 2));
    const term = weight * odd;
    sum += term;
    // Beyond the rounding of the terms before, which far out of the money may even turn this one's sign.
    if (!(term > sum * 1e-17)) break;
  }
  return 2 * sum;
}
