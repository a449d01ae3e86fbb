import { afterEach, describe, expect, it } from "vitest";
import { DEFAULT_UNDERLYINGS, type Fault } from "../../../src/simulator/index.ts";
import { LiveContext, type LiveContextOptions } from "../../support/context/live-context.ts";
import type { Json, PlainContext } from "../../support/context/plain-context.ts";
import { until } from "../../support/until.ts";

/* The rows of the chain document's operational table, but for Normal and Burst: what goes wrong with the provider's chains. */

const CHAIN = "/v3/snapshot/options/I:SPX";
/** Of one fetch: two expirations, calls and puts; or one of them on two pages. */
const REQUESTS = 4;

let live: LiveContext | undefined;
afterEach(async () => {
  expect((await live?.stop()) ?? []).toEqual([]);
});

/** A context whose first epoch is there, with all that a test looks at. */
async function begun(options: LiveContextOptions = {}) {
  live = await LiveContext.start(options);
  const { epoch, chain } = await live.context();
  const { plain, simulator } = live;
  await plain.health("ok");
  const contracts = await plain.contracts(epoch);
  /** Between two fetches: what is to meet a whole one is not to meet the end of one and the beginning of the next. */
  const inject = (fault: Fault): Promise<void> =>
    until("a moment between two fetches", () => {
      if (simulator.log.requests(CHAIN).length % REQUESTS !== 0) return false;
      simulator.inject(fault);
      return true;
    });
  return { plain, simulator, inject, epoch, chain, contracts };
}

/** Waits until an epoch was renewed, and is whole. */
async function renewed(plain: PlainContext, epoch: string): Promise<void> {
  const before = Number((await plain.meta(epoch))["valid_until"]);
  await plain.until("the epoch is renewed", async () => Number((await plain.meta(epoch))["valid_until"]) > before);
  const meta = await plain.meta(epoch);
  expect((await plain.records(epoch)).size).toBe(Number(meta["contract_count"]));
}

describe("chain document, Stale", () => {
  it("keeps the epoch alive while answers are slow beyond the time limit, and tells that it is degraded", async () => {
    const config = { restTimeoutMs: 300, epochRenewSec: 0.2 };
    const { plain, inject, epoch, contracts } = await begun({ config });
    await inject({ kind: "restDelay", ms: 100_000, path: CHAIN, requests: 2 * REQUESTS });
    await plain.until("it is degraded", async () => (await plain.status("chain/SPX")) === "degraded");
    await renewed(plain, epoch);
    await plain.until("it is well again", async () => (await plain.status("chain/SPX")) === "ok");
    expect(await plain.active()).toBe(epoch);
    expect(await plain.contracts(epoch)).toEqual(contracts);
    expect(await plain.count("massive:chain:analytics", "errors")).toBeGreaterThanOrEqual(1);
  });

  it("publishes a chain that took longer than agreed, as slow", async () => {
    const { plain, inject, epoch } = await begun({ config: { chainSlowMs: 250 } });
    await inject({ kind: "restDelay", ms: 300, path: CHAIN, requests: REQUESTS });
    await plain.until("a slow chain", async () => (await plain.count("massive:chain:analytics:health", "slow")) > 0);
    expect(await plain.count("massive:chain:analytics", "sla_violations")).toBeGreaterThanOrEqual(1);
    expect(await plain.active()).toBe(epoch);
  });

  it("takes values of long ago for what they are: none newer than before is replaced", async () => {
    const { plain, inject, epoch } = await begun();
    const before = await plain.records(epoch);
    await inject({ kind: "restStale", ageMs: 900_000, path: CHAIN, forMs: 1e6 });
    await plain.until("a chain of long ago", async () => {
      const trail = await plain.key("massive:chain:analytics:staleness:SPX");
      return Number(trail.members.at(-1)?.split(":")[1]) > 800_000;
    });
    for (const [contract, { quote_ns, trade_ns }] of await plain.records(epoch)) {
      const old = before.get(contract);
      expect(BigInt(String(quote_ns ?? 0))).toBeGreaterThanOrEqual(BigInt(String(old?.["quote_ns"] ?? 0)));
      expect(BigInt(String(trade_ns ?? 0))).toBeGreaterThanOrEqual(BigInt(String(old?.["trade_ns"] ?? 0)));
    }
  });
});

