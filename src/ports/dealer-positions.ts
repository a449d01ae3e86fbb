/** Tells what dealers are estimated to hold, by the signed flow of a trading day. */
export interface DealerPositions {
  /**
   * Contracts by ticker, below 0 where dealers are short: by each print as much as it is expected to move their position,
   * see `dealerPositionChange`. A contract that is not in it had no signed flow. The same object as before where nothing
   * has changed.
   *
   * @param symbol without `I:`.
   * @param tradingDay `YYYY-MM-DD`.
   * @returns `null` where there is no flow of that day.
   */
  positions(symbol: string, tradingDay: string): Promise<ReadonlyMap<string, number> | null>;
}
