/**
 * The flow messages, as they stand in stores and on the wire. Names are those of the public keys, with units in them;
 * `_ns` are decimal strings of nanoseconds of event time. Missing is `null`.
 */

/** Sums over one rolling window. */
export interface FlowWindow {
  /** Length in seconds. */
  readonly seconds: number;
  readonly prints: number;
  /** Contracts traded. */
  readonly contracts: number;
  readonly premium_usd: number;
  /** Bought minus sold; `null` while no print of the window has a side. */
  readonly signed_premium_usd: number | null;
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
  /** Contracts bought minus sold; `null` while no print has a side. */
  readonly signed_volume: number | null;
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
  /** By root, strike, right. */
  readonly cells: readonly GridCell[];
}
