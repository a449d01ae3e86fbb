import { tablesOf } from "../../src/adapters/memory/database.ts";
import {
  MemoryChainStore,
  type MemoryDatabase,
  MemoryFlowSnapshotStore,
  MemoryHeartbeatStore,
  MemoryModelStore,
  MemorySpotStore,
} from "../../src/adapters/memory/index.ts";
import { CHANNELS, modelChannel } from "../../src/domain/channels.ts";
import type { ChainCompletion, ChainContract, ChainContractId } from "../../src/domain/context/chain.ts";
import type { Heartbeat } from "../../src/domain/context/heartbeat.ts";
import type { SpotFetch, SpotValue } from "../../src/domain/context/spot.ts";
import type { TrailPoint } from "../../src/domain/context/trail.ts";
import type { FlowSnapshot, GridSnapshot } from "../../src/domain/flow/snapshot.ts";
import type { SpotPutResult } from "../../src/ports/spot-store.ts";

/** Stores that announce what they store, each of which breaks one promise. */

let calls = 0;

/** A name that no call had before: under it no call is a repeat. */
function freshName(): string {
  calls += 1;
  return `call ${calls}`;
}

/** Takes every call for a new one. */
export class DoublingSpotStore extends MemorySpotStore {
  override put(_producer: string, seq: number, fetch: SpotFetch): Promise<SpotPutResult> {
    return super.put(freshName(), seq, fetch);
  }
}

/** Writes whatever comes last, as if it were as new as the newest. */
export class LastWriterSpotStore extends MemorySpotStore {
  override async put(producer: string, seq: number, fetch: SpotFetch): Promise<SpotPutResult> {
    const all = await super.all();
    const values = fetch.values.map((value) => ({
      ...value,
      as_of_ns: all.get(value.symbol)?.as_of_ns ?? value.as_of_ns,
    }));
    return super.put(producer, seq, { ...fetch, values });
  }
}

/** Stores a fetch value by value, each under a name of its own, with a pause between them. */
export class TricklingSpotStore extends MemorySpotStore {
  override async put(producer: string, seq: number, fetch: SpotFetch): Promise<SpotPutResult> {
    for (const [index, value] of fetch.values.entries()) {
      await super.put(`${producer}/${index}`, seq, { ...fetch, values: [value] });
      await Promise.resolve();
    }
    return super.put(producer, seq, { ...fetch, values: [] });
  }
}

/** Forgets the symbols that are not in the last fetch. */
export class ForgetfulSpotStore extends MemorySpotStore {
  #last = new Set<string>();

  override put(producer: string, seq: number, fetch: SpotFetch): Promise<SpotPutResult> {
    this.#last = new Set(fetch.values.map(({ symbol }) => symbol));
    return super.put(producer, seq, fetch);
  }

