/** Shares of all orders that end otherwise than in one plain print. What they leave of 1 are plain ones. */
export interface HappeningShares {
  /** Several legs in one millisecond, under multi-leg conditions. */
  readonly package: number;
  /** Several prints in one millisecond. */
  readonly fills: number;
  /** Two prints that the feed shows exactly alike, sequence number included. */
  readonly equal: number;
  /** Printed 4 to 90 s after its event time, with a condition that says so. */
  readonly lateReport: number;
  /** Delivered 1.2 to 4 s late, with an ordinary condition. */
  readonly slow: number;
  /** Taken back by a print of the same contract, price, size and exchange 2 to 50 s later. */
  readonly cancel: number;
}

export const DEFAULT_HAPPENINGS: HappeningShares = Object.freeze({
  package: 0.07,
  fills: 0.14,
  equal: 0.005,
  lateReport: 0.004,
  slow: 0.004,
  cancel: 0.005,
});
