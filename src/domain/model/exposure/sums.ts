import { type ExposureAmounts, SIDES_PER_EXPOSURE } from "./amount-table.ts";

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

/** The figures that a row of amounts stands for. */
export function exposureFigures(amounts: ExposureAmounts): ExposureFigures {
  return {
    gexUsdPerPct: sidesAt(amounts, 0),
    vexUsdPerVolPoint: sidesAt(amounts, 1),
    chexUsdPerDay: sidesAt(amounts, 2),
    deltaToCloseUsd: sidesAt(amounts, 3),
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

function sidesAt(amounts: ExposureAmounts, exposure: number): ExposureSides {
  const calls = known(amounts[SIDES_PER_EXPOSURE * exposure]);
  const puts = known(amounts[SIDES_PER_EXPOSURE * exposure + 1]);
  const net = calls === null ? puts : puts === null ? calls : calls + puts;
  return { calls, puts, net, absolute: known(amounts[SIDES_PER_EXPOSURE * exposure + 2]) };
}

function known(amount: number | undefined): number | null {
  return amount === undefined || Number.isNaN(amount) ? null : amount;
}
