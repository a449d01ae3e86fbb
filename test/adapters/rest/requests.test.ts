import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { MassiveRest, RequestBudget } from "../../../src/adapters/rest/index.ts";
import { retryAfterMs } from "../../../src/adapters/rest/retry-after.ts";
import { isTransient, RestError } from "../../../src/domain/errors.ts";
import { API_KEY, RECEIPT_MS, useRestProvider } from "../../support/rest-provider.ts";
import { chainRow, page } from "../../support/rest-rows.ts";
import { reply, type ScriptedAnswer } from "../../support/scripted-rest.ts";
import { until } from "../../support/until.ts";

const rest = useRestProvider();

/** The error that fetching a chain ends with. */
async function failureOf(answer: ScriptedAnswer, provider = rest.provider): Promise<RestError> {
  rest.server.answer(answer);
  const error: unknown = await provider
    .snapshot({ underlying: "I:SPX" }, rest.signal)
    .catch((reason: unknown) => reason);
  if (!(error instanceof RestError)) throw new Error("It must fail with a RestError", { cause: error });
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(API_KEY);
  return error;
}

describe("a request", () => {
  it("carries the key in its header and nowhere else", async () => {
    rest.server.answer(page([chainRow()]));
    const fetched = await rest.provider.snapshot({ underlying: "I:SPX" }, rest.signal);
    const [request] = rest.server.requests;
    expect(request?.headers.authorization).toBe(`Bearer ${API_KEY}`);
    expect(request?.url).toBe("/v3/snapshot/options/I:SPX?order=asc&sort=ticker&limit=250");
    expect(inspect([rest.provider, fetched], { depth: 20, showHidden: true })).not.toContain(API_KEY);
    expect(JSON.stringify(rest.provider)).not.toContain(API_KEY);
  });

  it("refuses a key that no header carries, and does not show it", () => {
    for (const apiKey of ["", "two words", "line\nbreak", "kéy"]) {
      const make = () => rest.make({ apiKey });
      expect(make).toThrow(TypeError);
      if (apiKey !== "") expect(make).not.toThrow(apiKey);
    }
  });

  it("goes to an origin only, and does not show a base URL that is more", () => {
    for (const baseUrl of ["ftp://host", "nonsense", "https://host/path", `https://host/?apiKey=${API_KEY}`]) {
      const make = () => rest.make({ baseUrl });
      expect(make).toThrow(TypeError);
      expect(make).not.toThrow(API_KEY);
    }
    expect(() => rest.make({ baseUrl: "https://host:8443/" })).not.toThrow();
  });

  it("refuses bounds that are none", () => {
    expect(() => rest.make({ timeoutMs: 0 })).toThrow(RangeError);
    expect(() => rest.make({ maxPages: 1.5 })).toThrow(RangeError);
  });

  it("goes to the documented host by default, through the fetch that is given", async () => {
    const urls: string[] = [];
    const provider = new MassiveRest({
      apiKey: API_KEY,
      clock: rest.clock,
      fetch: async (url) => {
        urls.push(url);
        return Response.json({ results: [] });
      },
    });
    expect((await provider.snapshot({ underlying: "I:VIX" }, rest.signal)).complete).toBe(true);
    expect(urls).toEqual(["https://api.massive.com/v3/snapshot/options/I:VIX?order=asc&sort=ticker&limit=250"]);
  });
});

