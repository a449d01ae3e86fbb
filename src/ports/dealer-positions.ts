/** What dealers are estimated to hold, and up to when it is told. */
export interface DealerBook {
  /**
   * Contracts by ticker, below 0 where dealers are short: the sum of what its prints are expected to have moved, see
   * `dealerPositionChange`. A contract that is not in it had no signed flow. The same object as before where nothing
   * has changed.
   */
  readonly positions: ReadonlyMap<string, number>;
  /**
   * How often the sides are right that they follow from, as published: the mean over contracts, 0 to 1; `null` where nobody
   * tells.
   */
  readonly accuracy: number | null;
  /** Event time up to which prints are in it, ms since the Unix epoch. */
  readonly asOfMs: number;
}

/** Tells what dealers are estimated to hold, by the signed flow of a trading day. */
export interface DealerPositions {
  /**
   * @param symbol without `I:`.
   * @param tradingDay `YYYY-MM-DD`.
   * @param expirations of the contracts that are asked for, each `YYYY-MM-DD`.
   * @returns `null` where there is no flow of that day.
   */
  positions(symbol: string, tradingDay: string, expirations: readonly string[]): Promise<DealerBook | null>;
}
