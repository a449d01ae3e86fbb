import { spotFetchSchema } from "../../domain/context/spot.ts";
import { isStrikewireError, type RestError, type RestErrorReason } from "../../domain/errors.ts";
import type { SpotAnswer } from "../../ports/spot-provider.ts";
import { ContractViolation, check } from "../check.ts";
import { soon, started } from "../runner.ts";
import { SAMPLE_TIME_NS } from "../samples.ts";
import type { ServedFailure, ServedSpot, SpotProviderOptions, SpotServer } from "./server.ts";

const NEVER = new AbortController().signal;
const KINDS = ["indices", "stocks"] as const;
type Kind = (typeof KINDS)[number];

const FAILURES: readonly (readonly [ServedFailure, RestErrorReason])[] = [
  [{ status: 400 }, "refused"],
  [{ status: 401 }, "unauthorized"],
  [{ status: 403 }, "forbidden"],
  [{ status: 404 }, "not_found"],
  [{ status: 429 }, "rate_limited"],
  [{ status: 500 }, "server"],
  [{ status: 503 }, "server"],
  ["timeout", "timeout"],
  ["network", "network"],
];

/** What a server says of a symbol, where a test does not say otherwise. */
export function sampleServedSpot(overrides: Partial<ServedSpot> = {}): ServedSpot {
  return {
    value: 6_870.25,
    asOfTsNs: SAMPLE_TIME_NS,
    volume: null,
    timeframe: null,
    change: -12.5,
    changePct: -0.1816,
    ...overrides,
  };
}

/** Runs the contract of `SpotProvider` against an adapter. */
export function spotProviderContract(adapter: string, options: SpotProviderOptions): void {
  const { runner, open, limits = {} } = options;
  const test = (title: string, body: (server: SpotServer) => Promise<void>): void => {
    runner.it(title, async () => {
      const server = await open();
      try {
        await body(server);
      } finally {
        await server.dispose();
      }
    });
  };
  const perKind = (title: string, body: (server: SpotServer, kind: Kind) => Promise<void>): void => {
    for (const kind of KINDS) test(`${kind}: ${title}`, (server) => body(server, kind));
  };
  runner.describe(`spot provider (${adapter})`, () => {
    runner.describe("answers", () => {
      perKind("have the value of every symbol, under its bare name", hasEveryValue);
      perKind("have the time at which a value was true, exact, however old", hasTrueTimes);
      perKind("leave null what the provider does not say", leavesNull);
      perKind("tell their receipt, latency and body", tellsReceipt);
      perKind("refuse what is not known, once each, beside the values of the others", refusesUnknown);
      perKind("are empty but for refusals where nothing is known", answersNothing);
      perKind("hold as many symbols as one request can ask for", holdsMany);
      test("indices: say what is delayed", (server) => saysDelayed(server, "indices"));
      const reason = limits.timeframeOfStocks;
      if (reason === undefined) test("stocks: say what is delayed", (server) => saysDelayed(server, "stocks"));
      else runner.skip(`stocks: say what is delayed (skipped: ${reason})`);
      test("of indices know no stocks, and the other way round", keepsKindsApart);
    });
    runner.describe("failures", () => {
      perKind("more symbols than one request can ask for are a RangeError", refusesTooMany);
      for (const [failure, reason] of FAILURES) {
        const name = typeof failure === "string" ? failure : `HTTP ${failure.status}`;
        perKind(`${name} rejects with a RestError that says ${reason}`, (server, kind) => {
          return failsAs(server, kind, failure, reason);
        });
      }
      perKind("a wait that the provider asks for is told", tellsRetryAfter);
      perKind("the request behind a failure is answered", recovers);
      perKind("an abort rejects with its reason, before the request and during it", aborts);
      test("one kind that hangs does not hold up the other", keepsRequestsApart);
    });
  });
}

function ask(server: SpotServer, kind: Kind, symbols: readonly string[]): Promise<SpotAnswer> {
  return inTime(server, server.provider[kind](symbols, NEVER));
}

/** What a request comes to that must end by itself. */
function inTime(server: SpotServer, request: Promise<SpotAnswer>): Promise<SpotAnswer> {
  return soon({ now: () => 0, elapse: server.elapse }, "the request", started(request));
}

function named(kind: Kind, bare: string): string {
  return kind === "indices" ? `I:${bare}` : bare;
}

