import { describe, expect, it } from "vitest";
import type { Fault, Simulator } from "../../../src/simulator/index.ts";
import { closeAfterEach, started } from "../server/simulators.ts";
import { allRowsOf, ask, rowsOf, tickersOf } from "./rest-client.ts";

closeAfterEach();

const START_MS = Date.UTC(2025, 11, 19, 15);
const CHAIN = "/v3/snapshot/options/I:SPX";
const FIRST_DAY = `${CHAIN}?expiration_date=2025-12-22&limit=250`;

async function faulty(...faults: readonly Fault[]): Promise<Simulator> {
  const { simulator } = await started({ startMs: START_MS });
  for (const fault of faults) simulator.inject(fault);
  return simulator;
}

describe("faults of the simulator's requests", () => {
  it("answers with statuses in the provider's words, so many times", async () => {
    const simulator = await faulty(
      { kind: "restStatus", status: 429, retryAfterSec: 7, requests: 2 },
      { kind: "restStatus", status: 503, body: "html", path: "/v3/snapshot/indices" },
      { kind: "restStatus", status: 403, symbol: "SPY" },
    );
    const limited = await ask(simulator, CHAIN);
    expect(limited).toMatchObject({
      status: 429,
      body: { status: "ERROR", error: expect.stringContaining("exceeded") },
    });
    expect(limited.headers.get("retry-after")).toBe("7");
    expect((await ask(simulator, CHAIN)).status).toBe(429);
    expect((await ask(simulator, CHAIN)).status).toBe(200);
    expect(await ask(simulator, "/v3/snapshot/indices")).toMatchObject({
      status: 503,
      body: undefined,
      type: "text/html",
    });
    expect((await ask(simulator, "/v3/snapshot/indices")).status).toBe(200);
    expect((await ask(simulator, "/v3/snapshot/options/QQQ")).status).toBe(200);
    expect(await ask(simulator, "/v3/snapshot/options/SPY")).toMatchObject({
      status: 403,
      body: { status: "NOT_AUTHORIZED" },
    });
  });

  it("lasts as long as it is told to", async () => {
    const { simulator, clock } = await started({ startMs: START_MS });
    simulator.inject({ kind: "restStatus", status: 500, body: "empty", forMs: 1_000 });
    for (let asked = 0; asked < 3; asked++)
      expect(await ask(simulator, CHAIN)).toMatchObject({ status: 500, text: "" });
    await clock.advance(1_000);
    expect((await ask(simulator, CHAIN)).status).toBe(200);
  });

  it("delays by its clock", async () => {
    const { simulator, clock } = await started({ startMs: START_MS });
    simulator.inject({ kind: "restDelay", ms: 5_000 });
    let isAnswered = false;
    const answer = ask(simulator, CHAIN).then((got) => {
      isAnswered = true;
      return got;
    });
    // One that came later is answered first.
    expect((await ask(simulator, "/v1/marketstatus/now")).status).toBe(200);
    await clock.advance(4_000);
    await ask(simulator, "/v1/marketstatus/now");
    expect(isAnswered).toBe(false);
    await clock.advance(1_000);
    expect((await answer).status).toBe(200);
  });

  it("cuts bodies, and sends what is no JSON", async () => {
    const simulator = await faulty({ kind: "restCut" });
    await expect(ask(simulator, FIRST_DAY)).rejects.toThrow();
    for (const share of [0, 1]) {
      simulator.inject({ kind: "restCut", share });
      await expect(ask(simulator, FIRST_DAY)).rejects.toThrow();
    }
    simulator.inject({ kind: "restBody", form: "html" });
    expect(await ask(simulator, FIRST_DAY)).toMatchObject({ status: 200, body: undefined, type: "text/html" });
    simulator.inject({ kind: "restBody", form: "empty" });
    expect(await ask(simulator, FIRST_DAY)).toMatchObject({ status: 200, text: "" });
    simulator.inject({ kind: "restBody", form: "truncated" });
    const truncated = await ask(simulator, FIRST_DAY);
    expect(truncated.body).toBeUndefined();
    expect(truncated.text.length).toBeGreaterThan(1_000);
    expect((await ask(simulator, FIRST_DAY)).body).toBeDefined();
  });

  it("fails a page in the middle of a chain", async () => {
    const simulator = await faulty({ kind: "restStatus", status: 502, path: CHAIN, page: 2, requests: 1 });
    const first = await ask(simulator, FIRST_DAY);
    expect(first.status).toBe(200);
    expect((await ask(simulator, first.body?.next_url ?? "")).status).toBe(502);
    expect((await ask(simulator, first.body?.next_url ?? "")).status).toBe(200);
    expect(simulator.log.requests(CHAIN).map(({ page, status }) => [page, status])).toEqual([
      [1, 200],
      [2, 502],
      [2, 200],
    ]);
  });

  it("leads next_url in a loop, to another origin, and through empty pages", async () => {
    const simulator = await faulty({ kind: "restNextUrl", form: "loop", page: 2 });
    const second = (await ask(simulator, FIRST_DAY)).body?.next_url ?? "";
    expect((await ask(simulator, second)).body?.next_url).toBe(second);

    simulator.inject({ kind: "restNextUrl", form: "foreign", origin: "http://127.0.0.1:1" });
    expect((await ask(simulator, FIRST_DAY)).body?.next_url).toMatch(/^http:\/\/127\.0\.0\.1:1\/v3\/snapshot/);

    const whole = tickersOf(await allRowsOf(simulator, FIRST_DAY));
    simulator.inject({ kind: "restNextUrl", form: "emptyPages", requests: 3 });
    const empty = await ask(simulator, FIRST_DAY);
    expect(empty.body?.results).toEqual([]);
    expect(tickersOf(await allRowsOf(simulator, empty.body?.next_url ?? ""))).toEqual(whole);
  });

  it("leaves out objects, and the results themselves", async () => {
    const simulator = await faulty({ kind: "restMissing", fields: ["greeks", "last_quote", "underlying_asset"] });
    const rows = await rowsOf(simulator, FIRST_DAY);
    expect(rows.some((row) => "greeks" in row || "last_quote" in row || "underlying_asset" in row)).toBe(false);
    expect(rows.every((row) => "details" in row)).toBe(true);
    simulator.inject({ kind: "restMissing", fields: ["results"] });
    expect(Object.keys((await ask(simulator, FIRST_DAY)).body ?? {})).not.toContain("results");
  });

  it("loses half of a chain, always the same half, nearly all of it, or all", async () => {
    const simulator = await faulty({ kind: "restPartial", requests: 2 });
    const half = tickersOf(await allRowsOf(simulator, FIRST_DAY));
    const again = tickersOf(await allRowsOf(simulator, FIRST_DAY));
    simulator.inject({ kind: "restCollapsed", contracts: 3 });
    const few = await allRowsOf(simulator, FIRST_DAY);
    simulator.inject({ kind: "restEmpty" });
    const none = await ask(simulator, FIRST_DAY);
    simulator.inject({ kind: "restEmpty", path: "/v3/reference" });
    expect(await rowsOf(simulator, "/v3/reference/options/contracts")).toEqual([]);
    const whole = tickersOf(await allRowsOf(simulator, FIRST_DAY));
    expect(again).toEqual(half);
    expect(half.length / whole.length).toBeGreaterThan(0.4);
    expect(half.length / whole.length).toBeLessThan(0.6);
    expect(tickersOf(few)).toEqual(whole.slice(0, 3));
    expect(none.body).toMatchObject({ status: "OK", results: [] });
    expect(none.body?.next_url).toBeUndefined();
  });

  it("adds contracts that nobody asked for, and rows twice", async () => {
    const simulator = await faulty({ kind: "restOutside", contracts: 2 });
    const [first, second, third] = await rowsOf(simulator, FIRST_DAY);
    expect(first?.details?.expiration_date).not.toBe("2025-12-22");
    expect(second?.details?.expiration_date).not.toBe("2025-12-22");
    expect(third?.details?.expiration_date).toBe("2025-12-22");
    simulator.inject({ kind: "restOutside", contracts: 1 });
    const [foreign] = await rowsOf(simulator, CHAIN);
    expect(foreign?.underlying_asset?.ticker).not.toBe("I:SPX");
    simulator.inject({ kind: "restDuplicates", rows: 3 });
    const rows = await rowsOf(simulator, `${CHAIN}?limit=20`);
    expect(rows).toHaveLength(23);
    expect(tickersOf(rows).slice(20)).toEqual(tickersOf(rows).slice(0, 3));
  });

  it("gives back values with old times", async () => {
    const simulator = await faulty();
    const [fresh] = await rowsOf(simulator, "/v3/snapshot/indices?ticker.any_of=I:SPX");
    simulator.inject({ kind: "restStale", ageMs: 600_000 });
    const [stale] = await rowsOf(simulator, "/v3/snapshot/indices?ticker.any_of=I:SPX");
    expect(stale?.value).toBe(fresh?.value);
    expect(((fresh?.last_updated ?? 0) - (stale?.last_updated ?? 0)) / 1e6).toBeCloseTo(600_000, 0);
  });

  it("plays a schedule, and names every field of a wrong fault", async () => {
    const { simulator, clock } = await started({
      startMs: START_MS,
      schedule: [{ atMs: 2_000, fault: { kind: "restStatus", status: 500, requests: 1 } }],
    });
    expect((await ask(simulator, CHAIN)).status).toBe(200);
    await clock.advance(2_000);
    expect((await ask(simulator, CHAIN)).status).toBe(500);
    expect(() => simulator.inject({ kind: "restStatus", status: 200, page: 0 })).toThrow(
      /'page' must be at least 1, current value is 0; 'status' must be at least 400, current value is 200/,
    );
    expect(() => simulator.inject({ kind: "restNope" } as unknown as Fault)).toThrow(
      /'kind' must be one of refuse.*restDelay/,
    );
  });
});
