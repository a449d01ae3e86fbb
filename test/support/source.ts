import {
  ManualClock,
  MemoryDatabase,
  MemoryFeed,
  type MemoryFeedOptions,
  type MemoryFeedPeer,
  MemoryLogger,
  MemoryProvider,
  type MemoryProviderOptions,
  openMemory,
} from "../../src/adapters/memory/index.ts";
import type { WsConfig } from "../../src/domain/config/strikewire-config.ts";
import type { DataBatch } from "../../src/domain/market/batch.ts";
import type { Row } from "../../src/domain/market/rows.ts";
import { seededRandom } from "../../src/domain/random.ts";
import type { RawDraft } from "../../src/domain/stream/raw-entry.ts";
import { ConnectionManager, type ConnectionManagerOptions } from "../../src/workers/source/connection-manager.ts";
import { SAMPLE_MS, tradeEvent } from "./entries.ts";

const NEVER = new AbortController().signal;

/** What a source of a test is made of. */
export interface SourceSetup {
  readonly config?: Partial<WsConfig>;
  readonly feed?: MemoryFeedOptions;
  readonly provider?: MemoryProviderOptions;
  readonly options?: ConnectionManagerOptions;
  /** The same stores and the same clock as another source, as a second process would have. */
  readonly beside?: MemorySource;
}

/** A manager on a scripted feed, memory stores and a clock that moves when told. */
export class MemorySource {
  readonly clock: ManualClock;
  readonly database: MemoryDatabase;
  readonly ports: ReturnType<typeof openMemory>;
  readonly feed: MemoryFeed;
  readonly provider: MemoryProvider;
  readonly logger = new MemoryLogger();
  readonly manager: ConnectionManager;
  readonly stop = new AbortController();
  readonly batches: DataBatch<Row>[] = [];
  /** Ends with the run; tells how. */
  ended: Promise<unknown> | undefined;

  constructor(setup: SourceSetup = {}) {
    this.clock = setup.beside?.clock ?? new ManualClock(SAMPLE_MS);
    this.database = setup.beside?.database ?? new MemoryDatabase({ clock: this.clock });
    this.ports = openMemory({ clock: this.clock, database: this.database });
    this.feed = new MemoryFeed({ clock: this.clock, ...setup.feed });
    this.provider = new MemoryProvider(this.feed, setup.provider);
    const config = { apiKey: "secret", wsReconnectJitter: 0, ...setup.config };
    const ports = { ...this.ports, feed: this.feed, logger: this.logger, random: seededRandom(1) };
    this.manager = new ConnectionManager(config, ports, setup.options);
  }

  /** Runs with a host that takes every batch at once. */
  run(): this {
    const iterate = async (): Promise<void> => {
      for await (const batch of this.manager.runAll(this.stop.signal)) this.batches.push(batch);
    };
    this.ended = iterate().catch((error: unknown) => error);
    return this;
  }

  /** Runs without a host. */
  ingest(): this {
    this.ended = this.manager.ingest(this.stop.signal).catch((error: unknown) => error);
    return this;
  }

  /** The peer of the next link, once its handshake and subscriptions are through. */
  async connected(): Promise<MemoryFeedPeer> {
    await this.clock.advance(0);
    const peer = await this.feed.nextLink();
    await this.clock.advance(20);
    return peer;
  }

  /** Sends one trade of this moment, and lets it be processed. */
  async trade(peer: MemoryFeedPeer, change: Record<string, unknown> = {}): Promise<void> {
    peer.send(JSON.stringify([tradeEvent(this.clock.now(), change)]));
    await this.clock.advance(20);
  }

  /** Stops, and waits for the end. @returns what the run failed with, if it did. */
  async finish(): Promise<unknown> {
    this.stop.abort();
    let result: { readonly error: unknown } | undefined;
    void this.ended?.then((error) => {
      result = { error };
    });
    while (result === undefined) await this.clock.advance(100);
    return result.error;
  }

  /** Everything in the raw log. */
  async stored(): Promise<readonly RawDraft[]> {
    const { entries } = await this.ports.log.read("0-0", 1_000_000, 0, NEVER);
    return entries.map(({ draft }) => draft);
  }
}
