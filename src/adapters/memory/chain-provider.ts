import type { SubstrateRecord } from "../../domain/epoch/substrate.ts";
import { RestError, type RestErrorReason } from "../../domain/errors.ts";
import type { ChainFetch, ChainProvider, ChainQuery, FetchedContract } from "../../ports/chain-provider.ts";
import type { Clock } from "../../ports/clock.ts";
import type {
  ContractQuery,
  ListedContract,
  MarketHoliday,
  MarketStatus,
  ReferenceProvider,
} from "../../ports/reference-provider.ts";

/** What a {@link MemoryChainProvider} is made with. */
export interface MemoryChainProviderOptions {
  readonly clock: Clock;
  /** How long each request takes, ms. @default 0 */
  readonly latencyMs?: number | undefined;
}

interface Failure {
  readonly reason: RestErrorReason;
  readonly retryAfterMs: number | undefined;
  /** The first pages come, and then it fails. */
  readonly isPartial: boolean;
  times: number;
}

/**
 * Option chains under control, for tests: what is put is what every fetch answers with, until the test says otherwise.
 *
 * @example
 * ```ts
 * const provider = new MemoryChainProvider({ clock: SYSTEM_CLOCK });
 * const terms = { contract: "O:SPXW251223P06870000", root: "SPXW", expiration: "2025-12-23", underlying: "SPX" };
 * provider.put([
 *   { terms: { ...terms, strike: 6_870, right: "P", multiplier: 100, style: "european" } },
 * ]); // the whole chain of its underlying
 * provider.fail("server"); // the next request
 * ```
 */
export class MemoryChainProvider implements ChainProvider, ReferenceProvider {
  readonly #clock: Clock;
  readonly #chains = new Map<string, readonly SubstrateRecord[]>();
  readonly #failures: Failure[] = [];
  #holidays: readonly MarketHoliday[] = [];
  #requests = 0;
  #spot: ChainFetch["spot"] = null;
  latencyMs: number;

  constructor(options: MemoryChainProviderOptions) {
    this.#clock = options.clock;
    this.latencyMs = options.latencyMs ?? 0;
  }

  /** Chain requests so far, failed ones among them. */
  get requests(): number {
    return this.#requests;
  }

  /** Replaces the chains of the underlyings that the records are of. An empty one is put by `clear`. */
  put(records: readonly SubstrateRecord[]): void {
    const underlyings = new Set(records.map(({ terms }) => terms.underlying));
    for (const underlying of underlyings) {
      this.#chains.set(
        underlying,
        records.filter(({ terms }) => terms.underlying === underlying),
      );
    }
  }

  /** @param underlying without `I:`. */
  clear(underlying: string): void {
    this.#chains.delete(underlying);
  }

  /** What chains say that their underlying stands at. */
  putSpot(spot: ChainFetch["spot"]): void {
    this.#spot = spot;
  }

  putHolidays(holidays: readonly MarketHoliday[]): void {
    this.#holidays = holidays;
  }

  /** Has the next chain requests fail, or, with `isPartial`, answer with the first half and fail then. */
  fail(
    reason: RestErrorReason,
    options: { readonly times?: number; readonly retryAfterMs?: number; readonly isPartial?: boolean } = {},
  ): void {
    const { times = 1, retryAfterMs, isPartial = false } = options;
    this.#failures.push({ reason, retryAfterMs, isPartial, times });
  }

  /** Nothing fails any more. */
  heal(): void {
    this.#failures.length = 0;
  }

  async snapshot(query: ChainQuery, signal: AbortSignal): Promise<ChainFetch> {
    this.#requests += 1;
    const failure = this.#nextFailure();
    await this.#clock.sleep(this.latencyMs, signal);
    signal.throwIfAborted();
    const error = failure === undefined ? undefined : errorOf(failure);
    if (error !== undefined && failure?.isPartial !== true) throw error;
    const all = this.#chainOf(query.underlying).filter((record) => isAskedFor(record, query));
    const contracts = (error === undefined ? all : all.slice(0, Math.ceil(all.length / 2))).map(fetched);
    return {
      contracts,
      complete: error === undefined,
      failure: error,
      refused: [],
      flawed: [],
      latencyMs: this.latencyMs,
      receivedAtMs: this.#clock.now(),
      pages: [JSON.stringify(contracts.map(({ json }) => json))],
      spot: this.#spot,
    };
  }

  async expirations(underlying: string, from: string, count: number, signal: AbortSignal): Promise<readonly string[]> {
    signal.throwIfAborted();
    const dates = new Set(this.#chainOf(underlying).map(({ terms }) => terms.expiration));
    return [...dates]
      .filter((date) => date >= from)
      .sort()
      .slice(0, count);
  }

  async *contracts(query: ContractQuery, signal: AbortSignal): AsyncIterable<readonly ListedContract[]> {
    signal.throwIfAborted();
    const { from = "", to = "9" } = query.expirations ?? {};
    yield this.#chainOf(query.underlying)
      .map(({ terms }) => ({ ...terms, isAdjusted: false }))
      .filter(({ expiration, right }) => {
        return expiration >= from && expiration <= to && (query.right === undefined || query.right === right);
      });
  }

  async marketStatus(signal: AbortSignal): Promise<MarketStatus> {
    signal.throwIfAborted();
    return { stocks: "open", indices: new Map(), serverTimeMs: this.#clock.now() };
  }

  async upcomingHolidays(signal: AbortSignal): Promise<readonly MarketHoliday[]> {
    signal.throwIfAborted();
    return this.#holidays;
  }

  #chainOf(underlying: string): readonly SubstrateRecord[] {
    return this.#chains.get(underlying.replace(/^I:/, "")) ?? [];
  }

  #nextFailure(): Failure | undefined {
    const [failure] = this.#failures;
    if (failure === undefined) return undefined;
    failure.times -= 1;
    if (failure.times <= 0) this.#failures.shift();
    return failure;
  }
}

function isAskedFor({ terms }: SubstrateRecord, { expiration, right, strikes }: ChainQuery): boolean {
  if (expiration !== undefined && terms.expiration !== expiration) return false;
  if (right !== undefined && terms.right !== right) return false;
  return strikes === undefined || (terms.strike >= strikes.from && terms.strike <= strikes.to);
}

function fetched(record: SubstrateRecord): FetchedContract {
  const { contract, strike } = record.terms;
  const json = JSON.stringify({ details: { ticker: contract, strike_price: strike } });
  return { record, strikeThousandths: Math.round(strike * 1_000), json, timeframe: "REAL-TIME" };
}

function errorOf({ reason, retryAfterMs }: Failure): RestError {
  return new RestError(`Cannot fetch a chain: the provider must answer, it says ${reason}`, { reason, retryAfterMs });
}
