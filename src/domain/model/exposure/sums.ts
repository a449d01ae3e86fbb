import type { MissingReason } from "./contract.ts";
import type { MeasuredContract } from "./measure.ts";

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

/** Figures of a strike of one series from what its call and put add. */
export function cellFigures(call: MeasuredContract | null, put: MeasuredContract | null): ExposureFigures {
  const of = (name: ExposureName) => cellSides(amountOf(call?.[name]), amountOf(put?.[name]));
  return figures(of);
}

/** Sums in the order given: the same groups give the same bits. */
export function sumFigures(groups: readonly ExposureFigures[]): ExposureFigures {
  return figures((name) => {
    let calls: number | null = null;
    let puts: number | null = null;
    let absolute: number | null = null;
    for (const group of groups) {
      const sides = group[name];
      calls = add(calls, sides.calls);
      puts = add(puts, sides.puts);
      absolute = add(absolute, sides.absolute);
    }
    return { calls, puts, net: add(calls, puts), absolute };
  });
}

/** GEX in dollars of delta per point from that per 1 %. */
export function gexUsdPerPoint(gexUsdPerPct: number, spot: number): number {
  return gexUsdPerPct / (spot * 0.01);
}

/** CHEX in dollars of delta per hour from that per day. */
export function chexUsdPerHour(chexUsdPerDay: number): number {
  return chexUsdPerDay / 24;
}

function figures(of: (name: ExposureName) => ExposureSides): ExposureFigures {
  return {
    gexUsdPerPct: of("gexUsdPerPct"),
    vexUsdPerVolPoint: of("vexUsdPerVolPoint"),
    chexUsdPerDay: of("chexUsdPerDay"),
    deltaToCloseUsd: of("deltaToCloseUsd"),
  };
}

function cellSides(calls: number | null, puts: number | null): ExposureSides {
  const absolute = add(calls === null ? null : Math.abs(calls), puts === null ? null : Math.abs(puts));
  return { calls, puts, net: add(calls, puts), absolute };
}

function amountOf(measured: number | MissingReason | undefined): number | null {
  // Nothing held short is 0 too, not -0.
  return typeof measured === "number" ? measured + 0 : null;
}

function add(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : a + b;
}
