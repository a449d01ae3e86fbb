import type { FlowBuckets } from "./flow-buckets.ts";

/**
 * The flow messages, as they stand in stores and on the wire. Names are those of the public keys, with units in them;
 * `_ns` are decimal strings of nanoseconds of event time. Missing is `null`.
 */

/** Changes with any change of the flow messages that a reader could notice. */
export const FLOW_SCHEMA_VERSION = 3;

/** What one side traded. */
export interface FlowSide {
  readonly prints: number;
  /** Contracts traded. */
  readonly contracts: number;
  readonly premium_usd: number;
}

/** What was traded, by who was the aggressor: `bought`, `sold` and `unsigned` add up to all. */
export interface FlowTotals extends FlowSide {
  readonly bought: FlowSide;
  readonly sold: FlowSide;
  /** Without a side: legs of packages, and prints of which nothing can be said. */
  readonly unsigned: FlowSide;
  /** Bought minus sold; `null` while no print has a side. */
  readonly signed_contracts: number | null;
  readonly signed_premium_usd: number | null;
  /**
   * Bought minus sold as far as sides can be relied on: contracts times `2p - 1`, where p is how often the rule that found
   * the side is right, as published. `null` while no side has a published accuracy.
   */
  readonly expected_contracts: number | null;
  /** Contracts with a side and a p. */
  readonly rated_contracts: number;
  /** The mean of p over them, 0 to 1; `null` while there are none. */
  readonly side_accuracy: number | null;
  /**
   * Units of the underlying that prints with a side have moved: side times contracts times delta times multiplier, above 0
   * where buyers of calls and sellers of puts prevail. Dollars are this times spot. `null` while no delta was known.
   */
  readonly delta_flow_units: number | null;
  /** Prints with a side whose delta was not known: they are missing in `delta_flow_units`. */
  readonly delta_missing_prints: number;
  /**
   * Kinds of prints that are counted apart: legs of packages, single-leg crosses and compressions, which are in all of the
   * above too, and late reports, which are nowhere else.
   */
  readonly apart: FlowBuckets;
}

/** Sums over one rolling window. */
export interface FlowWindow extends FlowTotals {
  /** Length in seconds. */
  readonly seconds: number;
}

/** One of the busiest contracts. */
export interface ActiveContract {
  readonly contract: string;
  readonly contracts_per_sec: number;
  readonly day_contracts: number;
}

/** What trades in one underlying: windows that end at `as_of_ns`. */
export interface FlowSnapshot {
  readonly schema_version: number;
  readonly underlying: string;
  /** The highest event time seen on the feed. */
  readonly as_of_ns: string;
  /** Nothing before it is expected any more; `null` where no connection has told. */
  readonly watermark_ns: string | null;
  /** Ascending by length: 1, 10, 60. */
  readonly windows: readonly FlowWindow[];
  /** Of the trading day. */
  readonly day: FlowTotals;
  /** Decayed rate with a half-life of 60 s. */
  readonly contracts_per_sec: number;
  /** By decayed rate, at most ten. */
  readonly top_contracts: readonly ActiveContract[];
  readonly trading_day: string;
}

/** One contract of a grid. */
export interface GridCell {
  readonly root: string;
  readonly strike: number;
  readonly right: "C" | "P";
  /** Points; `null` where no print of the day set a last sale. */
  readonly last: number | null;
  readonly last_size: number | null;
  readonly last_ns: string | null;
  /** Contracts of the trading day. */
  readonly volume: number;
  readonly prints: number;
  readonly premium_usd: number;
  /** Contracts that buyers and sellers took; the rest of `volume` has no side. */
  readonly bought_volume: number;
  readonly sold_volume: number;
  /** Contracts bought minus sold; `null` while no print has a side. */
  readonly signed_volume: number | null;
  readonly signed_premium_usd: number | null;
  /** As `expected_contracts`, and the others, in `FlowTotals`. */
  readonly expected_volume: number | null;
  readonly delta_flow_units: number | null;
  readonly delta_missing_prints: number;
  /** Contracts of legs of packages, of single-leg crosses and of compressions, all in `volume`; and of late reports, which are not. */
  readonly multi_leg_volume: number;
  readonly cross_volume: number;
  readonly compression_volume: number;
  readonly late_report_volume: number;
  /** Decayed rate with a half-life of 60 s. */
  readonly contracts_per_sec: number;
}

/** What traded in one underlying and expiration, cell by cell, ready for a heatmap. */
export interface GridSnapshot {
  readonly schema_version: number;
  readonly underlying: string;
  /** `YYYY-MM-DD`. */
  readonly expiration: string;
  readonly as_of_ns: string;
  readonly watermark_ns: string | null;
  readonly trading_day: string;
  /** Of all cells. */
  readonly day: FlowTotals;
  readonly contracts_per_sec: number;
  /** By root, strike, right. */
  readonly cells: readonly GridCell[];
}
