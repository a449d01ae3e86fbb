import { describe, expect, it } from "vitest";
import {
  ManualClock,
  MemoryChainProvider,
  MemoryDatabase,
  MemoryLogger,
  openMemory,
} from "../../../src/adapters/memory/index.ts";
import { CHANNELS } from "../../../src/domain/channels.ts";
import { readConfig } from "../../../src/domain/config/read-config.ts";
import type { StrikewireConfig } from "../../../src/domain/config/strikewire-config.ts";
import type { SubstrateRecord, SubstrateValues } from "../../../src/domain/epoch/substrate.ts";
import { formatOptionTicker } from "../../../src/domain/instrument/option-symbol.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { ChainWorker } from "../../../src/workers/context/chain/chain-worker.ts";
import { Heart } from "../../../src/workers/heartbeat.ts";

/** A Tuesday, 10:00 in New York. */
const START_MS = Date.UTC(2026, 0, 6, 15);
const NEVER = new AbortController().signal;

function record(
  strike: number,
  values: SubstrateValues = {},
  expiration = "2026-01-07",
  root = "SPXW",
): SubstrateRecord {
  const right = strike % 2 === 0 ? ("C" as const) : ("P" as const);
  const contract = formatOptionTicker({ root, expiration, right, strikeThousandths: strike * 1_000 });
  const terms = { contract, underlying: "SPX", root, expiration, strike, right, multiplier: 100, style: null };
  return { terms, ...values };
}

function chainOf(strikes: readonly number[]): readonly SubstrateRecord[] {
  return strikes.map((strike) => record(strike));
}

const STRIKES = Array.from({ length: 20 }, (_, index) => 5_990 + index);

/** A chain worker for SPX on memory stores, a scripted provider and a clock that moves when told. */
class Setup {
  readonly clock = new ManualClock(START_MS);
  readonly database: MemoryDatabase;
  readonly ports: ReturnType<typeof openMemory>;
  readonly provider = new MemoryChainProvider({ clock: this.clock, latencyMs: 100 });
  readonly logger = new MemoryLogger();
  readonly stop = new AbortController();
  readonly worker: ChainWorker;
  readonly config: StrikewireConfig;
  ended: Promise<unknown> | undefined;

