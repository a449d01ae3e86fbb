/**
 * The gex model: exposures and levels as messages have them.
 *
 * @module
 */
export type * from "./gex-data.ts";
export { type GexModelOptions, gexModel } from "./gex-model.ts";
export { gexDataSchema } from "./gex-schema.ts";
