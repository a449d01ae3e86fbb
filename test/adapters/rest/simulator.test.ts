import { describe, expect, it } from "vitest";
import { ManualClock } from "../../../src/adapters/memory/manual-clock.ts";
import { MassiveRest, RequestBudget } from "../../../src/adapters/rest/index.ts";
import type { Fault, Simulator } from "../../../src/simulator/index.ts";
import { closeAfterEach, started } from "../../simulator/server/simulators.ts";

closeAfterEach();

/** A Friday, 10:00 in New York. */
const START_MS = Date.UTC(2025, 11, 19, 15);
const { signal } = new AbortController();

async function provided(...faults: readonly Fault[]): Promise<{ simulator: Simulator; provider: MassiveRest }> {
  const clock = new ManualClock(START_MS);
  const { simulator } = await started({ startMs: START_MS, clock });
  await clock.advance(60_000);
  for (const fault of faults) simulator.inject(fault);
  const budget = new RequestBudget({ clock, requestsPerSec: 1_000 });
  return { simulator, provider: new MassiveRest({ apiKey: "any", clock, baseUrl: simulator.restUrl, budget }) };
}

describe("MassiveRest on the simulated provider", () => {
  it("fetches what it lists: expirations, their contracts and their chains, none refused", async () => {
    const { provider } = await provided();
    const expirations = await provider.expirations("I:SPX", "2025-12-19", 3, signal);
    expect(expirations).toHaveLength(3);
    expect([...expirations].sort()).toEqual(expirations);
    for (const expiration of expirations) {
      const listed: string[] = [];
      const query = { underlying: "SPX", expirations: { from: expiration, to: expiration } };
      for await (const page of provider.contracts(query, signal)) listed.push(...page.map(({ contract }) => contract));
      const chain = await provider.snapshot({ underlying: "I:SPX", expiration }, signal);
      expect(chain).toMatchObject({ complete: true, refused: [] });
      expect(chain.contracts.map(({ record }) => record.terms.contract)).toEqual(listed);
      expect(chain.spot?.value).toBeGreaterThan(0);
      for (const { record, json } of chain.contracts) {
        expect(JSON.parse(json).details.ticker).toBe(record.terms.contract);
        expect(record.terms).toMatchObject({ underlying: "SPX", expiration, multiplier: 100 });
      }
    }
  });

  it("fetches one side within strikes, over several pages", async () => {
    const { provider } = await provided();
    const whole = await provider.snapshot({ underlying: "I:SPX" }, signal);
    expect(whole.pages.length).toBeGreaterThan(1);
    const { value = 0 } = whole.spot ?? {};
    const strikes = { from: value - 50, to: value + 50 };
    const part = await provider.snapshot({ underlying: "I:SPX", right: "P", strikes }, signal);
    const wanted = whole.contracts.filter(
      ({ record: { terms } }) => terms.right === "P" && terms.strike >= strikes.from && terms.strike <= strikes.to,
    );
    expect(wanted.length).toBeGreaterThan(0);
    expect(part.contracts).toEqual(wanted);
  });

  it("fetches spots, any tickers at once, the market's status and holidays", async () => {
    const { provider } = await provided();
    const indices = await provider.indices(["I:SPX", "I:NONE"], signal);
    expect(indices.values).toMatchObject([{ symbol: "SPX", source: "rest" }]);
    expect(indices.refused).toMatchObject([{ symbol: "I:NONE" }]);
    const stocks = await provider.stocks(["SPY"], signal);
    expect(stocks.values).toMatchObject([{ symbol: "SPY" }]);
    const unified = await provider.unifiedSnapshot(["I:SPX", "SPY"], signal);
    expect(unified.refused).toEqual([]);
    expect(unified.snapshots.map(({ ticker }) => ticker).sort()).toEqual(["I:SPX", "SPY"]);
    expect((await provider.marketStatus(signal)).stocks).toBe("open");
    expect(await provider.upcomingHolidays(signal)).toBeInstanceOf(Array);
  });

  it.each<[string, Fault, string]>([
    ["a failing page", { kind: "restStatus", status: 503, page: 2 }, "server"],
    ["a cut page", { kind: "restCut", page: 2 }, "network"],
    ["a truncated page", { kind: "restBody", form: "truncated", page: 2 }, "invalid"],
    ["HTML for a page", { kind: "restBody", form: "html", page: 2 }, "invalid"],
    ["a looping next_url", { kind: "restNextUrl", form: "loop", page: 2 }, "invalid"],
    ["a foreign next_url", { kind: "restNextUrl", form: "foreign" }, "invalid"],
  ])("keeps the pages before %s", async (_, fault, reason) => {
    const { provider } = await provided(fault);
    const chain = await provider.snapshot({ underlying: "I:SPX" }, signal);
    expect(chain).toMatchObject({ complete: false, failure: { reason } });
    expect(chain.contracts.length).toBeGreaterThanOrEqual(250);
    expect((await provider.snapshot({ underlying: "I:SPX", expiration: "2025-12-22" }, signal)).refused).toEqual([]);
  });

  it("goes on behind an empty page, though not for ever", async () => {
    const whole = await (await provided()).provider.snapshot({ underlying: "I:SPX" }, signal);
    const once = await provided({ kind: "restNextUrl", form: "emptyPages", page: 2 });
    const chain = await once.provider.snapshot({ underlying: "I:SPX" }, signal);
    expect(chain.pages).toHaveLength(whole.pages.length + 1);
    expect(chain).toMatchObject({ complete: true, contracts: { length: whole.contracts.length } });
    const ever = await provided({ kind: "restNextUrl", form: "emptyPages", requests: 99 });
    const none = await ever.provider.snapshot({ underlying: "I:SPX" }, signal);
    expect(none).toMatchObject({ complete: false, contracts: [], failure: { reason: "invalid" } });
  });

  it("refuses contracts that were not asked for, takes duplicates once, and lives with what is missing", async () => {
    const query = { underlying: "I:SPX", expiration: "2025-12-22", right: "C" } as const;
    const plain = await (await provided()).provider.snapshot(query, signal);
    const { provider } = await provided(
      { kind: "restOutside", contracts: 5, page: 1 },
      // Five of those, and five that were.
      { kind: "restDuplicates", rows: 10, page: 1 },
      { kind: "restMissing", fields: ["greeks", "last_quote", "day"], requests: 99 },
    );
    const chain = await provider.snapshot(query, signal);
    expect(chain.complete).toBe(true);
    expect(chain.refused).toHaveLength(10);
    expect(new Set(chain.refused.map(({ ticker }) => ticker)).size).toBe(5);
    const tickers = plain.contracts.map(({ record }) => record.terms.contract);
    expect(chain.contracts.map(({ record }) => record.terms.contract)).toEqual(tickers);
    for (const { record } of chain.contracts) expect(record).not.toHaveProperty("quote");
  });
});
