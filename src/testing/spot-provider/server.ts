import type { SpotProvider } from "../../ports/spot-provider.ts";
import type { ContractRunner } from "../runner.ts";

/** What a server says of a symbol; what is `null` it leaves out. */
export interface ServedSpot {
  readonly value: number;
  /** When the value was true, ns. */
  readonly asOfTsNs: bigint;
  /** Of stocks only. */
  readonly volume: number | null;
  readonly timeframe: "REAL-TIME" | "DELAYED" | null;
  readonly change: number | null;
  readonly changePct: number | null;
}

/** How the next request of a kind goes: an HTTP status that is an error, no answer before the time is up, or none at all. */
export type ServedFailure =
  | {
      readonly status: 400 | 401 | 403 | 404 | 429 | 500 | 502 | 503 | 504;
      /** What the header asks for, s. */
      readonly retryAfterSec?: number | undefined;
    }
  | "timeout"
  | "network";

/** A provider under test with the server that it asks. */
export interface SpotServer {
  readonly provider: SpotProvider;
  /** What is said of a symbol from now on; it is named as the provider does, `I:SPX` or `SPY`. */
  put(symbol: string, spot: ServedSpot): void;
  /** Fails the next request of a kind. */
  failNext(kind: "indices" | "stocks", failure: ServedFailure): void;
  /** Leaves the next request of a kind without an answer until it is aborted; ends when that is arranged. */
  hangNext(kind: "indices" | "stocks"): void;
  /** Ends when `ms` have passed for the provider: a manual clock is advanced, others are waited for. */
  elapse(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

/** What an adapter cannot be made to do in a test. Each entry is the reason. */
export interface SpotProviderLimits {
  /** The provider's snapshots of stocks do not say whether they are delayed. */
  readonly timeframeOfStocks?: string;
}

/** What the suite needs to know of an adapter. */
export interface SpotProviderOptions {
  readonly runner: ContractRunner;
  /** A provider with a server that knows no symbol; called once per test. */
  readonly open: () => Promise<SpotServer>;
  readonly limits?: SpotProviderLimits;
}
