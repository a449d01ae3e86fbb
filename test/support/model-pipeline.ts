import {
  ManualClock,
  MemoryDatabase,
  MemoryEpochStore,
  MemoryLogger,
  MemoryModelStore,
  MemorySubstrateStore,
  openMemory,
} from "../../src/adapters/memory/index.ts";
import { readConfig } from "../../src/domain/config/read-config.ts";
import type { StrikewireConfig } from "../../src/domain/config/strikewire-config.ts";
import type { Heartbeat } from "../../src/domain/context/heartbeat.ts";
import type { EpochId, SubstrateRecord } from "../../src/domain/epoch/substrate.ts";
import { blackScholesPrice } from "../../src/domain/model/black-scholes.ts";
import type { ModelEnvelope } from "../../src/domain/model/definition/model-message.ts";
import type { GexData } from "../../src/domain/model/gex/index.ts";
import type { HeatmapData } from "../../src/domain/model/heatmap/index.ts";
import { timeToSettlement } from "../../src/domain/model/time-to-expiry.ts";
import type { DirtyLease } from "../../src/ports/epoch-store.ts";
import { ModelBuilder } from "../../src/workers/model/model-builder.ts";
import type { ModelBuilderOptions, ModelBuilderPorts } from "../../src/workers/model/model-builder-ports.ts";
import { moodily, type StoreMood } from "./faulty-spot-store.ts";

/** 14:00 in New York of a trading day. */
export const SESSION_MS: number = Date.UTC(2026, 0, 7, 19);
export const TODAY = "2026-01-07";
export const SPOT = 6_850;

/** What a builder of a test is made of. */
export interface ModelSetup {
  readonly config?: Partial<StrikewireConfig>;
  readonly options?: Partial<ModelBuilderOptions>;
  readonly ports?: Partial<ModelBuilderPorts>;
  /** The same stores and clock as another, as the next process would have. */
  readonly behind?: ModelPipeline;
}

/** Publishes in a mood that the test chooses, and keeps what was published. */
export class FaultyModelStore extends MemoryModelStore {
  mood: StoreMood = "well";
  readonly puts: { readonly model: string; readonly symbol: string; readonly message: object }[] = [];
  #stalled: Promise<void> | undefined;

  /** Holds up what is put from now on. @returns what lets it go on. */
  stall(): () => void {
    let resume = () => {};
    this.#stalled = new Promise((resolve) => {
      resume = resolve;
    });
    return () => {
      this.#stalled = undefined;
      resume();
    };
  }

  override async put(...[model, symbol, message, ticket]: Parameters<MemoryModelStore["put"]>) {
    this.puts.push({ model, symbol, message });
    await this.#stalled;
    return moodily(this.mood, () => super.put(model, symbol, message, ticket));
  }
}

/** Lends and settles, and keeps what was lent. */
export class WatchedEpochStore extends MemoryEpochStore {
  readonly leases: DirtyLease[] = [];
  readonly settled: DirtyLease[] = [];

  override async takeDirty(epoch: EpochId, owner: string, leaseMs: number): Promise<DirtyLease> {
    const lease = await super.takeDirty(epoch, owner, leaseMs);
    if (lease.contracts.length > 0) this.leases.push(lease);
    return lease;
  }

  override settle(lease: DirtyLease): Promise<"settled" | "expired"> {
    this.settled.push(lease);
    return super.settle(lease);
  }
}

/** Reads in a mood that the test chooses, and keeps what was asked for. */
export class WatchedSubstrateStore extends MemorySubstrateStore {
  mood: StoreMood = "well";
  readonly reads: (readonly string[] | undefined)[] = [];

  override records(epoch: EpochId, contracts?: readonly string[]): Promise<readonly SubstrateRecord[] | null> {
    this.reads.push(contracts);
    return moodily(this.mood, () => super.records(epoch, contracts));
  }
}

/** A model builder on memory stores and a clock that moves when told. */
export class ModelPipeline {
  readonly clock: ManualClock;
  readonly database: MemoryDatabase;
  readonly ports: ReturnType<typeof openMemory>;
  readonly models: FaultyModelStore;
  readonly epochs: WatchedEpochStore;
  readonly substrate: WatchedSubstrateStore;
  readonly logger = new MemoryLogger();
  readonly builder: ModelBuilder;
  readonly stop = new AbortController();
  readonly beats: Heartbeat[] = [];
  #fetches = 0;
  #ended: Promise<unknown> | undefined;

  constructor({ config, options, ports, behind }: ModelSetup = {}) {
    this.clock = behind?.clock ?? new ManualClock(SESSION_MS);
    this.database = behind?.database ?? new MemoryDatabase({ clock: this.clock });
    this.ports = openMemory({ clock: this.clock, database: this.database });
    this.models = new FaultyModelStore(this.database);
    this.epochs = new WatchedEpochStore(this.database);
    this.substrate = new WatchedSubstrateStore(this.database);
    const { config: whole } = readConfig({ code: { chainSymbols: ["I:SPX"], ...config } });
    const { models, epochs, substrate, logger } = this;
    this.builder = new ModelBuilder(
      whole,
      { ...this.ports, models, epochs, substrate, logger, ...ports },
      { host: "host-1", pid: 4_711, ...options },
    );
  }

