import { modelNameSchema } from "../../context/model.ts";
import type { SubstrateRecord } from "../../epoch/substrate.ts";
import { cutText, describeValue } from "../../wire/describe-value.ts";
import { judgeInputs, type ModelLimits, type ModelReason, type ModelStatus } from "./freshness.ts";
import type { ModelDefinition, ModelInput } from "./model-definition.ts";
import { MODEL_INPUTS, type RecordTimes, recordTimes } from "./model-inputs.ts";
import { asOfOf, type ModelEnvelope } from "./model-message.ts";

/** What a model of one symbol is told from. */
export interface ModelMoment extends Omit<ModelInput, "epoch"> {
  /** `null` where none is active: then there are no records. */
  readonly epoch: ModelInput["epoch"] | null;
  /** When spot was true, ms since the Unix epoch. */
  readonly spotMs: number | null;
  /** Of `records`. */
  readonly times: RecordTimes;
}

/** A message, and how it came about: `skipped` without a computation, since an input is missing or too old. */
export interface ModelStep<Data> {
  readonly kind: "full" | "incremental" | "skipped" | "failed";
  readonly message: ModelEnvelope<Data>;
  /** Why a computation failed. */
  readonly error: unknown;
}

/** Where there is no epoch. */
export const NO_RECORD_TIMES: RecordTimes = recordTimes([]);

/**
 * One model of one symbol over time: judges the inputs, computes in full or incrementally, checks the data, and wraps them
 * into the message. Pure: the same calls come to the same messages.
 */
export class ModelRun<Data extends object = object> {
  readonly definition: ModelDefinition<Data>;
  readonly #limits: ModelLimits;
  /** As of the last computation; `undefined` where the next has to be a full one. */
  #kept: { readonly epoch: string; readonly state: unknown } | undefined;

  /** @throws {TypeError} for a definition whose name, version or inputs are none. */
  constructor(definition: ModelDefinition<Data>, limits: ModelLimits) {
    requireDefinition(definition);
    this.definition = definition;
    this.#limits = limits;
  }

  /** Takes what is kept for lost: the next computation is a full one. */
  forget(): void {
    this.#kept = undefined;
  }

  /** How the model would stand, without computing it. */
  standing(moment: ModelMoment): { readonly status: ModelStatus; readonly reasons: readonly ModelReason[] } {
    if (moment.epoch === null) return { status: "none", reasons: ["no_epoch"] };
    const { asOfMs, tradingDay, spotMs, times } = moment;
    return judgeInputs(this.definition.inputs, { asOfMs, tradingDay, spotMs, records: times }, this.#limits);
  }

  /**
   * @param changed the records that are others than at the last call; `null` where that is not known, or all are. Whatever
   * is left out here is missing in the model until the next full computation.
   */
  step(moment: ModelMoment, changed: readonly SubstrateRecord[] | null): ModelStep<Data> {
    const { status, reasons } = this.standing(moment);
    const { epoch } = moment;
    if (epoch === null || status === "none") {
      // What changes meanwhile is not followed.
      this.forget();
      return { kind: "skipped", message: this.#message(moment, "none", reasons, null), error: undefined };
    }
    try {
      const { kind, data } = this.#compute({ ...moment, epoch }, changed);
      return { kind, message: this.#message(moment, status, reasons, this.#checked(data)), error: undefined };
    } catch (error) {
      return this.failed(moment, error);
    }
  }

  /** What to say where a computation, or what became of it, is of no use. */
  failed(moment: ModelMoment, error: unknown): ModelStep<Data> {
    this.forget();
    return { kind: "failed", message: this.#message(moment, "none", ["failed"], null), error };
  }

  #compute(
    input: ModelInput,
    changed: readonly SubstrateRecord[] | null,
  ): { readonly kind: "full" | "incremental"; readonly data: Data } {
    const { definition } = this;
    const kept = this.#kept;
    const isIncremental = changed !== null && definition.incremental !== undefined && kept?.epoch === input.epoch;
    const { data, state } =
      isIncremental && definition.incremental !== undefined
        ? definition.incremental(input, kept?.state, changed)
        : definition.full(input);
    this.#kept = { epoch: input.epoch, state };
    return { kind: isIncremental ? "incremental" : "full", data };
  }

  #checked(data: Data): Data {
    const action = `Cannot publish a ${this.definition.name} model`;
    // A schema may allow anything, and then a model would be told live that says nothing.
    if (typeof data !== "object" || data === null) {
      throw new TypeError(`${action}: its data must be an object, current value is ${describeValue(data)}`);
    }
    const { success, error } = this.definition.schema.safeParse(data);
    if (success) return data;
    const [issue] = error.issues;
    const where = (issue?.path ?? []).map(String).join(".");
    throw new TypeError(`${action}: its data must pass its schema, '${where}': ${cutText(issue?.message ?? "")}`);
  }

  #message(
    moment: ModelMoment,
    status: ModelStatus,
    reasons: readonly ModelReason[],
    data: Data | null,
  ): ModelEnvelope<Data> {
    const { name, version } = this.definition;
    const { symbol, epoch, asOfMs, spotPts, spotMs, times } = moment;
    return {
      model: name,
      version,
      symbol,
      epoch,
      ts: asOfMs / 1_000,
      status,
      reasons,
      spot_pts: spotPts,
      as_of: asOfOf(spotMs, times),
      contracts: times.contracts,
      data,
    };
  }
}

function requireDefinition({ name, version, inputs }: Pick<ModelDefinition, "name" | "version" | "inputs">): void {
  const refuse = (required: string, value: unknown): never => {
    throw new TypeError(`Cannot make a model: ${required}, current value is ${describeValue(value)}`);
  };
  const named = modelNameSchema.safeParse(name);
  if (!named.success) refuse(`'name' must be ${named.error.issues[0]?.message ?? "a name"}`, name);
  if (!Number.isSafeInteger(version) || version < 1) refuse("'version' must be a whole number above 0", version);
  const unknown = inputs.flat().find((input) => !MODEL_INPUTS.includes(input));
  if (unknown !== undefined) refuse(`'inputs' must be of ${MODEL_INPUTS.join(", ")}`, unknown);
}
