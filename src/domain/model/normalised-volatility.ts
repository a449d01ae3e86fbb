/**
 * The inverse of Black's formula without units, by the method of P. Jaeckel, "Let's Be Rational" (2015): a guess from one
 * of four branches, then steps of Householder's method of fourth order on an objective that is nearly straight there.
 */
import { normalisedBlack, normalisedMaximum, normalisedRemainder, normalisedVega } from "./normalised-black.ts";
import { guessAbove, guessBelow, inflection } from "./normalised-guess.ts";

/** Two or three are taken; the others are for inputs at the edge of doubles. */
const MOST_STEPS = 8;
/** What is left after a step is about its fourth power, all relative: after one of this size, nothing. */
const LAST_STEP = 1e-5;

/**
 * s with `normalisedBlack(x, s) = price`, for x <= 0 and 0 < price < `normalisedMaximum(x)`.
 *
 * Exact to a few roundings of s, and to what a rounding of `price` moves s by, which is more only where the price nearly
 * reaches its maximum.
 */
export function normalisedVolatility(x: number, price: number): number {
  const steepest = inflection(x);
  if (price < steepest.price) {
    const guess = guessBelow(x, price, steepest);
    // Where the price leaves 0 its logarithm is the better measure.
    return price < steepest.price / 4
      ? refine(x, guess, Math.log(price), stepByLogarithm)
      : refine(x, guess, price, stepByPrice);
  }
  const guess = guessAbove(x, price, steepest);
  const remainder = normalisedMaximum(x) - price;
  return remainder < price ? refine(x, guess, remainder, stepByRemainder) : refine(x, guess, price, stepByPrice);
}

function refine(
  x: number,
  guess: number,
  target: number,
  stepOf: (x: number, s: number, target: number) => number,
): number {
  let s = guess;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const step = stepOf(x, s, target);
    if (!Number.isFinite(step)) break;
    // Half of what is there at most, so that no step leaves the domain.
    const next = Math.max(s + step, s / 2);
    const moved = Math.abs(next - s);
    s = next;
    if (moved <= LAST_STEP * s) break;
  }
  return s;
}

/** On b(s) - price. */
function stepByPrice(x: number, s: number, price: number): number {
  const newton = (price - normalisedBlack(x, s)) / normalisedVega(x, s);
  const bend = secondOverFirst(x, s);
  return householder(newton, bend, thirdOverFirst(x, s, bend));
}

/** On 1 / ln b(s) - 1 / ln price. */
function stepByLogarithm(x: number, s: number, logPrice: number): number {
  const b = normalisedBlack(x, s);
  const log = Math.log(b);
  const ratio = normalisedVega(x, s) / b;
  const newton = ((logPrice - log) * log) / logPrice / ratio;
  const bend = secondOverFirst(x, s);
  const twice = 1 + 2 / log;
  const second = bend - ratio * twice;
  const third =
    thirdOverFirst(x, s, bend) + 2 * ratio * ratio * (1 + (3 / log) * (1 + 1 / log)) - 3 * bend * ratio * twice;
  return householder(newton, second, third);
}

/** On ln((maximum - price) / (maximum - b(s))). */
function stepByRemainder(x: number, s: number, remainder: number): number {
  const left = normalisedRemainder(x, s);
  const ratio = normalisedVega(x, s) / left;
  const newton = Math.log(left / remainder) / ratio;
  const bend = secondOverFirst(x, s);
  return householder(newton, bend + ratio, thirdOverFirst(x, s, bend) + ratio * (2 * ratio + 3 * bend));
}

/** The second derivative of b in s over the first. */
function secondOverFirst(x: number, s: number): number {
  const h = x / s;
  return (h * h) / s - s / 4;
}

function thirdOverFirst(x: number, s: number, secondToFirst: number): number {
  const h = x / s;
  return secondToFirst * secondToFirst - (3 * h * h) / (s * s) - 0.25;
}

/** The step of third degree from Newton's, and the second and third derivatives of the objective over its first. */
function householder(newton: number, second: number, third: number): number {
  return (newton * (1 + (newton * second) / 2)) / (1 + newton * (second + (newton * third) / 6));
}
