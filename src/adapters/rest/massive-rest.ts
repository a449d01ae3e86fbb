import { SILENT_LOGGER } from "../../domain/silent.ts";
import type { ChainFetch, ChainProvider, ChainQuery } from "../../ports/chain-provider.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type {
  ContractQuery,
  ListedContract,
  MarketHoliday,
  MarketStatus,
  ReferenceProvider,
} from "../../ports/reference-provider.ts";
import type { SpotAnswer, SpotProvider } from "../../ports/spot-provider.ts";
import { fetchChain } from "./chain-snapshot.ts";
import { listContracts, listExpirations } from "./contract-list.ts";
import { fetchUnified } from "./fetch-unified.ts";
import { fetchHolidays, fetchMarketStatus } from "./market-status.ts";
import { RequestBudget } from "./request-budget.ts";
import { type Fetch, RestClient } from "./rest-client.ts";
import { DEFAULT_MAX_FUTURE_SKEW_MS, type RestContext } from "./rest-context.ts";
import { assertBaseUrl } from "./rest-url.ts";
import { fetchIndices, fetchStocks, MAX_TICKERS } from "./spot-snapshot.ts";
import type { UnifiedAnswer } from "./unified-snapshot.ts";

/** How requests are made. */
export interface MassiveRestOptions {
  /** Goes out in a header, to the origin of `baseUrl` alone, and is shown nowhere. */
  readonly apiKey: string;
  readonly clock: Clock;
  /** Nothing but an origin; default `https://api.massive.com`. */
  readonly baseUrl?: string;
  /** Shared with whoever else sends on this account; default one of its own with 20 requests a second. */
  readonly budget?: RequestBudget;
  /** How long one request may take from its sending to its last byte, ms; default 10,000. Waits for the budget do not count. */
  readonly timeoutMs?: number;
  /** Of one cursor; default 400, which are 100,000 contracts of a chain. */
  readonly maxPages?: number;
  /** Of one answer; default 33,554,432. */
  readonly maxBodyBytes?: number;
  /** How far behind its receipt the time of a value may lie, ms; default 5,000, as for events of the feed. */
  readonly maxFutureSkewMs?: number;
  /** Hears of rows of contract lists, market status and holidays that are left out; default nobody. */
  readonly logger?: Logger;
  /** Default the runtime's own. */
  readonly fetch?: Fetch;
}

const DEFAULT_BASE_URL = "https://api.massive.com";
const DEFAULT_REQUESTS_PER_SEC = 20;

/**
 * Massive over request and response, on `fetch` alone. Each method sends every request once: what failed is told by a
 * `RestError`, and `isTransient` says whether it is worth another try.
 *
 * @example
 * ```ts
 * const provider = new MassiveRest({ apiKey: "key", clock: SYSTEM_CLOCK });
 * const query = { underlying: "I:SPX", expiration: "2025-12-23" };
 * const chain = await provider.snapshot(query, AbortSignal.timeout(30_000));
 * console.log(chain.contracts.length, chain.complete);
 * ```
 */
export class MassiveRest implements ChainProvider, SpotProvider, ReferenceProvider {
  readonly maxSymbols: number = MAX_TICKERS;
  readonly #context: RestContext;

  /**
   * @throws {TypeError} for a key that no header can carry, and a base URL that is more than an origin.
   * @throws {RangeError} unless the bounds are positive integers.
   */
  constructor(options: MassiveRestOptions) {
    const { apiKey, clock, logger = SILENT_LOGGER } = options;
    assertKey(apiKey);
    this.#context = {
      client: new RestClient({
        apiKey,
        clock,
        budget: options.budget ?? new RequestBudget({ clock, requestsPerSec: DEFAULT_REQUESTS_PER_SEC }),
        // Some runtimes refuse a `fetch` that is called as a method of another object.
        fetch: options.fetch ?? ((url, init) => fetch(url, init)),
        timeoutMs: positive("timeoutMs", options.timeoutMs ?? 10_000),
        maxBodyBytes: positive("maxBodyBytes", options.maxBodyBytes ?? 33_554_432),
      }),
      clock,
      logger,
      origin: assertBaseUrl(options.baseUrl ?? DEFAULT_BASE_URL),
      maxPages: positive("maxPages", options.maxPages ?? 400),
      maxFutureSkewMs: positive("maxFutureSkewMs", options.maxFutureSkewMs ?? DEFAULT_MAX_FUTURE_SKEW_MS),
    };
  }

  /** `GET /v3/snapshot/options/{underlying}`, pages of 250. Greeks are versioned by their receipt, open interest by its trading day. */
  async snapshot(query: ChainQuery, signal: AbortSignal): Promise<ChainFetch> {
    return await fetchChain(this.#context, query, signal);
  }

  /** `GET /v3/snapshot/indices`. */
  async indices(symbols: readonly string[], signal: AbortSignal): Promise<SpotAnswer> {
    return await fetchIndices(this.#context, symbols, signal);
  }

  /** `GET /v2/snapshot/locale/us/markets/stocks/tickers`. */
  async stocks(symbols: readonly string[], signal: AbortSignal): Promise<SpotAnswer> {
    return await fetchStocks(this.#context, symbols, signal);
  }

  /**
   * `GET /v3/snapshot`: options, stocks and indices in one request of at most `maxSymbols` tickers. Rejects as `indices`
   * does.
   */
  async unifiedSnapshot(tickers: readonly string[], signal: AbortSignal): Promise<UnifiedAnswer> {
    return await fetchUnified(this.#context, tickers, signal);
  }

  /** `GET /v3/reference/options/contracts`: one small request for each expiration, and one more where there are fewer. */
  async expirations(underlying: string, from: string, count: number, signal: AbortSignal): Promise<readonly string[]> {
    return await listExpirations(this.#context, { underlying, from, count }, signal);
  }

  /** `GET /v3/reference/options/contracts`, pages of 1,000. */
  contracts(query: ContractQuery, signal: AbortSignal): AsyncIterable<readonly ListedContract[]> {
    return listContracts(this.#context, query, signal);
  }

  /** `GET /v1/marketstatus/now`. */
  async marketStatus(signal: AbortSignal): Promise<MarketStatus> {
    return await fetchMarketStatus(this.#context, signal);
  }

  /** `GET /v1/marketstatus/upcoming`. */
  async upcomingHolidays(signal: AbortSignal): Promise<readonly MarketHoliday[]> {
    return await fetchHolidays(this.#context, signal);
  }
}

function assertKey(key: string): void {
  if (typeof key === "string" && /^[\x21-\x7e]+$/.test(key)) return;
  throw new TypeError(
    "Cannot reach the provider: 'apiKey' must be printable ASCII without blanks, current value is not (it is not shown)",
  );
}

function positive(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`Cannot reach the provider: '${name}' must be a positive integer, current value is ${value}`);
}
