/**
 * The normal distribution function to double precision.
 *
 * Rational approximations of W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of
 * Computation 23 (1969), with the coefficients of his routine CALERF. Each pair below is a numerator and a denominator,
 * highest power first.
 */

const ERF_NUMERATOR = [
  0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694,
] as const;
const ERF_DENOMINATOR = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171] as const;
const MIDDLE_NUMERATOR = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769,
  1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
] as const;
const MIDDLE_DENOMINATOR = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
] as const;
const TAIL_NUMERATOR = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
] as const;
const TAIL_DENOMINATOR = [
  1, 2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
] as const;

const ONE_OVER_SQRT_PI = 0.5641895835477563;
const ONE_OVER_SQRT_TWO_PI = 0.3989422804014327;
const SQRT_HALF = Math.SQRT1_2;
const SQRT_HALF_PI = 1.2533141373155003;

/** Below this |x| erfc is 1 - erf, above it the scaled approximations take over (Cody's first breakpoint). */
const ERF_LIMIT = 0.46875;

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (const coefficient of coefficients) value = value * x + coefficient;
  return value;
}

/** erf on [-ERF_LIMIT, ERF_LIMIT]. */
function erfNearZero(x: number): number {
  const squared = x * x;
  return (x * polynomial(ERF_NUMERATOR, squared)) / polynomial(ERF_DENOMINATOR, squared);
}

/** exp(y^2) erfc(y) for y above ERF_LIMIT. */
function scaledErfc(y: number): number {
  if (y <= 4) return polynomial(MIDDLE_NUMERATOR, y) / polynomial(MIDDLE_DENOMINATOR, y);
  const inverse = 1 / (y * y);
  const correction = (inverse * polynomial(TAIL_NUMERATOR, inverse)) / polynomial(TAIL_DENOMINATOR, inverse);
  return (ONE_OVER_SQRT_PI - correction) / y;
}

/**
 * exp(-factor y^2) without the digits that squaring a large y would lose: y is cut to sixteenths, whose square is exact,
 * and the rest is applied separately.
 */
function gaussian(y: number, factor: 0.5 | 1): number {
  const cut = Math.trunc(y * 16) / 16;
  return Math.exp(-cut * cut * factor) * Math.exp(-(y - cut) * (y + cut) * factor);
}

/**
 * Complementary error function, 2/sqrt(pi) times the integral of exp(-u^2) from `x` to infinity. Relative error below
 * 1e-15 down to the smallest normal result (x about 26.5), 0 beyond; NaN for NaN.
 *
 * @example
 * ```ts
 * erfc(0); // 1
 * erfc(1); // about 0.1573
 * ```
 */
export function erfc(x: number): number {
  const y = Math.abs(x);
  if (y <= ERF_LIMIT) return 1 - erfNearZero(x);
  if (y > 30) return x > 0 ? 0 : 2;
  const tail = gaussian(y, 1) * scaledErfc(y);
  return x < 0 ? 2 - tail : tail;
}

/**
 * Standard normal distribution function, the probability of a value at or below `x`. Keeps its relative precision in
 * the lower tail (the Gaussian factor is taken from `x` itself and not from `x / sqrt(2)`, whose rounding the exponent
 * would magnify).
 *
 * @example
 * ```ts
 * normalCdf(0); // 0.5
 * normalCdf(-1.96); // about 0.025
 * ```
 */
export function normalCdf(x: number): number {
  const y = Math.abs(x) * SQRT_HALF;
  if (y <= ERF_LIMIT) return 0.5 + 0.5 * erfNearZero(x * SQRT_HALF);
  if (y > 30) return x > 0 ? 1 : 0;
  const tail = 0.5 * gaussian(Math.abs(x), 0.5) * scaledErfc(y);
  return x < 0 ? tail : 1 - tail;
}

/** Standard normal density at `x`; 0 from about 38.6 on, NaN for NaN. */
export function normalPdf(x: number): number {
  const y = Math.abs(x);
  return y > 39 ? 0 : ONE_OVER_SQRT_TWO_PI * gaussian(y, 0.5);
}

/**
 * `normalCdf(x) / normalPdf(x)`, from where both are 0 too: about -1/x far below 0. Rises with `x`, beyond the largest
 * double from about 37.6 on.
 */
export function millsRatio(x: number): number {
  const y = Math.abs(x) * SQRT_HALF;
  if (y <= ERF_LIMIT) return SQRT_HALF_PI * Math.exp(y * y) * (1 + erfNearZero(x * SQRT_HALF));
  const below = SQRT_HALF_PI * scaledErfc(y);
  return x < 0 ? below : 1 / normalPdf(x) - below;
}
