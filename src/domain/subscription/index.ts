export { type AllocationDiff, allocationDiff } from "./allocation-diff.ts";
export type { SlotKind } from "./candidate.ts";
export { DecayedRates, rateTerm } from "./decayed-rates.ts";
export { jaccardDistance, rankBiasedOverlap } from "./rank-overlap.ts";
export type { RateEstimate } from "./rate-estimate.ts";
export {
  DEFAULT_SCHEDULER_CONFIG,
  RATE_MEASURES,
  type RateMeasure,
  SCHEDULER_RULES,
  type SchedulerConfig,
  type SchedulerRule,
} from "./scheduler-config.ts";
export type { Coverage, SchedulerStatistics, Turnover } from "./scheduler-statistics.ts";
export { assignShards, SHARD_SLACK } from "./shards.ts";
export { SubscriptionScheduler } from "./subscription-scheduler.ts";
