import { CHANNELS } from "../../domain/channels.ts";
import {
  CHAIN_TRAILS,
  type ChainAnalytics,
  type ChainCompletion,
  type ChainSnapshot,
} from "../../domain/context/chain.ts";
import type { ChainStore } from "../../ports/chain-store.ts";
import { hear } from "../announcements.ts";
import { check } from "../check.ts";
import { eventually } from "../runner.ts";
import { SAMPLE_TIME_MS } from "../samples.ts";
import type { ChainTests } from "./contracts-tests.ts";
import { sampleChainSnapshot, sampleCompletion } from "./samples.ts";

const SPX = "chain/SPX";
const NDX = "chain/NDX";
const TS = SAMPLE_TIME_MS / 1_000;

const NOTHING: ChainAnalytics = {
  runs: 0,
  errors: 0,
  total_snapshots: 0,
  total_contracts: 0,
  total_fetch_latency_ms: 0,
  last_snapshot_ts: null,
  latency_last_ms: null,
  publish_success: 0,
  publish_failures: 0,
  sla_violations: 0,
  promotions: 0,
  forced_promotions: 0,
};
const NO_HEALTH = { ok: 0, slow: 0, partial: 0, collapsed: 0, empty: 0, error: 0 };

/** Everything that a repeat could double. */
async function accountsOf(store: ChainStore) {
  return {
    latest: await store.latest("SPX"),
    analytics: await store.analytics(),
    health: await store.health(),
    trails: await Promise.all(CHAIN_TRAILS.map((figure) => store.trail(figure, "SPX"))),
  };
}

/** The last snapshot of each symbol, and what the bus says of it. */
export function completionTests({ test }: ChainTests): void {
  test("a snapshot is read as it was written, field for field", async ({ subject: { store } }) => {
    check.equal("new store", await store.latest("SPX"), null);
    check.equal("complete", await store.complete(SPX, 1, sampleCompletion()), "stored");
    check.equal("snapshot", await store.latest("SPX"), sampleChainSnapshot());
    check.equal("other symbol", await store.latest("NDX"), null);
  });
  test("each snapshot replaces the one before whole, an empty one too", async ({ subject: { store } }) => {
    await store.complete(SPX, 1, sampleCompletion());
    await store.complete(NDX, 1, sampleCompletion({ symbol: "NDX" }));
    const empty: Partial<ChainSnapshot> = {
      expirations: [],
      contracts: 0,
      health: "empty",
      epoch: null,
      geometry_hash: null,
      strike_min: null,
      strike_max: null,
      tickers: [],
      pages: null,
    };
    await store.complete(SPX, 2, sampleCompletion(empty));
    check.equal("snapshot", await store.latest("SPX"), sampleChainSnapshot(empty));
    check.equal("other symbol", await store.latest("NDX"), sampleChainSnapshot({ symbol: "NDX" }));
  });
  test("it is announced in short, and can be read by then", async (opened) => {
    const { store, bus } = opened.subject;
    const read: Promise<ChainSnapshot | null>[] = [];
    const heard = await hear(opened, bus, CHANNELS.chainSnapshot, () => read.push(store.latest("SPX")));
    await store.complete(SPX, 1, sampleCompletion());
    await eventually(opened, "it is heard", () => heard.length > 0);
    check.equal("heard", heard, [
      `{"symbol":"SPX","expirations":["2025-12-23","2025-12-24"],"contracts":3,"latency_ms":812,"health":"ok","epoch":"SPX:1766437799:0f1e2d","ts":${TS}}`,
    ]);
    check.equal("read", await Promise.all(read), [sampleChainSnapshot()]);
  });
  test("repeats and failures are not announced, and a failure leaves the latest snapshot", async (opened) => {
    const { store, bus } = opened.subject;
    await store.complete(SPX, 1, sampleCompletion());
    const heard = await hear(opened, bus, CHANNELS.chainSnapshot);
    await store.complete(SPX, 1, sampleCompletion());
    await store.fail(SPX, 2, "SPX");
    check.equal("latest", await store.latest("SPX"), sampleChainSnapshot());
    await store.complete(NDX, 1, sampleCompletion({ symbol: "NDX" }));
    await eventually(opened, "the last is heard", () => heard.some((body) => body.includes("NDX")));
    check.equal("heard", heard.length, 1);
  });
}