  override async all(): Promise<ReadonlyMap<string, SpotValue>> {
    return new Map([...(await super.all())].filter(([symbol]) => this.#last.has(symbol)));
  }
}

/** Keeps a trail by bare value, which merges equal ones. */
export class MergingTrailSpotStore extends MemorySpotStore {
  override async trail(symbol: string): Promise<readonly TrailPoint[]> {
    return [...new Map((await super.trail(symbol)).map((point) => [point.value, point])).values()];
  }
}

/** Announces before it stores. */
export class HastySpotStore extends MemorySpotStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async put(producer: string, seq: number, fetch: SpotFetch): Promise<SpotPutResult> {
    for (const value of fetch.values) tablesOf(this.#database).bus.publish(CHANNELS.spot, JSON.stringify(value));
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    return super.put(producer, seq, fetch);
  }
}

/** Takes the AM and PM settled contracts of one date for one. */
export class RootlessChainStore extends MemoryChainStore {
  override putContracts(contracts: readonly ChainContract[]): Promise<void> {
    return super.putContracts(contracts.map(({ id, json }) => ({ id: { ...id, root: "SPXW" }, json })));
  }

  override contracts(ids: readonly ChainContractId[]): Promise<readonly (string | null)[]> {
    return super.contracts(ids.map((id) => ({ ...id, root: "SPXW" })));
  }
}

/** Reads and writes JSON instead of leaving it alone. */
export class RewritingChainStore extends MemoryChainStore {
  override putContracts(contracts: readonly ChainContract[]): Promise<void> {
    return super.putContracts(contracts.map(({ id, json }) => ({ id, json: JSON.stringify(JSON.parse(json)) })));
  }
}

/** Stores what comes before the fault of a batch. */
export class HalvingChainStore extends MemoryChainStore {
  override async putContracts(contracts: readonly ChainContract[]): Promise<void> {
    for (const contract of contracts) await super.putContracts([contract]);
  }
}

/** Takes every call for a new one. */
export class DoublingChainStore extends MemoryChainStore {
  override complete(_producer: string, seq: number, completion: ChainCompletion): Promise<"stored" | "already"> {
    return super.complete(freshName(), seq, completion);
  }
}

/** Answers a failed fetch with an empty snapshot. */
export class InventiveChainStore extends MemoryChainStore {
  override async fail(producer: string, seq: number, symbol: string): Promise<"stored" | "already"> {
    const latest = await super.latest(symbol);
    if (latest === null) return super.fail(producer, seq, symbol);
    const snapshot = { ...latest, health: "empty" as const, contracts: 0, tickers: [] };
    const facts = { stalenessMs: null, slaViolated: false, promotion: "none" as const, publishFailures: 0 };
    return super.complete(producer, seq, { snapshot, ...facts });
  }
}

/** Keeps a model as long as nobody writes another. */
export class HoardingModelStore extends MemoryModelStore {
  #last: Readonly<Record<string, unknown>> | null = null;

  override async put(...[model, symbol, message, ticket]: Parameters<MemoryModelStore["put"]>) {
    const outcome = await super.put(model, symbol, message, ticket);
    this.#last = { ...message };
    return outcome;
  }

  override async latest(model: string, symbol: string): Promise<Readonly<Record<string, unknown>> | null> {
    return (await super.latest(model, symbol)) ?? this.#last;
  }
}

/** Stores whatever comes last. */
export class UnfencedModelStore extends MemoryModelStore {
  override put(...[model, symbol, message]: Parameters<MemoryModelStore["put"]>) {
    return super.put(model, symbol, message);
  }
}

/** Turns what JSON cannot hold into null. */
export class NullingModelStore extends MemoryModelStore {
  override async put(...[model, symbol, message, ticket]: Parameters<MemoryModelStore["put"]>) {
    if (Array.isArray(message)) return super.put(model, symbol, message);
    const text = JSON.stringify(message, (_, field: unknown) => (typeof field === "bigint" ? null : field));
    const holdable: object = JSON.parse(text);
    return super.put(model, symbol, holdable, ticket);
  }
}

/** Lays analytics over the ones before, field by field, and lets nobody go back. */
export class GrowingModelStore extends MemoryModelStore {
  override async putAnalytics(...[model, symbol, analytics]: Parameters<MemoryModelStore["putAnalytics"]>) {
    const before = await super.analytics(model, symbol);
    const builds = Math.max(analytics.builds, before?.builds ?? 0);
    return super.putAnalytics(model, symbol, { ...analytics, builds });
  }
}

/** Announces only what is new. */
export class QuietModelStore extends MemoryModelStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async put(...[model, symbol, message, ticket]: Parameters<MemoryModelStore["put"]>) {
    if (JSON.stringify(await super.latest(model, symbol)) !== JSON.stringify(message)) {
      return super.put(model, symbol, message, ticket);
    }
    tablesOf(this.#database).models.put(modelChannel(model, symbol), JSON.stringify(message));
    return "stored";
  }
}

/** Gives every beat the default lifetime. */
export class DeafHeartbeatStore extends MemoryHeartbeatStore {
  override beat(heartbeat: Heartbeat, ttlMs?: number): Promise<void> {
    return super.beat(heartbeat, ttlMs === undefined || !(ttlMs >= 1) || !Number.isSafeInteger(ttlMs) ? ttlMs : 15_000);
  }
}

/** Lists workers in the order of their first beats, the dead among them. */
export class ListingHeartbeatStore extends MemoryHeartbeatStore {
  readonly #known = new Map<string, Heartbeat>();

  override async beat(heartbeat: Heartbeat, ttlMs?: number): Promise<void> {
    await super.beat(heartbeat, ttlMs);
    this.#known.set(heartbeat.worker, heartbeat);
  }

  override async all(): Promise<readonly Heartbeat[]> {
    await super.all();
    return [...this.#known.values()];
  }
}

/** Stores and says nothing. */
export class MuteFlowSnapshotStore extends MemoryFlowSnapshotStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async putFlow(snapshot: FlowSnapshot): Promise<void> {
    await super.flow(snapshot.underlying);
    tablesOf(this.#database).flows.put(`massive:ws:snapshot:${snapshot.underlying}`, snapshot);
  }
}

/** Announces grids on the channel of their underlying. */
export class MisdirectedFlowSnapshotStore extends MemoryFlowSnapshotStore {
  readonly #database: MemoryDatabase;

  constructor(database: MemoryDatabase) {
    super(database);
    this.#database = database;
  }

  override async putGrid(snapshot: GridSnapshot): Promise<void> {
    await super.putGrid(snapshot);
    tablesOf(this.#database).bus.publish(`massive:ws:snapshot:${snapshot.underlying}`, JSON.stringify(snapshot));
  }
}