  /** @param storeBehindMs by how much the clock of the stores is behind the worker's. */
  constructor(code: Partial<StrikewireConfig> = {}, storeBehindMs = 0) {
    const { clock } = this;
    const behind: Clock = {
      now: () => clock.now() - storeBehindMs,
      monotonic: () => clock.monotonic(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    };
    this.database = new MemoryDatabase({ clock: behind });
    this.ports = openMemory({ clock, database: this.database });
    this.config = readConfig({ code: { chainSymbols: ["I:SPX"], ...code } }).config;
    const { provider, logger, ports } = this;
    const all = { ...ports, clock, logger, chainProvider: provider, reference: provider };
    this.worker = new ChainWorker(this.config, all, { host: "test", pid: 1 });
    this.provider.put(chainOf(STRIKES));
    this.provider.putSpot({ value: 6_000, valueTsNs: BigInt(START_MS) * 1_000_000n });
  }

  run(): this {
    this.ended = this.worker.run(this.stop.signal).catch((error: unknown) => error);
    return this;
  }

  async passes(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  async finish(): Promise<unknown> {
    this.stop.abort();
    await this.clock.advance(2_000);
    return this.ended;
  }

  async active(): Promise<string | null> {
    return this.ports.epochs.active("SPX");
  }

  async tickers(): Promise<readonly string[]> {
    const id = await this.active();
    const records = id === null ? null : await this.ports.substrate.records(id);
    return (records ?? []).map(({ terms }) => terms.contract);
  }

  async heartbeat() {
    return (await this.ports.heartbeats.all()).find(({ worker }) => worker === "chain/SPX");
  }

  /** A source that streams: its heartbeat. */
  streams(): void {
    const heart = new Heart({ worker: "ws", host: "test", pid: 2 }, this.config, this.ports);
    void heart.run(this.stop.signal);
  }
}

describe("a chain worker", () => {
  it("stores a chain, promotes its first epoch, wants its topics, and says so", async () => {
    const setup = new Setup();
    const heard: string[] = [];
    await setup.ports.bus.subscribe(
      CHANNELS.chainSnapshot,
      (message) => void (message.kind === "message" && heard.push(message.body)),
      NEVER,
    );
    setup.run();
    await setup.passes(1_000);
    expect(await setup.tickers()).toHaveLength(20);
    const latest = await setup.ports.chain.latest("SPX");
    expect(latest).toMatchObject({
      contracts: 20,
      health: "ok",
      latency_ms: 100,
      strike_min: 5_990,
      strike_max: 6_009,
    });
    expect(latest?.epoch).toBe(await setup.active());
    expect(heard.map((body) => JSON.parse(body).contracts)).toEqual([20]);
    expect(await setup.ports.chain.analytics()).toMatchObject({
      runs: 1,
      promotions: 1,
      forced_promotions: 0,
      errors: 0,
    });
    const wanted = await setup.ports.subscriptions.wanted();
    expect(wanted.size).toBe(40);
    await setup.passes(5_000);
    expect(await setup.heartbeat()).toMatchObject({ status: "ok", detail: { health: "ok", contracts: 20 } });
    expect(await setup.finish()).toBeUndefined();
    expect(setup.clock.pendingSleepers).toBe(0);
  });

  it("renews values of the same geometry in the same epoch, from start to start", async () => {
    const setup = new Setup({ chainIntervalSec: 30 }).run();
    await setup.passes(1_000);
    const first = await setup.active();
    const quote = { quoteTsNs: BigInt(START_MS) * 1_000_000n, bid: 1, ask: 2, bidSize: 3, askSize: 4 };
    setup.provider.put(STRIKES.map((strike) => record(strike, { quote })));
    await setup.passes(60_000);
    expect(await setup.active()).toBe(first);
    const records = await setup.ports.substrate.records(first ?? "");
    expect(records?.every(({ quote: stored }) => stored?.bid === 1)).toBe(true);
    // At 0, 30 and 60 s: two sides of one expiration each.
    expect(setup.provider.requests).toBe(6);
    await setup.finish();
  });

  it("promotes an epoch when the geometry changes, and moves the wanted topics by the difference", async () => {
    const setup = new Setup().run();
    await setup.passes(1_000);
    const first = await setup.active();
    const changes: unknown[] = [];
    const heard = (message: { kind: string; body?: string }): void => {
      if (message.body !== undefined) changes.push(JSON.parse(message.body));
    };
    await setup.ports.bus.subscribe(CHANNELS.subscriptions, heard, NEVER);
    setup.provider.put(chainOf([...STRIKES.slice(1), 6_010]));
    await setup.passes(30_000);
    expect(await setup.active()).not.toBe(first);
    expect(await setup.tickers()).toHaveLength(20);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      added: [expect.stringMatching(/^T\./), expect.stringMatching(/^Q\./)],
      removed: [expect.stringMatching(/^T\./), expect.stringMatching(/^Q\./)],
    });
    await setup.finish();
  });

  it("wants its topics again where the set of them was emptied, whatever others want", async () => {
    const setup = new Setup().run();
    await setup.passes(1_000);
    const { subscriptions } = setup.ports;
    const wanted = await subscriptions.wanted();
    await subscriptions.change({ added: ["T.O:AAPL260116C00200000"], removed: [...wanted] });
    await setup.passes(30_000);
    expect(await subscriptions.wanted()).toEqual(new Set([...wanted, "T.O:AAPL260116C00200000"]));
    await setup.finish();
  });

  it("keeps the geometry where a page fails in mid-chain, and takes the values that came", async () => {
    const setup = new Setup().run();
    await setup.passes(1_000);
    const first = await setup.active();
    setup.provider.fail("server", { isPartial: true });
    await setup.passes(30_000);
    expect(await setup.active()).toBe(first);
    expect(await setup.tickers()).toHaveLength(20);
    expect((await setup.ports.chain.latest("SPX"))?.health).toBe("partial");
    expect(await setup.heartbeat()).toMatchObject({ status: "degraded" });
    await setup.passes(120_000);
    expect(await setup.heartbeat()).toMatchObject({ status: "ok" });
    await setup.finish();
  });

  it("holds a chain back that has collapsed, and accepts it when it comes twice", async () => {
    const setup = new Setup().run();
    await setup.passes(31_000);
    const first = await setup.active();
    setup.provider.put(chainOf(STRIKES.slice(0, 6)));
    await setup.passes(30_000);
    expect(await setup.active()).toBe(first);
    expect((await setup.ports.chain.latest("SPX"))?.health).toBe("collapsed");
    await setup.passes(30_000);
    expect(await setup.active()).not.toBe(first);
    expect(await setup.tickers()).toHaveLength(6);
    await setup.finish();
  });

  it("keeps the epoch and its values alive while the provider is down for 15 minutes, and backs off", async () => {
    const setup = new Setup().run();
    await setup.passes(1_000);
    const first = await setup.active();
    const requests = setup.provider.requests;
    setup.provider.fail("server", { times: 10_000 });
    await setup.passes(900_000);
    expect(await setup.active()).toBe(first);
    expect(await setup.tickers()).toHaveLength(20);
    // 30, 60, 120, 240, then 300 s, two sides each.
    expect(setup.provider.requests - requests).toBeLessThanOrEqual(12);
    expect(await setup.heartbeat()).toMatchObject({ status: "degraded" });
    const analytics = await setup.ports.chain.analytics();
    expect(analytics.errors).toBeGreaterThan(2);
    setup.provider.heal();
    await setup.passes(300_000);
    expect(await setup.heartbeat()).toMatchObject({ status: "ok" });
    expect(await setup.active()).toBe(first);
    await setup.finish();
  });

  it("keeps the epoch while chains are empty, until its contracts have settled", async () => {
    const setup = new Setup().run();
    await setup.passes(1_000);
    const first = await setup.active();
    setup.provider.clear("SPX");
    await setup.passes(120_000);
    expect(await setup.active()).toBe(first);
    expect((await setup.ports.chain.latest("SPX"))?.health).toBe("empty");
    expect(await setup.heartbeat()).toMatchObject({ status: "ok" });
    await setup.finish();
  });

  it("ends as failed where the key is refused, and says why", async () => {
    const setup = new Setup();
    setup.provider.fail("unauthorized", { times: 10 });
    setup.run();
    await setup.passes(2_000);
    expect(await setup.ended).toMatchObject({ code: "STRIKEWIRE_REST", reason: "unauthorized" });
    expect(await setup.heartbeat()).toMatchObject({ status: "failed" });
    expect(setup.clock.pendingSleepers).toBe(0);
  });

  it.each(["not_found", "refused"] as const)(
    "goes on after the answer '%s', less often, and says so",
    async (reason) => {
      const setup = new Setup().run();
      await setup.passes(1_000);
      const epoch = await setup.active();
      const before = setup.provider.requests;
      setup.provider.fail(reason, { times: 2 * before });
      await setup.passes(30_000);
      expect(await setup.heartbeat()).toMatchObject({ status: "degraded" });
      await setup.passes(300_000);
      expect(await setup.heartbeat()).toMatchObject({ status: "ok" });
      expect(await setup.active()).toBe(epoch);
      expect(await setup.finish()).toBeUndefined();
    },
  );

  it("asks for a chain while nothing is streamed, and forces an epoch at the limit, without a topic changed", async () => {
    const setup = new Setup({ epochDormantThresholdSec: 5, epochDormantLimit: 3 });
    setup.streams();
    setup.run();
    await setup.passes(1_000);
    const first = await setup.active();
    const changes: unknown[] = [];
    await setup.ports.bus.subscribe(
      CHANNELS.subscriptions,
      (message) => void (message.kind === "message" && changes.push(message)),
      NEVER,
    );
    await setup.passes(22_000);
    const second = await setup.active();
    expect(second).not.toBe(first);
    expect((await setup.ports.epochs.meta(second ?? ""))?.forced).toBe(true);
    expect(await setup.tickers()).toHaveLength(20);
    expect(changes).toEqual([]);
    expect(await setup.ports.chain.analytics()).toMatchObject({ forced_promotions: 1 });
    await setup.finish();
  });

  it("does not take a quiet feed for dormant while its link is down or the market closed", async () => {
    const setup = new Setup().run();
    await setup.passes(60_000);
    expect((await setup.ports.epochs.timeline("SPX")).length).toBe(1);
    await setup.finish();
  });

  it("does not take a feed for dormant where the store's clock is behind by more than the threshold", async () => {
    const setup = new Setup({ chainIntervalSec: 600, chainIntervalMaxSec: 600, epochDormantThresholdSec: 5 }, 60_000);
    setup.streams();
    setup.run();
    await setup.passes(1_000);
    const epoch = (await setup.active()) ?? "";
    const requests = setup.provider.requests;
    for (let second = 1; second <= 20; second++) {
      const quoteTsNs = BigInt(START_MS + second * 1_000) * 1_000_000n;
      const quote = { quoteTsNs, bid: 1, ask: 2, bidSize: 3, askSize: 4 };
      await setup.ports.substrate.mergeStreamed(epoch, [{ contract: record(6_000).terms.contract, quote }]);
      await setup.passes(1_000);
    }
    expect(setup.provider.requests).toBe(requests);
    await setup.passes(7_000);
    expect(setup.provider.requests).toBeGreaterThan(requests);
    await setup.finish();
  });

  it("does not take a feed for dormant whose hydrator is behind by more than the threshold", async () => {
    const setup = new Setup({ chainIntervalSec: 600, chainIntervalMaxSec: 600, epochDormantThresholdSec: 5 });
    const quoteAt = (ms: number) => ({ quoteTsNs: BigInt(ms) * 1_000_000n, bid: 1, ask: 2, bidSize: 3, askSize: 4 });
    setup.provider.put(STRIKES.map((strike) => record(strike, { quote: quoteAt(START_MS) })));
    setup.streams();
    setup.run();
    await setup.passes(1_000);
    const epoch = (await setup.active()) ?? "";
    for (let second = 1; second <= 60; second++) {
      const nowMs = setup.clock.now();
      setup.provider.put(STRIKES.map((strike) => record(strike, { quote: quoteAt(nowMs) })));
      const late = { contract: record(6_000).terms.contract, quote: quoteAt(nowMs - 7_000) };
      await setup.ports.substrate.mergeStreamed(epoch, [late]);
      await setup.passes(1_000);
    }
    expect(await setup.active()).toBe(epoch);
    expect((await setup.ports.chain.analytics()).runs).toBe(1);
    await setup.passes(7_000);
    expect((await setup.ports.chain.analytics()).runs).toBeGreaterThan(1);
    await setup.finish();
  });

  it("takes a feed for dormant of which a hydrator only repeats the last values", async () => {
    const setup = new Setup({ chainIntervalSec: 600, chainIntervalMaxSec: 600, epochDormantThresholdSec: 5 });
    setup.streams();
    setup.run();
    await setup.passes(1_000);
    const first = await setup.active();
    const quote = { quoteTsNs: BigInt(START_MS) * 1_000_000n, bid: 1, ask: 2, bidSize: 3, askSize: 4 };
    const update = { contract: record(6_000).terms.contract, quote };
    for (let second = 1; second <= 20; second++) {
      await setup.ports.substrate.mergeStreamed((await setup.active()) ?? "", [update], { repeated: true });
      await setup.passes(1_000);
    }
    expect(await setup.active()).not.toBe(first);
    expect((await setup.ports.chain.analytics()).forced_promotions).toBe(1);
    await setup.finish();
  });

  it("says why no epoch can be promoted where its own clock is behind by more than an epoch lives", async () => {
    const setup = new Setup({ epochTtlSec: 300 }, -400_000).run();
    await setup.passes(1_000);
    expect(await setup.active()).toBeNull();
    const warnings = setup.logger.entries.filter(({ message }) => message.startsWith("Cannot promote an epoch of SPX"));
    expect(warnings).toMatchObject([{ level: "warn", fields: { reason: expect.stringContaining("clock") } }]);
    await setup.finish();
  });

  it("forces an epoch on command", async () => {
    const setup = new Setup().run();
    await setup.passes(2_000);
    const first = await setup.active();
    await setup.ports.bus.publish(CHANNELS.chainCommand, "force SPX");
    await setup.ports.bus.publish(CHANNELS.chainCommand, "dance");
    await setup.passes(2_000);
    const second = await setup.active();
    expect(second).not.toBe(first);
    expect((await setup.ports.epochs.meta(second ?? ""))?.forced).toBe(true);
    expect(setup.logger.entries.some(({ message }) => message === "Heard a command that is none")).toBe(true);
    await setup.finish();
  });

  it("goes on with the epoch that it finds, and with the numbers of the process before", async () => {
    const setup = new Setup().run();
    await setup.passes(1_000);
    const first = await setup.active();
    await setup.finish();
    const ports = { ...setup.ports, chainProvider: setup.provider, reference: setup.provider };
    const stop = new AbortController();
    const again = new ChainWorker(setup.config, ports, { host: "test", pid: 3 }).run(stop.signal);
    await setup.passes(1_000);
    expect(await setup.active()).toBe(first);
    expect((await setup.ports.chain.analytics()).runs).toBe(2);
    stop.abort();
    await setup.passes(2_000);
    await again;
  });

  it("keeps the SPX and SPXW contracts of a third Friday apart", async () => {
    const setup = new Setup();
    const friday = "2026-01-16";
    setup.provider.put([
      ...STRIKES.map((strike) => record(strike, {}, friday, "SPXW")),
      ...STRIKES.map((strike) => record(strike, {}, friday, "SPX")),
    ]);
    setup.run();
    await setup.passes(1_000);
    expect(await setup.tickers()).toHaveLength(40);
    const ids = ["SPX", "SPXW"].map((root) => ({
      underlying: "SPX",
      root,
      expiration: friday,
      right: "C" as const,
      strikeThousandths: 6_000_000,
    }));
    const texts = await setup.ports.chain.contracts(ids);
    expect(new Set(texts).size).toBe(2);
    expect(texts).not.toContain(null);
    await setup.finish();
  });
});
