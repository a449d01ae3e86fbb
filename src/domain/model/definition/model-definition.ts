import type { z } from "zod";
import type { ModelName } from "../../context/model.ts";
import type { EpochId, SubstrateRecord } from "../../epoch/substrate.ts";
import type { TradingCalendar } from "../../market/trading-calendar.ts";
import type { ModelInputName } from "./model-inputs.ts";

/** Everything that a model may be computed from, at one instant. */
export interface ModelInput {
  /** Without `I:`: `SPX`. */
  readonly symbol: string;
  readonly epoch: EpochId;
  /** The instant that the model is told for, whole ms since the Unix epoch. */
  readonly asOfMs: number;
  /** The session that the instant belongs to, `YYYY-MM-DD`: what expires on it is 0DTE. */
  readonly tradingDay: string;
  readonly calendar: TradingCalendar;
  /** What the underlying stands at, points; `null` where that is not known, never where it is among the model's inputs. */
  readonly spotPts: number | null;
  /** Every contract of the epoch, by ticker. */
  readonly records: ReadonlyMap<string, SubstrateRecord>;
  /**
   * What dealers are estimated to hold by the signed flow of the day, contracts by ticker, below 0 where they are short;
   * a contract that is not in it had no flow. `null` where nobody tells.
   */
  readonly dealerPositions: ReadonlyMap<string, number> | null;
  /** How often the sides behind them are right, as published, 0 to 1; `null` where nobody tells, and without them. */
  readonly dealerAccuracy: number | null;
  /** Event time up to which the flow is in them, ms since the Unix epoch; `null` without them. */
  readonly dealerPositionsMs: number | null;
}

/** What a computation came to. */
export interface ModelResult<Data, State> {
  /** What is published. */
  readonly data: Data;
  /** What the next incremental computation starts from; the definition's own business, and its own to change. */
  readonly state: State;
}

/**
 * A kind of model. All that a model is: a builder knows no more of it, and publishes any number of them.
 *
 * Both computations are pure in what they are given: no clock, no I/O, and at one instant, spot and set of records they come
 * to the same data, to the last bit. Within an epoch contracts neither come nor go.
 *
 * @example
 * ```ts
 * const heatmap: ModelDefinition = heatmapModel({ widths: { SPX: [5, 10, 25] } });
 * const gex: ModelDefinition = gexModel();
 * [heatmap, gex].map(({ name, inputs }) => [name, inputs]);
 * ```
 */
export interface ModelDefinition<Data extends object = object, State = unknown> {
  /** Lower-case letters, digits and underscores: `massive:{name}:model:{SYMBOL}`. */
  readonly name: ModelName;
  /** Of the schema. It rises when a reader of the version before would misread the data. */
  readonly version: number;
  /**
   * What there must be, and how fresh the model is: it is stale when one of these is, and is not computed where one is
   * missing or too old. Of several in a list the best counts: one stands in for the other.
   */
  readonly inputs: readonly (ModelInputName | readonly ModelInputName[])[];
  /** What the data look like. What does not pass is not published. */
  readonly schema: z.ZodType<Data>;
  /** Computes the model from everything: at first, for each epoch, and whenever the state may have missed something. */
  full(input: ModelInput): ModelResult<Data, State>;
  /**
   * Computes it from what the last computation left, in the same epoch: instant, spot and dealer positions may be others.
   * Where it is left out, each computation is a full one.
   *
   * @param changed the records that are others than last time, as they are now, each once; perhaps none.
   */
  incremental?(input: ModelInput, state: State, changed: readonly SubstrateRecord[]): ModelResult<Data, State>;
}