/** Totals, health, trails, and the sequences that keep them exact. */
export function countTests({ test }: ChainTests): void {
  test("are of nothing in a new store", async ({ subject: { store } }) => {
    check.equal("analytics", await store.analytics(), NOTHING);
    check.equal("health", await store.health(), { counts: NO_HEALTH, last: new Map() });
    for (const figure of CHAIN_TRAILS) check.equal(figure, await store.trail(figure, "SPX"), []);
    check.equal("sequence", await store.storedSeq(SPX), 0);
  });
  test("add up over all symbols, and keep the last time and latency", async ({ subject: { store } }) => {
    await store.complete(
      SPX,
      1,
      sampleCompletion({}, { slaViolated: true, promotion: "promoted", publishFailures: 2 }),
    );
    await store.complete(NDX, 1, sampleCompletion({ symbol: "NDX", contracts: 500 }, { promotion: "forced" }));
    await store.fail(SPX, 2, "SPX");
    await store.complete(
      SPX,
      3,
      sampleCompletion({ latency_ms: 99, ts: TS + 30, contracts: 0 }, { publishFailures: 1 }),
    );
    check.equal("analytics", await store.analytics(), {
      runs: 4,
      errors: 1,
      total_snapshots: 3,
      total_contracts: 503,
      total_fetch_latency_ms: 1_723,
      last_snapshot_ts: TS + 30,
      latency_last_ms: 99,
      publish_success: 3,
      publish_failures: 3,
      sla_violations: 1,
      promotions: 2,
      forced_promotions: 1,
    });
  });
  test("tell how fetches went, of each symbol the last", async ({ subject: { store } }) => {
    const course = ["ok", "ok", "slow", "partial", "collapsed", "empty"] as const;
    for (const [index, health] of course.entries()) await store.complete(SPX, index + 1, sampleCompletion({ health }));
    await store.complete(NDX, 1, sampleCompletion({ symbol: "NDX" }));
    await store.fail(NDX, 2, "NDX");
    await store.fail("chain/VIX", 1, "VIX");
    const { counts, last } = await store.health();
    check.equal("counts", counts, { ok: 3, slow: 1, partial: 1, collapsed: 1, empty: 1, error: 2 });
    check.equal("SPX", last.get("SPX"), "empty");
    check.equal("NDX", last.get("NDX"), "error");
    check.equal("VIX", last.get("VIX"), "error");
    check.equal("symbols", last.size, 3);
  });
  test("leave a trail of each figure and symbol, oldest first; what is unknown leaves none", async (opened) => {
    const { store } = opened.subject;
    await store.complete(SPX, 1, sampleCompletion());
    await store.complete(
      SPX,
      2,
      sampleCompletion({ ts: TS + 1, strike_min: null, strike_max: null }, { stalenessMs: null }),
    );
    await store.complete(NDX, 1, sampleCompletion({ symbol: "NDX", contracts: 7 }));
    await store.fail(SPX, 3, "SPX");
    check.equal("latency", await store.trail("fetch_latency", "SPX"), [
      { ts: TS, value: 812 },
      { ts: TS + 1, value: 812 },
    ]);
    check.equal("contracts", await store.trail("contract_count", "SPX"), [
      { ts: TS, value: 3 },
      { ts: TS + 1, value: 3 },
    ]);
    check.equal("staleness", await store.trail("staleness", "SPX"), [{ ts: TS, value: 15_250.5 }]);
    check.equal("strikes", await store.trail("strike_range", "SPX"), [{ ts: TS, value: 1_119.5 }]);
    check.equal("NDX", await store.trail("contract_count", "NDX"), [{ ts: TS, value: 7 }]);
  });
  test("keep the last 1,000 points of a trail", async ({ subject: { store } }) => {
    const complete = (seq: number) => store.complete(SPX, seq, sampleCompletion({ ts: TS + seq, latency_ms: seq }));
    for (let seq = 1; seq <= 1_000; seq++) await complete(seq);
    check.equal("at the bound", (await store.trail("fetch_latency", "SPX"))[0], { ts: TS + 1, value: 1 });
    await complete(1_001);
    for (const figure of CHAIN_TRAILS) {
      const trail = await store.trail(figure, "SPX");
      check.equal(`${figure}, length`, trail.length, 1_000);
      check.equal(`${figure}, first`, trail[0]?.ts, TS + 2);
    }
  });
  test("count a repeated call once, and it changes nothing", async ({ subject: { store } }) => {
    await store.complete(SPX, 4, sampleCompletion());
    await store.fail(SPX, 5, "SPX");
    const before = await accountsOf(store);
    check.equal("complete", await store.complete(SPX, 4, sampleCompletion()), "already");
    check.equal("other", await store.complete(SPX, 5, sampleCompletion({ ts: TS + 1, health: "slow" })), "already");
    check.equal("fail", await store.fail(SPX, 5, "SPX"), "already");
    check.equal("accounts", await accountsOf(store), before);
    check.equal("sequence", await store.storedSeq(SPX), 5);
    check.equal("other producer", await store.fail(NDX, 1, "NDX"), "stored");
    const last = Number.MAX_SAFE_INTEGER;
    check.equal("the last but one", await store.fail(NDX, last - 1, "NDX"), "stored");
    check.equal("the last", await store.fail(NDX, last, "NDX"), "stored");
    check.equal("the last again", await store.fail(NDX, last, "NDX"), "already");
  });
}

