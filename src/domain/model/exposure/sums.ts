/** One exposure of a group of contracts. `null` where no contract of the group counts, never for a sum of 0. */
export interface ExposureSides {
  /** Signed, as the sign model has it. */
  readonly calls: number | null;
  readonly puts: number | null;
  /** Calls and puts together; of one side alone where the other is `null`. */
  readonly net: number | null;
  /** The contracts' amounts without their signs. */
  readonly absolute: number | null;
}

/** All exposures of a group of contracts: changes of the dealers' delta in dollars. What they trade is the reverse. */
export interface ExposureFigures {
  /** GEX, per rise of the underlying by 1 %. */
  readonly gexUsdPerPct: ExposureSides;
  /** VEX, per rise of volatility by one point. */
  readonly vexUsdPerVolPoint: ExposureSides;
  /** CHEX, per calendar day. On the last day more than all the delta that is left: see `deltaToCloseUsd`. */
  readonly chexUsdPerDay: ExposureSides;
  /** From now to settlement, were the underlying to stay where it is. */
  readonly deltaToCloseUsd: ExposureSides;
}

/** Names of the exposures. */
export type ExposureName = keyof ExposureFigures;

/** All exposures. */
export const EXPOSURES: readonly ExposureName[] = [
  "gexUsdPerPct",
  "vexUsdPerVolPoint",
  "chexUsdPerDay",
  "deltaToCloseUsd",
];

/** Calls, puts, absolute: how many numbers of a row each exposure has. */
export const SIDES_PER_EXPOSURE = 3;

/** The figures of a row of numbers, NaN where none counts, in the order of `EXPOSURES`. */
export function exposureFigures(amounts: Float64Array, from = 0): ExposureFigures {
  return {
    gexUsdPerPct: sidesAt(amounts, from),
    vexUsdPerVolPoint: sidesAt(amounts, from + SIDES_PER_EXPOSURE),
    chexUsdPerDay: sidesAt(amounts, from + 2 * SIDES_PER_EXPOSURE),
    deltaToCloseUsd: sidesAt(amounts, from + 3 * SIDES_PER_EXPOSURE),
  };
}

/** GEX in dollars of delta per point from that per 1 %. */
export function gexUsdPerPoint(gexUsdPerPct: number, spot: number): number {
  return gexUsdPerPct / (spot * 0.01);
}

/** CHEX in dollars of delta per hour from that per day. */
export function chexUsdPerHour(chexUsdPerDay: number): number {
  return chexUsdPerDay / 24;
}

function sidesAt(amounts: Float64Array, at: number): ExposureSides {
  const calls = known(amounts[at]);
  const puts = known(amounts[at + 1]);
  const net = calls === null ? puts : puts === null ? calls : calls + puts;
  return { calls, puts, net, absolute: known(amounts[at + 2]) };
}

function known(amount: number | undefined): number | null {
  return amount === undefined || Number.isNaN(amount) ? null : amount;
}
