export { type AllocationDiff, allocationDiff } from "./allocation-diff.ts";
export type { SlotKind } from "./candidate.ts";
export { DecayedRates, rateTerm } from "./decayed-rates.ts";
export type { RateEstimate } from "./rate-estimate.ts";
export { DEFAULT_SCHEDULER_CONFIG, RATE_MEASURES, type RateMeasure, type SchedulerConfig } from "./scheduler-config.ts";
export type { Coverage, SchedulerStatistics, Turnover } from "./scheduler-statistics.ts";
export { SubscriptionScheduler } from "./subscription-scheduler.ts";