describe("a failure", () => {
  const unknownKey = { status: "ERROR", request_id: "1", error: "Unknown API Key" };
  const notEntitled = {
    status: "NOT_AUTHORIZED",
    request_id: "1",
    message: "You are not entitled to this data. Please upgrade your plan at https://polygon.io/pricing",
  };
  const tooMany = { status: "ERROR", error: "You've exceeded the maximum requests per minute, please wait" };

  it.each([
    [401, unknownKey, "unauthorized", "Unknown API Key", false],
    [403, notEntitled, "forbidden", notEntitled.message, false],
    [404, "404 page not found", "not_found", "404 page not found", false],
    [404, { status: "NOT_FOUND", message: "Ticker not found." }, "not_found", "Ticker not found.", false],
    [400, { status: "ERROR", error: "bad", message: "worse" }, "refused", "bad: worse", false],
    [429, tooMany, "rate_limited", tooMany.error, true],
    [429, "", "rate_limited", "current value is 429", true],
    [500, "<html>\n<body>oops</body>", "server", "<html> <body>oops</body>", true],
    [503, { error: { nested: 1 } }, "server", '{"error":{"nested":1}}', true],
    [408, "", "timeout", "408", true],
    [499, "", "server", "499", true],
    [204, "", "invalid", "204", true],
  ])("with status %i and the body %j is '%s'", async (status, body, reason, text, transient) => {
    const error = await failureOf(reply(status, body));
    expect(error).toMatchObject({ code: "STRIKEWIRE_REST", reason, status });
    expect(error.message).toContain("Cannot fetch /v3/snapshot/options/I:SPX: ");
    expect(error.message).toContain(text);
    expect(isTransient(error)).toBe(transient);
  });

  it("has at most 200 characters of the provider's text, without the key that it repeats", async () => {
    const error = await failureOf(reply(401, { error: `Unknown key ${API_KEY} ${"x".repeat(1_000)}` }));
    expect(error.message).toContain("Unknown key *** xxx");
    expect(error.message.length).toBeLessThan(320);
    // Cut after 200 characters, the key would lie across the cut.
    const across = await failureOf(reply(500, `${"y".repeat(195)}${API_KEY}`));
    expect(across.message).not.toContain(API_KEY.slice(0, 4));
  });

  it.each([
    ["empty", "", "empty"],
    ["plain text", "upstream is busy", "upstream is busy"],
    ["HTML", "<!doctype html><p>Hello", "<!doctype html><p>Hello"],
    ["cut", '{"results":[{"details":{"tick', '{"results":[{'],
    ["a number", "12", "12"],
    ["a list", "[]", "[]"],
    ["null", "null", "null"],
    ["without a list", '{"results":{"a":1}}', "a list in 'results'"],
    ["nested too deep", "[".repeat(2_000), "["],
    ["an error in spite of its status", '{"status":"ERROR","error":"something broke"}', "something broke"],
  ])("is 'invalid' where the body is %s", async (_, body, text) => {
    const error = await failureOf(body);
    expect(error).toMatchObject({ reason: "invalid", status: 200 });
    expect(error.message).toContain(text);
    expect(isTransient(error)).toBe(true);
  });

  it("is 'forbidden' where a body says so although its status is 200", async () => {
    expect(await failureOf(notEntitled)).toMatchObject({ reason: "forbidden" });
  });

  it("is 'invalid' for bytes that are no UTF-8, and for more bytes than allowed", async () => {
    const notUtf8 = await failureOf((response) => response.end(Buffer.from([0x7b, 0xff, 0x7d])));
    expect(notUtf8).toMatchObject({ reason: "invalid", status: 200 });
    const large = await failureOf(`{"a":"${"x".repeat(2_000)}"}`, rest.make({ maxBodyBytes: 1_000 }));
    expect(large.message).toContain("at most 1000 bytes");
  });

  it("is 'invalid' for a redirection, which is not followed", async () => {
    const error = await failureOf(reply(302, "", { location: `${rest.server.origin}/elsewhere` }));
    expect(error).toMatchObject({ reason: "invalid", status: 302 });
    expect(rest.server.requests).toHaveLength(1);
  });

  it("is 'network' where the connection breaks in mid-body", async () => {
    const error = await failureOf((response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write('{"results":[', () => response.destroy());
    });
    expect(error).toMatchObject({ reason: "network", status: 200 });
    expect(isTransient(error)).toBe(true);
  });

  it("is what the status says even where its body breaks off", async () => {
    const error = await failureOf((response) => {
      response.writeHead(401, { "content-length": "1000" });
      response.write("{", () => response.destroy());
    });
    expect(error).toMatchObject({ reason: "unauthorized", status: 401 });
  });

  it("is 'network' where nobody listens, and says why", async () => {
    const gone = rest.make({ baseUrl: "http://127.0.0.1:1" });
    const error = await failureOf("", gone);
    expect(error).toMatchObject({ reason: "network", status: undefined });
    expect(error.message).toMatch(/ECONNREFUSED|bad port/);
  });

  it("tells how long to stay away", async () => {
    expect(await failureOf(reply(429, "", { "retry-after": "7" }))).toMatchObject({ retryAfterMs: 7_000 });
    const date = new Date(RECEIPT_MS + 90_000).toUTCString();
    expect(await failureOf(reply(503, "", { "retry-after": date }))).toMatchObject({ retryAfterMs: 90_000 });
    expect(await failureOf(reply(503, ""))).toMatchObject({ retryAfterMs: undefined });
  });
});

describe("Retry-After", () => {
  it.each([
    ["0", 0],
    [" 120 ", 120_000],
    ["1.5", 1_500],
    ["Mon, 22 Dec 2025 21:00:12 GMT", 10_000],
    ["Monday, 22-Dec-25 21:00:12 GMT", 10_000],
    ["Mon, 22 Dec 2025 20:00:00 GMT", 0],
    ["", undefined],
    ["-1", undefined],
    ["soon", undefined],
    ["2025", 2_025_000],
    ["2025-12-22", undefined],
    [null, undefined],
  ])("%j is %s ms", (header, ms) => {
    expect(retryAfterMs(header, RECEIPT_MS)).toBe(ms);
  });
});

