import type { MemorySpotProvider } from "../../src/adapters/memory/index.ts";
import { RestError } from "../../src/domain/errors.ts";
import type { SpotAnswer, SpotProvider } from "../../src/ports/spot-provider.ts";

/** Spot providers that each break one promise. They stand on a memory provider that keeps them all. */

type Break = (provider: MemorySpotProvider) => SpotProvider;
type Ask = SpotProvider["indices"];

const asked =
  (askAs: (ask: Ask) => Ask): Break =>
  (provider) => ({
    maxSymbols: provider.maxSymbols,
    indices: askAs((symbols, signal) => provider.indices(symbols, signal)),
    stocks: askAs((symbols, signal) => provider.stocks(symbols, signal)),
  });

const answered = (change: (answer: SpotAnswer) => SpotAnswer): Break =>
  asked((ask) => async (symbols, signal) => change(await ask(symbols, signal)));

const valued = (change: (value: SpotAnswer["values"][number]) => SpotAnswer["values"][number]): Break =>
  answered((answer) => ({ ...answer, values: answer.values.map(change) }));

const failed = (change: (error: RestError) => unknown): Break =>
  asked((ask) => async (symbols, signal) => {
    try {
      return await ask(symbols, signal);
    } catch (error) {
      throw error instanceof RestError ? change(error) : error;
    }
  });

/** Each with its promise, and the tests that must find it out. */
export const BROKEN_SPOT_PROVIDERS: readonly (readonly [name: string, providerOf: Break, titles: readonly string[]])[] =
  [
    [
      "keeps the prefix of indices",
      valued((value) => ({ ...value, symbol: `I${value.symbol}` })),
      ["indices: have the value of every symbol, under its bare name"],
    ],
    [
      "rounds times to what a double holds",
      valued((value) => ({ ...value, as_of_ns: String(BigInt(Number(value.as_of_ns))) })),
      ["stocks: have the time at which a value was true, exact, however old"],
    ],
    [
      "takes the time of receipt for the time of a value",
      answered((answer) => ({
        ...answer,
        values: answer.values.map((value) => ({
          ...value,
          as_of_ns: String(BigInt(answer.receivedAtMs) * 1_000_000n),
        })),
      })),
      ["indices: have the time at which a value was true, exact, however old"],
    ],
    [
      "makes 0 of what is missing",
      valued((value) => ({ ...value, change: value.change ?? 0, volume: value.volume ?? 0 })),
      ["indices: leave null what the provider does not say"],
    ],
    [
      "forgets what is delayed",
      valued((value) => ({ ...value, timeframe: null })),
      ["indices: say what is delayed", "stocks: say what is delayed"],
    ],
    [
      "drops what is not known",
      answered((answer) => ({ ...answer, refused: [] })),
      ["stocks: refuse what is not known, once each, beside the values of the others"],
    ],
    [
      "refuses a symbol twice",
      answered((answer) => ({ ...answer, refused: [...answer.refused, ...answer.refused] })),
      ["indices: refuse what is not known, once each, beside the values of the others"],
    ],
    [
      "answers the first ten only",
      answered((answer) => ({ ...answer, values: answer.values.slice(0, 10) })),
      ["indices: hold as many symbols as one request can ask for"],
    ],
    [
      "asks for as many symbols as there are",
      asked((ask) => (symbols, signal) => ask(symbols.slice(0, 250), signal)),
      ["stocks: more symbols than one request can ask for are a RangeError"],
    ],
    [
      "takes every failure for the server's",
      failed((error) => new RestError(error.message, { reason: "server", status: error.status })),
      [
        "indices: HTTP 401 rejects with a RestError that says unauthorized",
        "stocks: a wait that the provider asks for is told",
      ],
    ],
    [
      "rejects with errors of its own",
      failed((error) => new Error(error.message)),
      ["indices: HTTP 429 rejects with a RestError that says rate_limited"],
    ],
    [
      "answers although it was aborted before",
      asked((ask) => (symbols) => ask(symbols, new AbortController().signal)),
      ["indices: an abort rejects with its reason, before the request and during it"],
    ],
  ];
