import { underlyingKind } from "../../market/session.ts";
import type { ModelDefinition, ModelInput } from "../definition/model-definition.ts";
import { secondsOf } from "../definition/model-message.ts";
import { ExposureCells, type ExposureConvention, type SignModel } from "../exposure/index.ts";
import { SeriesTimes } from "../series-times.ts";
import { basisData } from "./basis-data.ts";
import { type ContractsMoment, ExposureContracts } from "./exposure-contracts.ts";
import type { BasisData, GexData, RepricedData } from "./gex-data.ts";
import { gexDataSchema } from "./gex-schema.ts";
import { repricedData } from "./repriced.ts";

/** What gex models are made by. */
export interface GexModelOptions {
  /** Of open interest and volume, whose holders are not known. @default "naive" */
  readonly signModel?: Exclude<SignModel, "flow"> | undefined;
  /** Continuously compounded interest, a fraction per year. @default 0.04 */
  readonly rate?: number | undefined;
  /** The same of dividends, by underlying without `I:`. @default 0 */
  readonly dividendYield?: ((symbol: string) => number) | undefined;
  /** Past this age the provider's greeks are replaced by our own where that can be. @default 45 s */
  readonly greeksFreshMs?: number | undefined;
  /** Past this one neither greeks nor quotes count. @default 60 s */
  readonly maxAgeMs?: number | undefined;
  /** Flips and profile are computed at most so often; 0 for each time. @default 1 s */
  readonly repriceEveryMs?: number | undefined;
}

/** Times to settlement and ages move in steps of this: between two spots they stand still. */
const TERMS_STEP_MS = 10_000;

interface GexState {
  readonly times: SeriesTimes;
  readonly contracts: ExposureContracts;
  readonly bases: readonly BasisState[];
  moment: ContractsMoment;
}

interface BasisState {
  readonly convention: ExposureConvention;
  cells: ExposureCells;
  /** As of the last time; `isBehind` where what it follows from is another since. */
  repriced: RepricedData;
  isBehind: boolean;
}

/**
 * Exposures of dealers to the underlying (GEX), to volatility (VEX) and to time (CHEX), by strike and expiration, on open
 * interest, on the volume of the day, and on signed flow where somebody tells it; walls, flips and the profile.
 *
 * @example
 * ```ts
 * const gex = gexModel({ rate: 0.04, dividendYield: (symbol) => (symbol === "SPX" ? 0.012 : 0) });
 * gex.name; // "gex"
 * ```
 */
