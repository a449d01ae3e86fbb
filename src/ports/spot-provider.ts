import type { SpotValue } from "../domain/context/spot.ts";

/** One answer about several symbols. */
export interface SpotAnswer {
  /** In the order of the answer. */
  readonly values: readonly SpotValue[];
  /** Symbols that were asked for and not answered, or refused, or whose value could not be read; each once. */
  readonly refused: readonly { readonly symbol: string; readonly reason: string }[];
  /** The body as it came. */
  readonly payload: string;
  readonly receivedAtMs: number;
  /** From the request to the last byte, waits for the budget included. */
  readonly latencyMs: number;
}

/** What indices and stocks stand at, over request and response. */
export interface SpotProvider {
  /** How many symbols one request can ask for; more are a `RangeError`. */
  readonly maxSymbols: number;
  /**
   * One request for indices, named as the provider does: `I:SPX`.
   *
   * Rejects with a `RestError` where no answer came; with the reason of `signal` where that aborts.
   */
  indices(symbols: readonly string[], signal: AbortSignal): Promise<SpotAnswer>;
  /** The same for stocks: `SPY`. */
  stocks(symbols: readonly string[], signal: AbortSignal): Promise<SpotAnswer>;
}