describe("chain document, Failure", () => {
  it.each<readonly [string, Fault]>([
    ["500s", { kind: "restStatus", status: 500, path: CHAIN, requests: REQUESTS }],
    ["503s in HTML", { kind: "restStatus", status: 503, body: "html", path: CHAIN, requests: REQUESTS }],
    ["cut bodies", { kind: "restCut", path: CHAIN, requests: REQUESTS }],
    ["empty bodies", { kind: "restBody", form: "empty", path: CHAIN, requests: REQUESTS }],
  ])("keeps the epoch alive through %s, counts the error, is degraded and then well again", async (_, fault) => {
    const { plain, inject, epoch, contracts } = await begun({ config: { epochRenewSec: 0.2 } });
    await inject(fault);
    await plain.until("it is degraded", async () => (await plain.status("chain/SPX")) === "degraded");
    expect(String((await plain.heartbeat("chain/SPX"))["reason"])).not.toBe("null");
    await renewed(plain, epoch);
    await plain.until("it is well again", async () => (await plain.status("chain/SPX")) === "ok");
    expect(await plain.count("massive:chain:analytics", "errors")).toBe(1);
    expect(await plain.count("massive:chain:analytics:health", "error")).toBe(1);
    expect(await plain.active()).toBe(epoch);
    expect(await plain.contracts(epoch)).toEqual(contracts);
    expect(await plain.count("massive:chain:analytics", "promotions")).toBe(1);
  });

  it("leaves a provider alone for as long as its 429 asks for", async () => {
    const { plain, simulator, inject, epoch } = await begun();
    const fault = { kind: "restStatus", status: 429, retryAfterSec: 2, path: CHAIN, requests: REQUESTS } as const;
    await inject(fault);
    await plain.until("it is degraded", async () => (await plain.status("chain/SPX")) === "degraded");
    await plain.health("ok");
    const asked = simulator.log.requests(CHAIN);
    const refused = asked.filter(({ status }) => status === 429).map(({ atMs }) => atMs);
    expect(refused).toHaveLength(REQUESTS);
    const next = asked.find(({ atMs, status }) => status === 200 && atMs > (refused[0] ?? Infinity));
    expect((next?.atMs ?? 0) - Math.max(...refused)).toBeGreaterThanOrEqual(1_900);
    expect(await plain.active()).toBe(epoch);
  });

  it.each([401, 403])("ends as failed on a %i, and says why", async (status) => {
    const { plain, inject, chain, epoch } = await begun();
    await inject({ kind: "restStatus", status, path: CHAIN, requests: 100 });
    const reason = status === 401 ? "unauthorized" : "forbidden";
    expect(await chain.ended).toMatchObject({ code: "STRIKEWIRE_REST", reason });
    expect(await plain.heartbeat("chain/SPX")).toMatchObject({ status: "failed", reason: expect.stringMatching(/./) });
    expect(await plain.count("massive:chain:analytics", "errors")).toBe(1);
    // Whoever takes over finds it.
    expect(await plain.active()).toBe(epoch);
    expect((await plain.records(epoch)).size).toBeGreaterThan(0);
    // The others go on.
    expect(await plain.status("spot")).toBe("ok");
    await live?.stop();
    live = undefined;
  });

  /** More than 300 strikes on each side of one expiration: two pages each. */
  const PAGED: LiveContextOptions = {
    simulator: {
      market: {
        underlyings: DEFAULT_UNDERLYINGS.slice(0, 1).map((spec) => ({
          ...spec,
          expirations: { days: 2, fridays: 1, monthlies: 1 },
          strikeBands: [{ within: 0.12, step: 5, maxDays: 10_000 }],
        })),
      },
    },
    config: { chainNumExpirations: 1, chainStrikeWindowPct: { default: 15, bySymbol: {} }, stockSymbols: [] },
  };

  it.each<readonly [string, Fault]>([
    ["fails", { kind: "restStatus", status: 502, path: CHAIN, page: 2, requests: 2 }],
    ["is cut", { kind: "restCut", path: CHAIN, page: 2, requests: 2 }],
    ["leads to itself again", { kind: "restNextUrl", form: "loop", path: CHAIN, page: 2, requests: 2 }],
    ["leads to another origin", { kind: "restNextUrl", form: "foreign", path: CHAIN, requests: 2 }],
  ])("keeps the geometry where a page in mid-chain %s, and tells that the chain is partial", async (_, fault) => {
    const { plain, simulator, inject, epoch, contracts } = await begun({
      ...PAGED,
      config: { ...PAGED.config, epochRenewSec: 0.2 },
    });
    const whole = simulator.log.requests(CHAIN).filter(({ page }) => page > 1);
    expect(whole.length).toBeGreaterThan(0);
    await inject(fault);
    await plain.until(
      "a partial chain",
      async () => (await plain.count("massive:chain:analytics:health", "partial")) > 0,
    );
    await plain.health("ok");
    expect(await plain.active()).toBe(epoch);
    expect(await plain.contracts(epoch)).toEqual(contracts);
    expect(await plain.count("massive:chain:analytics", "promotions")).toBe(1);
    await renewed(plain, epoch);
  });

  it("holds a chain back that has collapsed, and accepts it when it comes twice", async () => {
    const { plain, inject, epoch, contracts } = await begun();
    await plain.fetches(2);
    await inject({ kind: "restCollapsed", contracts: 5, path: CHAIN, requests: REQUESTS });
    await plain.until("a collapsed chain", async () => {
      return (await plain.count("massive:chain:analytics:health", "collapsed")) === 1;
    });
    await plain.health("ok");
    expect(await plain.active()).toBe(epoch);
    expect(await plain.contracts(epoch)).toEqual(contracts);
    await inject({ kind: "restCollapsed", contracts: 5, path: CHAIN, forMs: 1e6 });
    const next = await plain.epochAfter(epoch);
    expect(await plain.contracts(next)).toHaveLength(REQUESTS * 5);
    expect(await plain.count("massive:chain:analytics:health", "collapsed")).toBeGreaterThanOrEqual(2);
    const wanted = (await plain.contracts(next)).flatMap((contract) => [`Q.${contract}`, `T.${contract}`]).sort();
    await plain.until("the wanted topics follow", async () => {
      return `${await plain.set("massive:ws:subscriptions")}` === `${wanted}`;
    });
  });
});