export function gexModel(options: GexModelOptions = {}): ModelDefinition<GexData, GexState> {
  const { signModel = "naive", rate = 0.04, dividendYield: yieldOf = () => 0, repriceEveryMs = 1_000 } = options;
  const { greeksFreshMs: freshMs = 45_000, maxAgeMs = 60_000 } = options;
  const momentOf = ({
    symbol,
    asOfMs,
    spotPts,
    tradingDay,
    calendar,
    dealerPositions,
  }: ModelInput): ContractsMoment => {
    if (spotPts === null)
      throw new TypeError(`Cannot tell exposures of ${symbol}: there must be a spot, there is none`);
    return {
      spot: spotPts,
      atMs: Math.floor(asOfMs / TERMS_STEP_MS) * TERMS_STEP_MS,
      rate,
      dividendYield: yieldOf(symbol),
      tick: underlyingKind(symbol) === "index" ? 0.05 : 0.01,
      freshMs,
      maxAgeMs,
      tradingDay,
      previousDay: calendar.previousTradingDay(tradingDay),
      dealerPositions,
    };
  };
  const told = (state: GexState, { asOfMs, dealerAccuracy, dealerPositionsMs }: ModelInput): GexData => {
    const { moment, times, contracts } = state;
    reprice(state, asOfMs, repriceEveryMs);
    const data = (basis: BasisState): BasisData => basisData(basis.cells.report(), basis.repriced, times, moment.atMs);
    const [openInterest, volume, flow] = state.bases;
    if (openInterest === undefined || volume === undefined)
      throw new TypeError("Cannot tell exposures: without a basis");
    return {
      trading_day: moment.tradingDay,
      terms_ts: moment.atMs / 1_000,
      rate,
      dividend_yield: moment.dividendYield,
      greeks_max_age_ms: freshMs,
      greeks: contracts.sources,
      open_interest: data(openInterest),
      volume: data(volume),
      flow: flow === undefined ? null : data(flow),
      flow_reason: flow === undefined ? "no_flow" : null,
      flow_accuracy: flow === undefined ? null : dealerAccuracy,
      flow_ts: flow === undefined ? null : secondsOf(dealerPositionsMs),
    };
  };
  return {
    name: "gex",
    version: 1,
    inputs: ["spot", ["greeks", "quotes"], "open_interest"],
    schema: gexDataSchema,
    full(input) {
      const moment = momentOf(input);
      const times = new SeriesTimes(input.records.values(), input.calendar);
      const contracts = new ExposureContracts(input.records.values(), times, moment);
      const conventions: readonly ExposureConvention[] = [
        { basis: "open_interest", signModel },
        { basis: "volume", signModel },
        ...(input.dealerPositions === null ? [] : [{ basis: "flow", signModel: "flow" } as const]),
      ];
      const bases = conventions.map((convention) => ({
        convention,
        cells: cellsOf(contracts, convention, moment),
        repriced: repricedData(contracts.all, convention, { asOfMs: input.asOfMs, spot: moment.spot }),
        isBehind: false,
      }));
      const state = { times, contracts, bases, moment };
      return { data: told(state, input), state };
    },
    incremental(input, state, changed) {
      const moment = momentOf(input);
      if ((moment.dealerPositions === null) !== (state.moment.dealerPositions === null)) return this.full(input);
      const touched = state.contracts.update(changed);
      if (isSame(moment, state.moment)) {
        for (const basis of state.bases) for (const contract of touched) basis.cells.update(contract);
      } else {
        state.contracts.moveTo(moment);
        for (const basis of state.bases) basis.cells = cellsOf(state.contracts, basis.convention, moment);
      }
      if (touched.length > 0 || !isSame(moment, state.moment)) for (const basis of state.bases) basis.isBehind = true;
      state.moment = moment;
      return { data: told(state, input), state };
    },
  };
}

function cellsOf(
  contracts: ExposureContracts,
  convention: ExposureConvention,
  { spot, tradingDay }: ContractsMoment,
): ExposureCells {
  const cells = new ExposureCells({ spot, convention, tradingDay });
  for (const contract of contracts.all) cells.update(contract);
  return cells;
}

/** Of the same instant and spot, so that what is known of contracts that did not change still holds. */
function isSame(a: ContractsMoment, b: ContractsMoment): boolean {
  return (
    a.spot === b.spot && a.atMs === b.atMs && a.tradingDay === b.tradingDay && a.dealerPositions === b.dealerPositions
  );
}

/** One basis at a time, whichever waits longest, so that none of the others' cost comes with it. */
function reprice(state: GexState, asOfMs: number, everyMs: number): void {
  const at = ({ repriced }: BasisState): number => repriced.ts * 1_000;
  const lastMs = Math.max(...state.bases.map(at));
  const behind = state.bases.filter(({ isBehind }) => isBehind).sort((a, b) => at(a) - at(b));
  // A clock that was put back must not hold them up.
  const isDue = asOfMs - lastMs >= everyMs || asOfMs < lastMs;
  const due = everyMs === 0 ? behind : isDue ? behind.slice(0, 1) : [];
  for (const basis of due) {
    basis.repriced = repricedData(state.contracts.all, basis.convention, { asOfMs, spot: state.moment.spot });
    basis.isBehind = false;
  }
}
