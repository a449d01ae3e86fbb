import type { Random } from "../../domain/random.ts";
import type { Agenda } from "./agenda.ts";

/** How arrivals set off further arrivals. */
export interface SelfExcitation {
  /** Mean number of arrivals that one arrival sets off directly, in [0, 1). 0 is a Poisson process. */
  readonly branchingRatio: number;
  /** Mean delay from an arrival to one that it sets off, in ms, above 0. */
  readonly meanDelayMs: number;
}

/** One arrival: what it is of, and what set it off (`undefined` for an arrival from outside). */
type ArrivalListener<Mark> = (mark: Mark, atMs: number) => void;

/** Rates and marks of a `startHawkes` process. */
export interface HawkesOptions<Mark> extends SelfExcitation {
  /** Long-run mean of all arrivals, per second; 0 or more. */
  readonly arrivalsPerSecond: number;
  /** The mark of an arrival from outside. */
  readonly drawMark: () => Mark;
  /** The mark of an arrival that one with mark `parent` set off. */
  readonly drawOffspringMark: (parent: Mark) => Mark;
}

/**
 * Starts a marked Hawkes process with an exponential kernel on an agenda, simulated exactly through its clusters (Hawkes
 * and Oakes, "A cluster process representation of a self-exciting process", Journal of Applied Probability 11, 1974):
 * arrivals from outside are Poisson, each arrival sets off a Poisson number of others, each after an exponential delay.
 *
 * The pending offspring of the time before the start are drawn too, so that the mean rate is `arrivalsPerSecond` from
 * the first instant on. Over windows much longer than a cluster the index of dispersion of the counts is
 * `1 / (1 - branchingRatio)^2`.
 *
 * @throws {RangeError} for a branching ratio outside [0, 1), a delay that is not above 0, a negative rate.
 */
export function startHawkes<Mark>(
  options: HawkesOptions<Mark>,
  agenda: Agenda,
  random: Random,
  onArrival: ArrivalListener<Mark>,
): void {
  const { branchingRatio, meanDelayMs, arrivalsPerSecond, drawMark, drawOffspringMark } = options;
  if (!(branchingRatio >= 0 && branchingRatio < 1)) {
    throw refusal("'branchingRatio' must be in [0, 1)", branchingRatio);
  }
  if (!(meanDelayMs > 0 && meanDelayMs < Infinity)) throw refusal("'meanDelayMs' must be above 0", meanDelayMs);
  if (!(arrivalsPerSecond >= 0 && arrivalsPerSecond < Infinity)) {
    throw refusal("'arrivalsPerSecond' must be >= 0", arrivalsPerSecond);
  }
  if (arrivalsPerSecond === 0) return;

  const arrive = (mark: Mark, atMs: number): void => {
    for (let left = drawPoisson(branchingRatio, random); left > 0; left--) {
      const child = drawOffspringMark(mark);
      agenda.schedule(atMs + meanDelayMs * random.exponential(), (childAtMs) => arrive(child, childAtMs));
    }
    onArrival(mark, atMs);
  };

  const outsideGapMs = 1000 / (arrivalsPerSecond * (1 - branchingRatio));
  const arriveFromOutside = (atMs: number): void => {
    agenda.schedule(atMs + outsideGapMs * random.exponential(), arriveFromOutside);
    arrive(drawMark(), atMs);
  };
  agenda.schedule(agenda.nowMs + outsideGapMs * random.exponential(), arriveFromOutside);

  const pending = drawPoisson((arrivalsPerSecond / 1000) * branchingRatio * meanDelayMs, random);
  for (let left = pending; left > 0; left--) {
    const mark = drawMark();
    agenda.schedule(agenda.nowMs + meanDelayMs * random.exponential(), (atMs) => arrive(mark, atMs));
  }
}

/** Poisson by counting unit-rate arrivals until `mean`: exact, linear in the mean. */
function drawPoisson(mean: number, random: Random): number {
  let count = 0;
  for (let elapsed = random.exponential(); elapsed < mean; elapsed += random.exponential()) count += 1;
  return count;
}

function refusal(required: string, value: number): RangeError {
  return new RangeError(`Cannot start a Hawkes process: ${required}, current value is ${value}`);
}