describe("chain document, Off-hours/Holiday", () => {
  it("keeps the epoch while the chain is empty, and tells that it is", async () => {
    const { plain, inject, epoch, contracts } = await begun({ config: { epochRenewSec: 0.2 } });
    await inject({ kind: "restEmpty", path: CHAIN, forMs: 1e6 });
    await plain.health("empty");
    await plain.fetches(2);
    expect(await plain.active()).toBe(epoch);
    expect(await plain.contracts(epoch)).toEqual(contracts);
    expect(await plain.json("massive:chain:latest:SPX")).toMatchObject({ contracts: 0, health: "empty", epoch });
    await renewed(plain, epoch);
    // At night nothing would be wrong with that.
    expect(await plain.status("chain/SPX")).toBe("degraded");
  });

  it("serves the last values of a market that is closed, and calls none of them new", async () => {
    const { plain, epoch } = await begun({ simulator: { hours: "closed" } });
    const before = await plain.records(epoch);
    await plain.fetches(2);
    expect(await plain.active()).toBe(epoch);
    for (const [contract, record] of await plain.records(epoch)) {
      for (const field of ["quote_ns", "trade_ns"]) expect(record[field]).toBe(before.get(contract)?.[field]);
      expect(record).not.toHaveProperty("last");
      expect(record).toHaveProperty("oi");
    }
  });

  it("refuses and counts contracts that were not asked for", async () => {
    const { plain, inject, epoch, contracts } = await begun();
    await inject({ kind: "restOutside", contracts: 7, path: CHAIN, requests: REQUESTS });
    const { telemetry } = live ?? { telemetry: undefined };
    await plain.until("contracts are refused", async () => {
      return (telemetry?.counterValue("chain_refused_contracts_total", { symbol: "SPX" }) ?? 0) > 0;
    });
    expect(telemetry?.counterValue("chain_refused_contracts_total", { symbol: "SPX" })).toBe(7 * REQUESTS);
    await plain.fetches(1);
    expect(await plain.active()).toBe(epoch);
    expect(await plain.contracts(epoch)).toEqual(contracts);
  });

  it("leaves absent what the provider leaves out: it is never 0", async () => {
    live = await LiveContext.start();
    const fields = ["greeks", "implied_volatility", "last_quote", "last_trade", "day", "open_interest"];
    live.simulator.inject({ kind: "restMissing", fields, path: CHAIN, forMs: 1e6 });
    const { epoch } = await live.context();
    const names: (keyof Json)[] = ["bid", "ask", "quote_t", "last", "trade_t", "delta", "iv", "oi"];
    for (const record of (await live.plain.records(epoch)).values()) {
      for (const name of names) expect([undefined, null]).toContain(record[name]);
    }
  });
});
