/**
 * What a model is, and what its messages look like.
 *
 * @module
 */
export {
  type InputFault,
  type InputTimes,
  judgeInputs,
  type ModelLimits,
  type ModelReason,
  type ModelStatus,
} from "./freshness.ts";
export type { ModelDefinition, ModelInput, ModelResult } from "./model-definition.ts";
export {
  type GroupDays,
  type GroupTimes,
  MODEL_INPUTS,
  type ModelInputName,
  type RecordTimes,
  recordTimes,
} from "./model-inputs.ts";
export {
  type AsOfSpan,
  MODEL_REASONS,
  type ModelAsOf,
  type ModelEnvelope,
  type ModelJsonSchema,
  modelJsonSchema,
  modelMessageSchema,
} from "./model-message.ts";
export { type ModelMoment, ModelRun, type ModelStep, NO_RECORD_TIMES } from "./model-run.ts";
export { type ModelSpot, modelSpot } from "./model-spot.ts";
