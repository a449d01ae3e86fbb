import {
  ManualClock,
  MemoryDatabase,
  MemoryLogger,
  MemorySpotProvider,
  openMemory,
} from "../../src/adapters/memory/index.ts";
import type { Heartbeat } from "../../src/domain/context/heartbeat.ts";
import { SpotWorker, type SpotWorkerConfig } from "../../src/workers/context/spot-worker.ts";
import { SAMPLE_MS } from "./entries.ts";
import { FaultySpotStore } from "./faulty-spot-store.ts";

/** What a spot worker of a test is made of. */
export interface SpotSetup {
  readonly config?: Partial<SpotWorkerConfig>;
  readonly maxSymbols?: number;
  /** The same stores, clock and provider as another, as the next process would have. */
  readonly behind?: SpotPipeline;
}

/** A spot worker on a scripted provider, memory stores and a clock that moves when told. */
export class SpotPipeline {
  readonly clock: ManualClock;
  readonly database: MemoryDatabase;
  readonly ports: ReturnType<typeof openMemory>;
  readonly provider: MemorySpotProvider;
  readonly store: FaultySpotStore;
  readonly logger = new MemoryLogger();
  readonly worker: SpotWorker;
  readonly stop = new AbortController();
  /** Every heartbeat, as it was announced. */
  readonly beats: Heartbeat[] = [];
  ended: Promise<unknown> | undefined;

  constructor({ config, maxSymbols, behind }: SpotSetup = {}) {
    this.clock = behind?.clock ?? new ManualClock(SAMPLE_MS);
    this.database = behind?.database ?? new MemoryDatabase({ clock: this.clock });
    this.ports = openMemory({ clock: this.clock, database: this.database });
    this.store = new FaultySpotStore(this.database);
    this.provider = behind?.provider ?? new MemorySpotProvider({ clock: this.clock, maxSymbols });
    if (behind === undefined) {
      this.provider.put("I:SPX", { value: 6_870.25, change: -12.5, changePct: -0.18 });
      this.provider.put("SPY", { value: 685.5, volume: 1_000 });
    }
    this.worker = new SpotWorker(
      {
        ...{ spotSymbols: ["I:SPX"], stockSymbols: ["SPY"], spotIntervalSec: 1 },
        ...{ heartbeatIntervalSec: 5, heartbeatTtlSec: 15 },
        ...config,
      },
      { ...this.ports, spotProvider: this.provider, spot: this.store, logger: this.logger },
      { host: "host-1", pid: 4_711 },
    );
  }

  /** Starts, and lets the first requests be made. */
  async run(): Promise<this> {
    await this.ports.bus.subscribe(
      "massive:heartbeat",
      (message) => {
        if (message.kind === "message") this.beats.push(JSON.parse(message.body));
      },
      new AbortController().signal,
    );
    this.ended = this.worker.run(this.stop.signal).catch((error: unknown) => error);
    await this.clock.advance(0);
    return this;
  }

  /** When requests of a kind were made, ms since the start. */
  askedAtMs(kind: "indices" | "stocks"): readonly number[] {
    return this.provider.requests.filter((request) => request.kind === kind).map(({ atMs }) => atMs - SAMPLE_MS);
  }

  /** Stops, and waits for the end. @returns what the run failed with, if it did. */
  async finish(): Promise<unknown> {
    this.stop.abort();
    return this.end();
  }

  /** Waits for the end. */
  async end(): Promise<unknown> {
    let result: { readonly error: unknown } | undefined;
    void this.ended?.then((error) => {
      result = { error };
    });
    while (result === undefined) await this.clock.advance(100);
    return result.error;
  }
}
