import type { Random } from "../../domain/random.ts";

/** One of several alternatives. */
export interface Share {
  /** Its probability; those of all alternatives add up to 1. */
  readonly share: number;
}

/** At least one alternative. */
export type Alternatives<Alternative extends Share> = readonly [Alternative, ...(readonly Alternative[])];

/** Draws one of a few alternatives by their shares. Rounding in their sum falls to the last. */
export function drawShare<Alternative extends Share>(
  alternatives: Alternatives<Alternative>,
  random: Random,
): Alternative {
  let rest = random.next();
  let drawn: Alternative = alternatives[0];
  for (const alternative of alternatives) {
    drawn = alternative;
    rest -= alternative.share;
    if (rest < 0) break;
  }
  return drawn;
}