describe("time", () => {
  it("runs out after the time-out, without an answer", async () => {
    rest.server.answer(() => {});
    const fetched = rest.provider.snapshot({ underlying: "I:SPX" }, rest.signal).catch((error: unknown) => error);
    await until("the request arrives", () => rest.server.requests.length === 1);
    await rest.clock.advance(9_999);
    expect(rest.clock.pendingSleepers).toBe(1);
    await rest.clock.advance(1);
    const error = await fetched;
    expect(error).toMatchObject({ reason: "timeout", status: undefined });
    expect(isTransient(error)).toBe(true);
  });

  it("runs out in mid-body too", async () => {
    rest.server.answer((response) => {
      response.write('{"results":[');
    });
    const provider = rest.make({ timeoutMs: 100 });
    const fetched = provider.snapshot({ underlying: "I:SPX" }, rest.signal).catch((error: unknown) => error);
    await until("the request arrives", () => rest.server.requests.length === 1);
    await rest.clock.advance(100);
    expect(await fetched).toMatchObject({ reason: "timeout" });
  });

  it("leaves no timer behind", async () => {
    rest.server.answer(page([chainRow()]), reply(500, ""));
    await rest.provider.snapshot({ underlying: "I:SPX" }, rest.signal);
    await rest.provider.snapshot({ underlying: "I:SPX" }, rest.signal).catch(() => {});
    expect(rest.clock.pendingSleepers).toBe(0);
  });
});

describe("an abort", () => {
  it("ends a request that is under way, with its reason", async () => {
    rest.server.answer(() => {});
    const reason = new Error("shutting down");
    const fetched = rest.provider.indices(["I:SPX"], rest.signal);
    await until("the request arrives", () => rest.server.requests.length === 1);
    rest.stop.abort(reason);
    await expect(fetched).rejects.toBe(reason);
    expect(rest.clock.pendingSleepers).toBe(0);
  });

  it("that came before sends nothing", async () => {
    rest.stop.abort("no");
    await expect(rest.provider.marketStatus(rest.signal)).rejects.toBe("no");
    expect(rest.server.requests).toHaveLength(0);
  });

  it("ends a wait for the budget, with its reason", async () => {
    rest.server.answer({ results: [] });
    const budget = new RequestBudget({ clock: rest.clock, requestsPerSec: 1, burst: 1 });
    const provider = rest.make({ budget });
    await provider.indices(["I:SPX"], rest.signal);
    const fetched = provider.stocks(["SPY"], rest.signal);
    await until("it waits", () => budget.waiting === 1);
    rest.stop.abort("no");
    await expect(fetched).rejects.toBe("no");
    expect(rest.server.requests).toHaveLength(1);
  });
});

describe("the budget", () => {
  it("is one for all methods and all providers that share it, and its waits count as latency, not as time-out", async () => {
    rest.server.answer((response, { url }) => {
      const isStatus = url.startsWith("/v1/marketstatus/now");
      response.end(
        url.startsWith("/v1/marketstatus/upcoming") ? "[]" : JSON.stringify(isStatus ? { market: "open" } : {}),
      );
    });
    const budget = new RequestBudget({ clock: rest.clock, requestsPerSec: 0.1, burst: 1 });
    const one = rest.make({ budget, timeoutMs: 1_000 });
    const other = rest.make({ budget, timeoutMs: 1_000 });
    const { signal } = rest;
    const all = [
      one.snapshot({ underlying: "I:SPX" }, signal),
      other.indices(["I:SPX"], signal),
      one.stocks(["SPY"], signal),
      other.unifiedSnapshot(["SPY"], signal),
      one.expirations("SPX", "2025-12-22", 1, signal),
      other.marketStatus(signal),
      one.upcomingHolidays(signal),
      one.contracts({ underlying: "SPX" }, signal)[Symbol.asyncIterator]().next(),
    ];
    for (let sent = 1; sent <= all.length; sent++) {
      await until(`${sent} requests`, () => rest.server.requests.length === sent);
      await all[sent - 1];
      expect(budget.waiting).toBe(all.length - sent);
      await rest.clock.advance(9_999);
      expect(rest.server.requests).toHaveLength(sent);
      await rest.clock.advance(1);
    }
    expect(await all[2]).toMatchObject({ latencyMs: 20_000 });
  });
});