/** The answer, once it is one that a store takes. */
async function storable(answer: Promise<SpotAnswer>): Promise<SpotAnswer> {
  const { values, refused, payload, receivedAtMs, latencyMs } = await answer;
  const fetch = spotFetchSchema.safeParse({ receivedAtMs, latencyMs, payload, values, errors: refused.length });
  if (!fetch.success) throw new ContractViolation(`an answer must be one that a store takes: ${fetch.error.message}`);
  return answer;
}

async function hasEveryValue(server: SpotServer, kind: Kind): Promise<void> {
  server.put(named(kind, "AAA"), sampleServedSpot({ value: 6_870.1 + 0.2 }));
  server.put(named(kind, "BBB"), sampleServedSpot({ value: 0.01, change: 0, changePct: 0 }));
  const { values, refused } = await storable(ask(server, kind, [named(kind, "BBB"), named(kind, "AAA")]));
  const found = new Map(values.map(({ symbol, value, change, change_pct }) => [symbol, { value, change, change_pct }]));
  check.equal("values", values.length, 2);
  check.equal("AAA", found.get("AAA"), { value: 6_870.1 + 0.2, change: -12.5, change_pct: -0.1816 });
  check.equal("BBB", found.get("BBB"), { value: 0.01, change: 0, change_pct: 0 });
  check.equal("refused", refused.length, 0);
}

async function hasTrueTimes(server: SpotServer, kind: Kind): Promise<void> {
  // Odd, and above 2^53: a double cannot hold it.
  const times = [SAMPLE_TIME_NS + 1n, SAMPLE_TIME_NS - 86_400_000_000_001n];
  for (const [index, asOfTsNs] of times.entries()) server.put(named(kind, `A${index}`), sampleServedSpot({ asOfTsNs }));
  const symbols = times.map((_, index) => named(kind, `A${index}`));
  const { values } = await storable(ask(server, kind, symbols));
  const found = new Map(values.map(({ symbol, as_of_ns }) => [symbol, as_of_ns]));
  for (const [index, timeNs] of times.entries()) check.equal(`time of A${index}`, found.get(`A${index}`), `${timeNs}`);
}

async function leavesNull(server: SpotServer, kind: Kind): Promise<void> {
  server.put(named(kind, "AAA"), sampleServedSpot({ change: null, changePct: null }));
  const { values } = await storable(ask(server, kind, [named(kind, "AAA")]));
  const [value] = values;
  check.equal(
    "what was not said",
    [value?.volume, value?.timeframe, value?.change, value?.change_pct],
    [...[null, null, null, null]],
  );
}

async function tellsReceipt(server: SpotServer, kind: Kind): Promise<void> {
  server.put(named(kind, "AAA"), sampleServedSpot());
  const answer = await storable(ask(server, kind, [named(kind, "AAA")]));
  check.equal("receipt of the value", answer.values[0]?.ts, answer.receivedAtMs / 1_000);
  check.isTrue("the latency is at least 0", answer.latencyMs >= 0);
  check.isTrue("the body has the symbol", answer.payload.includes("AAA"));
}

async function refusesUnknown(server: SpotServer, kind: Kind): Promise<void> {
  server.put(named(kind, "AAA"), sampleServedSpot());
  server.put(named(kind, "CCC"), sampleServedSpot());
  const symbols = ["AAA", "NOPE", "CCC", "NADA"].map((bare) => named(kind, bare));
  const { values, refused } = await storable(ask(server, kind, symbols));
  check.equal("answered", values.map(({ symbol }) => symbol).sort(), ["AAA", "CCC"]);
  check.equal("refused", refused.map(({ symbol }) => symbol).sort(), [named(kind, "NADA"), named(kind, "NOPE")]);
  for (const { reason } of refused) check.isTrue("a refusal has a reason", reason !== "");
}

async function answersNothing(server: SpotServer, kind: Kind): Promise<void> {
  const { values, refused } = await storable(ask(server, kind, [named(kind, "NOPE")]));
  check.equal("values", values.length, 0);
  check.equal("refused", refused.length, 1);
}

async function holdsMany(server: SpotServer, kind: Kind): Promise<void> {
  const { maxSymbols } = server.provider;
  check.isTrue("a request can ask for one symbol at least", maxSymbols >= 1);
  const symbols = Array.from({ length: maxSymbols }, (_, index) => named(kind, `A${index}`));
  for (const symbol of symbols) server.put(symbol, sampleServedSpot());
  const { values, refused } = await storable(ask(server, kind, symbols));
  check.equal("answered", new Set(values.map(({ symbol }) => symbol)).size, maxSymbols);
  check.equal("refused", refused.length, 0);
}

