/**
 * Exposures, levels and flips.
 *
 * @module
 */
export {
  type ExposureContract,
  type ExposureContractId,
  IV_RANGE,
  LEAST_YEARS,
  MISSING_REASONS,
  type MissingReason,
} from "./contract.ts";
export type { CountedContracts, ExposureCounts } from "./counts.ts";
export { type CumulativeFlip, cumulativeFlip } from "./cumulative-flip.ts";
export {
  type ExposureCell,
  ExposureCells,
  type ExposureCellsOptions,
  type ExposureReport,
  type SeriesExposure,
  type StrikeExposure,
} from "./exposure-cells.ts";
export { type FlipOptions, type GammaFlip, type GammaFlips, gammaFlips } from "./flips.ts";
export { type MeasuredContract, measureContract } from "./measure.ts";
export { gammaProfile, type ProfilePoint, profileLevels } from "./profile.ts";
export { RepricedGamma } from "./repriced-gamma.ts";
export {
  dealerPositionChange,
  dealerSign,
  type ExposureBasis,
  type ExposureConvention,
  NAIVE_OPEN_INTEREST,
  type SignModel,
} from "./sign-model.ts";
export {
  chexUsdPerHour,
  EXPOSURES,
  type ExposureFigures,
  type ExposureName,
  type ExposureSides,
  gexUsdPerPoint,
} from "./sums.ts";
export { type ExposureWalls, exposureWalls, type Wall } from "./walls.ts";
