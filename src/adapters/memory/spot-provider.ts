import type { SpotValue } from "../../domain/context/spot.ts";
import { RestError, type RestErrorReason } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SpotAnswer, SpotProvider } from "../../ports/spot-provider.ts";

/** What a {@link MemorySpotProvider} says of a symbol. */
export interface MemorySpotQuote {
  readonly value: number;
  /** When the value was true, ns. @default the time of each answer */
  readonly asOfTsNs?: bigint | undefined;
  readonly volume?: number | undefined;
  readonly timeframe?: "REAL-TIME" | "DELAYED" | undefined;
  readonly change?: number | undefined;
  readonly changePct?: number | undefined;
}

/** One request, as it was made. */
export interface MemorySpotRequest {
  readonly kind: "indices" | "stocks";
  readonly symbols: readonly string[];
  readonly atMs: number;
}

export interface MemorySpotProviderOptions {
  readonly clock: Clock;
  /** @default 250 */
  readonly maxSymbols?: number | undefined;
  /** From a request to its answer, or to its failure. @default 0 */
  readonly latencyMs?: number | undefined;
}

type Script = RestError | "hang";

const STATUS: Readonly<Partial<Record<RestErrorReason, number>>> = {
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  rate_limited: 429,
  server: 500,
  refused: 400,
};

/**
 * A provider of spot values without a network, for tests: it says of each symbol what it was told, and fails by script.
 *
 * @example
 * ```ts
 * const provider = new MemorySpotProvider({ clock: SYSTEM_CLOCK });
 * provider.put("I:SPX", { value: 6870.25 });
 * provider.fail("indices", "server", { times: 2 });
 * ```
 */
export class MemorySpotProvider implements SpotProvider {
  readonly maxSymbols: number;
  /** Of the requests from now on. */
  latencyMs: number;
  readonly #clock: Clock;
  readonly #quotes = new Map<string, MemorySpotQuote>();
  readonly #scripts = { indices: [] as Script[], stocks: [] as Script[] };
  readonly #requests: MemorySpotRequest[] = [];
  #pending = 0;
  #mostPending = 0;

  constructor(options: MemorySpotProviderOptions) {
    this.maxSymbols = options.maxSymbols ?? 250;
    this.latencyMs = options.latencyMs ?? 0;
    this.#clock = options.clock;
  }

  /** Every request so far, the oldest first. */
  get requests(): readonly MemorySpotRequest[] {
    return this.#requests;
  }

  /** How many requests were under way at a time at most. */
  get mostPending(): number {
    return this.#mostPending;
  }

  /** What is said of a symbol from now on; it is named as the provider does, `I:SPX` or `SPY`. */
  put(symbol: string, quote: MemorySpotQuote): void {
    this.#quotes.set(symbol, quote);
  }

  /** The symbol is unknown from now on. */
  remove(symbol: string): void {
    this.#quotes.delete(symbol);
  }

  /** Fails the next requests of a kind that nothing else was said of. */
  fail(
    kind: "indices" | "stocks",
    reason: RestErrorReason,
    options: {
      readonly times?: number;
      readonly retryAfterMs?: number | undefined;
      /** @default what goes with the reason */
      readonly status?: number | undefined;
    } = {},
  ): void {
    const { times = 1, retryAfterMs, status = STATUS[reason] } = options;
    for (let index = 0; index < times; index++) {
      const text = `Cannot fetch ${kind}: the provider must answer, it failed with '${reason}'`;
      this.#scripts[kind].push(new RestError(text, { reason, status, retryAfterMs }));
    }
  }

  /** Leaves the next request of a kind that nothing else was said of without an answer, until its abort. */
  hang(kind: "indices" | "stocks"): void {
    this.#scripts[kind].push("hang");
  }

  indices(symbols: readonly string[], signal: AbortSignal): Promise<SpotAnswer> {
    return this.#answer("indices", symbols, signal);
  }

  stocks(symbols: readonly string[], signal: AbortSignal): Promise<SpotAnswer> {
    return this.#answer("stocks", symbols, signal);
  }

  async #answer(kind: "indices" | "stocks", symbols: readonly string[], signal: AbortSignal): Promise<SpotAnswer> {
    if (symbols.length > this.maxSymbols) {
      throw new RangeError(
        `Cannot fetch ${kind}: 'symbols' must be at most ${this.maxSymbols}, current value has ${symbols.length}`,
      );
    }
    signal.throwIfAborted();
    const beganAtMs = this.#clock.monotonic();
    this.#requests.push({ kind, symbols: [...symbols], atMs: this.#clock.now() });
    const script = this.#scripts[kind].shift();
    this.#pending += 1;
    this.#mostPending = Math.max(this.#mostPending, this.#pending);
    try {
      if (script === "hang") await aborted(signal);
      // As with a request, nothing happens before the caller has its promise.
      else await (this.latencyMs > 0 ? this.#clock.sleep(this.latencyMs, signal) : Promise.resolve());
    } finally {
      this.#pending -= 1;
    }
    signal.throwIfAborted();
    if (script instanceof RestError) throw script;
    return this.#quoted(kind, symbols, this.#clock.monotonic() - beganAtMs);
  }

  #quoted(kind: "indices" | "stocks", symbols: readonly string[], latencyMs: number): SpotAnswer {
    const receivedAtMs = this.#clock.now();
    const asked = [...new Set(symbols)];
    const known = asked.flatMap((symbol) => {
      const quote = symbol.startsWith("I:") === (kind === "indices") ? this.#quotes.get(symbol) : undefined;
      return quote === undefined ? [] : [{ symbol, quote }];
    });
    const answered = new Set(known.map(({ symbol }) => symbol));
    const values = known.map(({ symbol, quote }) => spotValueOf(symbol, quote, receivedAtMs));
    return {
      values,
      refused: asked
        .filter((symbol) => !answered.has(symbol))
        .map((symbol) => ({ symbol, reason: "NOT_FOUND: Ticker not found." })),
      payload: JSON.stringify({ status: "OK", results: values }),
      receivedAtMs,
      latencyMs,
    };
  }
}

function spotValueOf(symbol: string, quote: MemorySpotQuote, receivedAtMs: number): SpotValue {
  return {
    symbol: symbol.startsWith("I:") ? symbol.slice(2) : symbol,
    value: quote.value,
    volume: quote.volume ?? null,
    ts: receivedAtMs / 1_000,
    as_of_ns: String(quote.asOfTsNs ?? BigInt(Math.floor(receivedAtMs)) * 1_000_000n),
    timeframe: quote.timeframe ?? null,
    source: "memory",
    change: quote.change ?? null,
    change_pct: quote.changePct ?? null,
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
