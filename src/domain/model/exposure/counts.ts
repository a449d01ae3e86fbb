import { MISSING_REASONS, type MissingReason } from "./contract.ts";
import type { MeasuredContract } from "./measure.ts";
import { EXPOSURES, type ExposureName } from "./sums.ts";

/** How many contracts count, and how many do not for which reason. */
export interface CountedContracts {
  readonly used: number;
  readonly missing: Readonly<Record<MissingReason, number>>;
}

/** The same of every exposure, and whose gamma was used. */
export interface ExposureCounts extends Readonly<Record<ExposureName, CountedContracts>> {
  readonly contracts: number;
  readonly gammaSources: Readonly<Record<"provider" | "model", number>>;
}

/** Counts contracts in and out. */
export class ExposureCounter {
  readonly #used = new Map<ExposureName, number>();
  readonly #missing = new Map<string, number>();
  readonly #sources = { provider: 0, model: 0 };
  #contracts = 0;

  /** @param by 1 for a contract that comes, -1 for one that goes. */
  count(measured: MeasuredContract, by: 1 | -1): void {
    this.#contracts += by;
    if (measured.gammaSource !== null) this.#sources[measured.gammaSource] += by;
    for (const name of EXPOSURES) {
      const amount = measured[name];
      if (typeof amount === "number") this.#used.set(name, (this.#used.get(name) ?? 0) + by);
      else this.#missing.set(`${name}:${amount}`, (this.#missing.get(`${name}:${amount}`) ?? 0) + by);
    }
  }

  /** As it stands. */
  counts(): ExposureCounts {
    return {
      contracts: this.#contracts,
      gammaSources: { ...this.#sources },
      gexUsdPerPct: this.#of("gexUsdPerPct"),
      vexUsdPerVolPoint: this.#of("vexUsdPerVolPoint"),
      chexUsdPerDay: this.#of("chexUsdPerDay"),
      deltaToCloseUsd: this.#of("deltaToCloseUsd"),
    };
  }

  #of(name: ExposureName): CountedContracts {
    return {
      used: this.#used.get(name) ?? 0,
      missing: countsByReason((reason) => this.#missing.get(`${name}:${reason}`) ?? 0),
    };
  }
}

/** A number for every reason. */
export function countsByReason(of: (reason: MissingReason) => number): Record<MissingReason, number> {
  const counts = { bad_terms: 0, settled: 0, no_quantity: 0, bad_quantity: 0, no_greek: 0, bad_greek: 0 };
  for (const reason of MISSING_REASONS) counts[reason] = of(reason);
  return counts;
}