/** Mistakes of the caller. */
export function refusalTests({ test }: ChainTests): void {
  test("meet sequences that are no positive safe integers", async ({ subject: { store } }) => {
    for (const seq of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
      await check.rejects(`complete ${seq}`, store.complete(SPX, seq, sampleCompletion()), "RangeError");
      await check.rejects(`fail ${seq}`, store.fail(SPX, seq, "SPX"), "RangeError");
    }
  });
  test("meet completions that are none, and nothing of them is stored", async ({ subject: { store } }) => {
    const bad: Readonly<Record<string, ChainCompletion>> = {
      "a symbol with I:": sampleCompletion({ symbol: "I:SPX" }),
      "half a contract": sampleCompletion({ contracts: 0.5 }),
      "a fraction of a millisecond": sampleCompletion({ latency_ms: 1.5 }),
      "a date that is none": sampleCompletion({ expirations: ["20251223"] }),
      "a strike that is no number": sampleCompletion({ strike_min: Number.NaN }),
      "a time that is none": sampleCompletion({ ts: Number.NaN }),
      "a negative age": sampleCompletion({}, { stalenessMs: -1 }),
      "minus one failure": sampleCompletion({}, { publishFailures: -1 }),
    };
    for (const [what, completion] of Object.entries(bad)) {
      await check.rejects(what, store.complete(SPX, 1, completion), "TypeError");
    }
    await check.rejects("failure of a symbol with I:", store.fail(SPX, 1, "I:SPX"), "TypeError");
    check.equal("latest", await store.latest("SPX"), null);
    check.equal("analytics", await store.analytics(), NOTHING);
    check.equal("sequence", await store.storedSeq(SPX), 0);
  });
}

/** Two clients of one store at once. */
export function racingTests({ shared }: ChainTests): void {
  shared("of 20 calls of one sequence exactly one is stored", async ({ first, second }) => {
    const calls = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? first : second).store.complete(SPX, 3, sampleCompletion()),
    );
    const stored = (await Promise.all(calls)).filter((result) => result === "stored");
    check.equal("stored", stored.length, 1);
    check.equal("snapshots", (await first.store.analytics()).total_snapshots, 1);
  });
  shared("all of what two clients complete at once is counted, and one snapshot is there whole", async (opened) => {
    const { first, second } = opened;
    const heard = await hear(opened, second.bus, CHANNELS.chainSnapshot);
    const snapshots = Array.from({ length: 40 }, (_, index) =>
      sampleChainSnapshot({ ts: TS + index, contracts: index, epoch: `${index}`, tickers: [`${index}`] }),
    );
    await Promise.all(
      snapshots.map((snapshot, index) => {
        const { store } = index % 2 === 0 ? first : second;
        return store.complete(`chain/${index % 2}`, Math.floor(index / 2) + 1, { ...sampleCompletion(), snapshot });
      }),
    );
    const stored = await second.store.latest("SPX");
    check.equal("snapshot", stored, snapshots[stored?.contracts ?? -1] ?? null);
    const { runs, total_contracts } = await first.store.analytics();
    check.equal("totals", { runs, total_contracts }, { runs: 40, total_contracts: 780 });
    check.equal("health", (await second.store.health()).counts, { ...NO_HEALTH, ok: 40 });
    check.equal("trail", (await first.store.trail("contract_count", "SPX")).length, 40);
    await eventually(opened, "all are heard", () => heard.length >= 40);
    check.equal("heard", new Set(heard).size, 40);
  });
}
