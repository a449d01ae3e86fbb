import type { SpotValue } from "../domain/context/spot.ts";

/** One answer about several symbols. */
export interface SpotAnswer {
  /** In the order of the answer, named without `I:`. What is cleared for the night, or not dated, is no value. */
  readonly values: readonly SpotValue[];
  /**
   * Symbols that were asked for and not answered, or refused, or whose value could not be read, and what came without being
   * asked for; each once, named as in the request, with the provider's own words where it has any.
   */
  readonly refused: readonly { readonly symbol: string; readonly reason: string }[];
  /** The body as it came. */
  readonly payload: string;
  readonly receivedAtMs: number;
  /** From the request to the last byte, waits for the budget included. */
  readonly latencyMs: number;
}

/** What indices and stocks stand at, over request and response. */
export interface SpotProvider {
  /** How many symbols one request can ask for; more, and none, are a `RangeError`. One that is none is a `TypeError`. */
  readonly maxSymbols: number;
  /**
   * One request for indices, named as the provider does: `I:SPX`.
   *
   * Rejects with a `RestError` where no answer came; with the reason of `signal` where that aborts. A symbol that comes
   * twice is asked for once.
   */
  indices(symbols: readonly string[], signal: AbortSignal): Promise<SpotAnswer>;
  /** The same for stocks, `SPY`: their last trade, and where there is none the last minute, else the day. */
  stocks(symbols: readonly string[], signal: AbortSignal): Promise<SpotAnswer>;
}