  /** Starts, and lets the first round be built. */
  async run(): Promise<this> {
    await this.ports.bus.subscribe(
      "massive:heartbeat",
      (message) => {
        if (message.kind === "message") this.beats.push(JSON.parse(message.body));
      },
      new AbortController().signal,
    );
    this.#ended = this.builder.run(this.stop.signal).catch((error: unknown) => error);
    await this.clock.advance(0);
    return this;
  }

  /** Stops, and waits for the end. @returns what the run failed with, if it did. */
  async finish(): Promise<unknown> {
    this.stop.abort();
    let result: { readonly error: unknown } | undefined;
    void this.#ended?.then((error) => {
      result = { error };
    });
    while (result === undefined) await this.clock.advance(100);
    return result.error;
  }

  /** Waits for an end that comes by itself. */
  async end(): Promise<unknown> {
    const ended = this.#ended;
    await this.clock.advance(5_000);
    return ended;
  }

  async setSpot(value: number = SPOT, ageMs = 0, symbol = "SPX"): Promise<void> {
    this.#fetches += 1;
    const atMs = this.clock.now() - ageMs;
    const { spot } = this.ports;
    const spotValue = { symbol, value, volume: null, change: null, change_pct: null, source: "rest" };
    const times = { ts: this.clock.now() / 1_000, as_of_ns: `${BigInt(Math.round(atMs)) * 1_000_000n}` };
    const values = [{ ...spotValue, ...times, timeframe: null }];
    const fetch = { receivedAtMs: this.clock.now(), latencyMs: 1, payload: "{}", values, errors: 0 };
    await spot.put("test", (await spot.storedSeq("test")) + 1, fetch);
  }

  /** Makes an epoch of these records the active one. */
  async promote(records: readonly SubstrateRecord[], hash = "aaa", symbol = "SPX"): Promise<EpochId> {
    const { epochs } = this.ports;
    const createdAtMs = this.clock.now();
    const id = `${symbol}:${Math.floor(createdAtMs / 1_000)}:${hash}`;
    const validUntilMs = createdAtMs + 3_600_000;
    const draft = {
      id,
      symbol,
      createdAtMs,
      validUntilMs,
      geometryHash: hash,
      forced: false,
      dormantCount: 0,
      records,
    };
    await epochs.stage(draft);
    await epochs.promote(await epochs.active(symbol), id);
    return id;
  }

  /** Streams a quote of the moment into a contract. */
  async quote(epoch: EpochId, contract: string, bid: number, ask: number): Promise<void> {
    const quote = { quoteTsNs: BigInt(this.clock.now()) * 1_000_000n, bid, ask, bidSize: 1, askSize: 1 };
    await this.ports.substrate.mergeStreamed(epoch, [{ contract, quote }]);
  }

  async heatmap(): Promise<ModelEnvelope<HeatmapData>> {
    return this.#latest("heatmap") as Promise<ModelEnvelope<HeatmapData>>;
  }

  async gex(): Promise<ModelEnvelope<GexData>> {
    return this.#latest("gex") as Promise<ModelEnvelope<GexData>>;
  }

  /** When each message of a model was published, ms since the start. */
  publishedAtMs(model: string): readonly number[] {
    return this.models.puts.flatMap(({ model: name, message }) => {
      return name === model ? [Math.round((message as { readonly ts: number }).ts * 1_000) - SESSION_MS] : [];
    });
  }

  async #latest(model: string): Promise<unknown> {
    const message = await this.ports.models.latest(model, "SPX");
    if (message === null) throw new Error(`Cannot read a model: there must be one of ${model}, there is none`);
    return message;
  }
}

/** Contracts of today and the day after around spot, with all their values, quoted around what they are worth. */
export function sampleChain(atMs: number, halfWidth = 6): readonly SubstrateRecord[] {
  const tsNs = BigInt(atMs) * 1_000_000n;
  return [TODAY, "2026-01-08"].flatMap((expiration) => {
    const { years } = timeToSettlement("SPXW", expiration, atMs);
    return Array.from({ length: 2 * halfWidth + 1 }, (_, index) => SPOT + 5 * (index - halfWidth)).flatMap((strike) =>
      (["C", "P"] as const).map((right): SubstrateRecord => {
        const terms = { spot: SPOT, strike, years, rate: 0.04, dividendYield: 0.012, volatility: 0.15 };
        const bid = Math.floor(blackScholesPrice(right, terms) * 20) / 20;
        const date = expiration.slice(2).replaceAll("-", "");
        return {
          terms: {
            contract: `O:SPXW${date}${right}${String(strike * 1_000).padStart(8, "0")}`,
            ...{ underlying: "SPX", root: "SPXW", expiration, strike, right, multiplier: 100, style: "european" },
          },
          quote: { quoteTsNs: tsNs, bid, ask: Math.round(bid * 100 + 10) / 100, bidSize: 5, askSize: 5 },
          greeks: {
            ...{ greeksTsNs: tsNs, delta: null, gamma: 0.01, theta: null, vega: null, iv: 0.15 },
            source: "provider",
          },
          day: { openInterestDay: TODAY, openInterest: right === "C" ? 1_000 + strike - SPOT : 900 },
        };
      }),
    );
  });
}
