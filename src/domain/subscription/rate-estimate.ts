/** What is known of the rate of an instrument. */
export interface RateEstimate {
  /** Per second, finite and not below 0; `undefined` for an instrument that nobody has measured. */
  readonly perSec: number | undefined;
  /** Time since the instrument was last observed, in ms: 0 while it is subscribed. Finite and not below 0. */
  readonly ageMs: number;
}
