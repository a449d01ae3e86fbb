import type { TradeConditionFlags } from "../market/conditions.ts";

/**
 * Kinds of prints that are counted apart: legs of packages, single-leg crosses, compressions, and late reports. All but the
 * last are in the sums as well.
 */
export const FLOW_BUCKETS = ["multi_leg", "cross", "compression", "late_report"] as const;

export type FlowBucket = (typeof FLOW_BUCKETS)[number];

/** What one kind adds up to. */
export interface BucketSums {
  readonly prints: number;
  readonly contracts: number;
}

export type FlowBuckets = Readonly<Record<FlowBucket, BucketSums>>;

/** The same, to add to. */
export type OpenFlowBuckets = Readonly<Record<FlowBucket, { -readonly [Field in keyof BucketSums]: number }>>;

/** Nothing in any of them. */
export function noBuckets(): OpenFlowBuckets {
  return {
    multi_leg: { prints: 0, contracts: 0 },
    cross: { prints: 0, contracts: 0 },
    compression: { prints: 0, contracts: 0 },
    late_report: { prints: 0, contracts: 0 },
  };
}

/** As they stand. */
export function copyOf(buckets: FlowBuckets): OpenFlowBuckets {
  const copy = noBuckets();
  addBuckets(copy, buckets, 1);
  return copy;
}

/** The one kind that a print is of; `undefined` for nearly all. Of several the first says most about its price. */
export function bucketOf({ lateReport, multiLeg, compression, cross }: TradeConditionFlags): FlowBucket | undefined {
  if (lateReport) return "late_report";
  if (multiLeg) return "multi_leg";
  if (compression) return "compression";
  return cross ? "cross" : undefined;
}

/** Adds one print, or with a sign of -1 takes it out again. @param size contracts. */
export function addToBucket(buckets: OpenFlowBuckets, bucket: FlowBucket, size: number, sign: 1 | -1): void {
  buckets[bucket].prints += sign;
  buckets[bucket].contracts += sign * size;
}

/** Adds to all of them, or with a sign of -1 takes away. */
export function addBuckets(buckets: OpenFlowBuckets, more: FlowBuckets, sign: 1 | -1): void {
  for (const bucket of FLOW_BUCKETS) {
    buckets[bucket].prints += sign * more[bucket].prints;
    buckets[bucket].contracts += sign * more[bucket].contracts;
  }
}
