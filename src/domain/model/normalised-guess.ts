/** The first guess of `normalisedVolatility`: the four branches of P. Jaeckel, "Let's Be Rational" (2015). */
import { millsRatio, normalCdf } from "./normal-distribution.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { normalisedBlack, normalisedMaximum, normalisedRemainder, normalisedVega } from "./normalised-black.ts";
import { rationalCubic } from "./rational-cubic.ts";

const SQRT_TWO_PI = 2.5066282746310002;
const SQRT_HALF_PI = 1.2533141373155003;
const SQRT_THREE = 1.7320508075688772;
const SQRT_TWENTY_SEVEN = 5.196152422706632;

/** Where b is steepest in s, its point of inflection, with the price and the vega there. */
export interface Inflection {
  readonly s: number;
  readonly price: number;
  readonly vega: number;
}

/** @param x at or below 0; at 0 the point is the origin. */
export function inflection(x: number): Inflection {
  const s = Math.sqrt(-2 * x);
  if (s === 0) return { s, price: 0, vega: 1 / SQRT_TWO_PI };
  return { s, price: normalisedBlack(x, s), vega: normalisedVega(x, s) };
}

/** A guess of s for a price above that of the inflection. The tangent there leaves the maximum's line where the branches meet. */
export function guessAbove(x: number, price: number, { s, price: priceThere, vega }: Inflection): number {
  const maximum = normalisedMaximum(x);
  const right = s + (s === 0 ? maximum : normalisedRemainder(x, s)) / vega;
  const priceRight = normalisedBlack(x, right);
  if (price <= priceRight) {
    const from = { x: priceThere, y: s, slope: 1 / vega };
    const to = { x: priceRight, y: right, slope: 1 / normalisedVega(x, right) };
    return rationalCubic(price, from, to, 0, "left");
  }
  // The share N(-s/2) falls nearly straight to 0 at the maximum, with slope -1/2.
  const h = x / right;
  const from = { x: priceRight, y: normalCdf(-right / 2), slope: -0.5 * Math.exp((h * h) / 2) };
  const curvature = (SQRT_HALF_PI * Math.exp(h * h + (right * right) / 8) * h * h) / right;
  const share = rationalCubic(price, from, { x: maximum, y: 0, slope: -0.5 }, curvature, "left");
  return -2 * normalQuantile(share > 0 ? share : (maximum - price) / 2);
}

/** A guess of s for a price below that of the inflection, x < 0. */
export function guessBelow(x: number, price: number, { s, price: priceThere, vega }: Inflection): number {
  const left = s - priceThere / vega;
  const priceLeft = normalisedBlack(x, left);
  if (price >= priceLeft) {
    const from = { x: priceLeft, y: left, slope: 1 / normalisedVega(x, left) };
    return rationalCubic(price, from, { x: priceThere, y: s, slope: 1 / vega }, 0, "right");
  }
  // f = 2 pi |x| / sqrt(27) N(-z)^3 with z = |x| / (sqrt(3) s) leaves 0 with slope 1.
  const z = -x / (SQRT_THREE * left);
  const scale = (-2 * Math.PI * x) / SQRT_TWENTY_SEVEN;
  const mills = millsRatio(-z);
  const slope = (z * mills) ** 2 * Math.exp((left * left) / 8);
  const bySigma = (2 * z * (1 / mills - z) - 2) / left + left / 4;
  const to = { x: priceLeft, y: scale * normalCdf(-z) ** 3, slope };
  const curvature = (slope * bySigma) / normalisedVega(x, left);
  const mapped = rationalCubic(price, { x: 0, y: 0, slope: 1 }, to, curvature, "right");
  const guess = x / (SQRT_THREE * normalQuantile(Math.cbrt(mapped / scale)));
  // To leading order; only where what was mapped lies beyond the smallest double.
  return guess > 0 && guess < s ? guess : -x / Math.sqrt(-2 * Math.log(price));
}
