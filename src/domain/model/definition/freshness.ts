import type { ModelInputName, RecordTimes } from "./model-inputs.ts";

/** How a model stands: of inputs that are fresh, of one at least that is not, or not at all. */
export type ModelStatus = "live" | "stale" | "none";

/** What an input lacks: `missing` there is none; `stale` it is old; `too_old` it is older than any model is built from. */
export type InputFault = "missing" | "stale" | "too_old";

/**
 * Why a model is not live: an input's fault; `no_epoch` no epoch of the symbol is active; `failed` the computation did.
 */
export type ModelReason = "no_epoch" | "failed" | `${ModelInputName}_${InputFault}`;

/** From which ages on inputs are stale, and past which there is no model, ms. */
export interface ModelLimits {
  readonly maxAgeMs: number;
  readonly spotStaleMs: number;
  /** Of quotes, trades and greeks: what chain snapshots bring at the latest, where nothing is streamed. */
  readonly chainStaleMs: number;
}

/** What the inputs are judged by. */
export interface InputTimes {
  readonly asOfMs: number;
  /** `YYYY-MM-DD`. */
  readonly tradingDay: string;
  /** `null` where there is no value of the underlying. */
  readonly spotMs: number | null;
  readonly records: RecordTimes;
}

/**
 * How a model with these inputs stands. A group of the records is as old as its newest value: a contract that nobody quotes
 * says nothing about the feed. An epoch without contracts lacks nothing. Open interest is stale when it is not that of the
 * trading day, and never too old.
 *
 * @param inputs each one, or several of which the best counts.
 */
export function judgeInputs(
  inputs: readonly (ModelInputName | readonly ModelInputName[])[],
  times: InputTimes,
  limits: ModelLimits,
): { readonly status: ModelStatus; readonly reasons: readonly ModelReason[] } {
  const faults = inputs.flatMap((input) => {
    const names = typeof input === "string" ? [input] : input;
    const [best] = names
      .map((name) => ({ name, fault: faultOf(name, times, limits) }))
      .sort((a, b) => severity(a.fault) - severity(b.fault));
    return best?.fault === undefined ? [] : [best];
  });
  return {
    status: faults.length === 0 ? "live" : faults.every(({ fault }) => fault === "stale") ? "stale" : "none",
    reasons: faults.map(({ name, fault }): ModelReason => `${name}_${fault ?? "missing"}`),
  };
}

const SEVERITY: readonly (InputFault | undefined)[] = [undefined, "stale", "too_old", "missing"];

function severity(fault: InputFault | undefined): number {
  return SEVERITY.indexOf(fault);
}

function faultOf(name: ModelInputName, times: InputTimes, limits: ModelLimits): InputFault | undefined {
  const { records, asOfMs, spotMs, tradingDay } = times;
  if (name === "spot") return ageFault(spotMs, asOfMs, limits.spotStaleMs, limits.maxAgeMs);
  if (records.contracts === 0) return undefined;
  if (name === "open_interest") {
    const day = records.openInterest.newestDay;
    return day === null ? "missing" : day < tradingDay ? "stale" : undefined;
  }
  return ageFault(records[name].newestMs, asOfMs, limits.chainStaleMs, limits.maxAgeMs);
}

function ageFault(atMs: number | null, asOfMs: number, staleMs: number, maxMs: number): InputFault | undefined {
  if (atMs === null) return "missing";
  const ageMs = asOfMs - atMs;
  return ageMs > maxMs ? "too_old" : ageMs > staleMs ? "stale" : undefined;
}