async function saysDelayed(server: SpotServer, kind: Kind): Promise<void> {
  server.put(named(kind, "AAA"), sampleServedSpot({ timeframe: "DELAYED" }));
  server.put(named(kind, "BBB"), sampleServedSpot({ timeframe: "REAL-TIME" }));
  const { values } = await storable(ask(server, kind, [named(kind, "AAA"), named(kind, "BBB")]));
  const found = new Map(values.map(({ symbol, timeframe }) => [symbol, timeframe]));
  check.equal("timeframes", [found.get("AAA"), found.get("BBB")], ["DELAYED", "REAL-TIME"]);
}

async function keepsKindsApart(server: SpotServer): Promise<void> {
  server.put("I:AAA", sampleServedSpot());
  server.put("BBB", sampleServedSpot());
  const indices = await storable(ask(server, "indices", ["I:AAA", "I:BBB"]));
  const stocks = await storable(ask(server, "stocks", ["AAA", "BBB"]));
  check.equal("indices", [indices.values.length, indices.refused[0]?.symbol], [1, "I:BBB"]);
  check.equal("stocks", [stocks.values.length, stocks.refused[0]?.symbol], [1, "AAA"]);
}

async function refusesTooMany(server: SpotServer, kind: Kind): Promise<void> {
  const symbols = Array.from({ length: server.provider.maxSymbols + 1 }, (_, index) => named(kind, `A${index}`));
  await check.rejects("one symbol too many", ask(server, kind, symbols), "RangeError");
}

async function failsAs(server: SpotServer, kind: Kind, failure: ServedFailure, reason: RestErrorReason): Promise<void> {
  server.put(named(kind, "AAA"), sampleServedSpot());
  server.failNext(kind, failure);
  const error = await restErrorOf(server, kind);
  check.equal("reason", error.reason, reason);
  check.equal("status", error.status, typeof failure === "string" ? undefined : failure.status);
}

async function tellsRetryAfter(server: SpotServer, kind: Kind): Promise<void> {
  server.failNext(kind, { status: 429, retryAfterSec: 7 });
  check.equal("the wait", (await restErrorOf(server, kind)).retryAfterMs, 7_000);
  server.failNext(kind, { status: 429 });
  check.equal("no wait", (await restErrorOf(server, kind)).retryAfterMs, undefined);
}

async function recovers(server: SpotServer, kind: Kind): Promise<void> {
  server.put(named(kind, "AAA"), sampleServedSpot());
  server.failNext(kind, { status: 500 });
  await restErrorOf(server, kind);
  const { values } = await storable(ask(server, kind, [named(kind, "AAA")]));
  check.equal("values", values.length, 1);
}

async function aborts(server: SpotServer, kind: Kind): Promise<void> {
  const reason = new Error("stop");
  const before = await rejectionOf(server.provider[kind]([named(kind, "AAA")], AbortSignal.abort(reason)));
  check.isTrue("an abort before the request is the rejection", before === reason);
  server.hangNext(kind);
  const stop = new AbortController();
  const asking = started(server.provider[kind]([named(kind, "AAA")], stop.signal));
  await server.elapse(20);
  stop.abort(reason);
  check.isTrue("an abort during the request is the rejection", (await rejectionOf(inTime(server, asking))) === reason);
}

async function keepsRequestsApart(server: SpotServer): Promise<void> {
  server.put("AAA", sampleServedSpot());
  server.hangNext("indices");
  const stop = new AbortController();
  const hanging = started(server.provider.indices(["I:AAA"], stop.signal));
  const { values } = await storable(ask(server, "stocks", ["AAA"]));
  check.equal("values", values.length, 1);
  stop.abort();
  await rejectionOf(inTime(server, hanging));
}

async function restErrorOf(server: SpotServer, kind: Kind): Promise<RestError> {
  const error = await rejectionOf(ask(server, kind, [named(kind, "AAA")]));
  if (isStrikewireError(error, "STRIKEWIRE_REST")) return error as RestError;
  throw new ContractViolation(`a failure must be a RestError, current value is ${String(error)}`);
}

async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new ContractViolation("a request that cannot be answered must reject, it resolved");
}
