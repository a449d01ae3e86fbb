import type { SubstrateRecord } from "../../epoch/substrate.ts";
import { tradingDayOf } from "../../market/trading-day.ts";
import type { ModelInput } from "../definition/model-definition.ts";
import type { ExposureContract } from "../exposure/index.ts";
import type { SeriesTimes } from "../series-times.ts";
import {
  type ContractGreeks,
  contractGreeks,
  type GreeksMoment,
  type GreeksOrigin,
  type StrikeRecords,
} from "./contract-greeks.ts";
import type { GreeksSourceCounts } from "./gex-data.ts";

/** What contracts are read at, apart from what differs by series. */
export type ContractsMoment = Omit<GreeksMoment, "years"> &
  Pick<ModelInput, "tradingDay" | "dealerPositions"> & {
    /** The trading day before. */
    readonly previousDay: string;
  };

/**
 * The contracts of an epoch as exposures see them. Call and put of a strike belong together: the volatility of one may stand
 * for both.
 */
export class ExposureContracts {
  readonly #times: SeriesTimes;
  readonly #strikes = new Map<string, { C: SubstrateRecord | undefined; P: SubstrateRecord | undefined }>();
  readonly #contracts = new Map<string, ExposureContract>();
  readonly #origins = new Map<string, GreeksOrigin>();
  #moment: ContractsMoment;

  constructor(records: Iterable<SubstrateRecord>, times: SeriesTimes, moment: ContractsMoment) {
    this.#times = times;
    this.#moment = moment;
    for (const record of records) this.#place(record);
    this.moveTo(moment);
  }

  /** All of them. */
  get all(): Iterable<ExposureContract> {
    return this.#contracts.values();
  }

  /** Where their greeks are from. */
  get sources(): GreeksSourceCounts {
    const counts = { provider: 0, model_quote: 0, model_provider_iv: 0, none: 0 };
    for (const origin of this.#origins.values()) counts[origin] += 1;
    return counts;
  }

  /** Reads all of them anew, for another moment. */
  moveTo(moment: ContractsMoment): void {
    this.#moment = moment;
    for (const strike of this.#strikes.values()) this.#read(strike);
  }

  /** Takes records in place of what they were before. @returns the contracts that may be others now. */
  update(changed: readonly SubstrateRecord[]): readonly ExposureContract[] {
    const touched = new Set(changed.map((record) => this.#place(record)));
    return [...touched].flatMap((strike) => this.#read(strike));
  }

  #place(record: SubstrateRecord): StrikeRecords {
    const { root, expiration, strike, right } = record.terms;
    const key = `${root}:${expiration}:${strike}`;
    const known = this.#strikes.get(key);
    const pair = known ?? { C: undefined, P: undefined };
    if (known === undefined) this.#strikes.set(key, pair);
    pair[right] = record;
    return pair;
  }

  #read(strike: StrikeRecords): readonly ExposureContract[] {
    return [strike.C, strike.P].flatMap((record) => {
      if (record === undefined) return [];
      const years = this.#times.years(record.terms, this.#moment.atMs);
      const greeks = contractGreeks(record, strike, { ...this.#moment, years });
      const contract = exposureContract(record, greeks, years, this.#moment);
      this.#contracts.set(record.terms.contract, contract);
      this.#origins.set(record.terms.contract, greeks.origin);
      return [contract];
    });
  }
}

function exposureContract(
  record: SubstrateRecord,
  { delta, gamma, iv, origin }: ContractGreeks,
  years: number | null,
  moment: ContractsMoment,
): ExposureContract {
  const { rate, dividendYield, dealerPositions } = moment;
  const { contract, root, expiration, strike, right, multiplier } = record.terms;
  return {
    root,
    expiration,
    strike,
    right,
    multiplier,
    openInterest: record.day?.openInterest ?? null,
    volume: volumeOf(record, moment),
    dealerPosition: dealerPositions === null ? null : (dealerPositions.get(contract) ?? 0),
    iv,
    delta,
    gamma,
    greeksSource: gamma === null && delta === null ? null : origin === "provider" ? "provider" : "model",
    years,
    rate,
    dividendYield,
  };
}

/**
 * A contract that last traded on a day before has not traded today; of one that is not known to have traded, nothing is.
 * What trades on a holiday, as index options do, belongs to the trading day behind it.
 */
function volumeOf({ trade }: SubstrateRecord, { previousDay, tradingDay }: ContractsMoment): number | null {
  if (trade === undefined) return null;
  const day = dayOf(trade.tradeTsNs);
  return day !== null && day > previousDay && day <= tradingDay ? trade.volume : 0;
}

function dayOf(tsNs: bigint): string | null {
  try {
    return tradingDayOf(tsNs);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
