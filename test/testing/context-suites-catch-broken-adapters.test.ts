import { describe, expect, it } from "vitest";
import {
  MemoryChainStore,
  type MemoryDatabase,
  MemoryHeartbeatStore,
  MemoryMessageBus,
  MemoryModelStore,
  MemorySourceStatusStore,
  MemorySpotStore,
  MemorySubscriptionStore,
} from "../../src/adapters/memory/index.ts";
import type {
  ChainStore,
  FlowSnapshotStore,
  HeartbeatStore,
  ModelStore,
  SpotStore,
  SubscriptionStore,
} from "../../src/ports/index.ts";
import {
  type AnnouncingClients,
  type ContractOptions,
  type ContractRunner,
  ContractViolation,
  chainStoreContract,
  flowSnapshotStoreContract,
  heartbeatStoreContract,
  modelStoreContract,
  sourceStatusStoreContract,
  spotStoreContract,
  subscriptionStoreContract,
} from "../../src/testing/index.ts";
import { memoryOptions } from "../contract/memory-stores.ts";
import { recordSuite } from "../support/recording-runner.ts";
import * as broken from "./broken-context-adapters.ts";
import * as brokenSource from "./broken-source-adapters.ts";

type Declare = (runner: ContractRunner) => void;

const suite =
  <Store>(contract: (adapter: string, options: ContractOptions<AnnouncingClients<Store>>) => void) =>
  (make: (database: MemoryDatabase) => Store): Declare =>
  (runner) =>
    contract(
      "adapter",
      memoryOptions((database) => ({ store: make(database), bus: new MemoryMessageBus(database) }), runner),
    );
const spot = suite<SpotStore>(spotStoreContract);
const chain = suite<ChainStore>(chainStoreContract);
const model = suite<ModelStore>(modelStoreContract);
const heartbeat = suite<HeartbeatStore>(heartbeatStoreContract);
const flow = suite<FlowSnapshotStore>(flowSnapshotStoreContract);
const subscription = suite<SubscriptionStore>(subscriptionStoreContract);
const status =
  (make: (database: MemoryDatabase) => MemorySourceStatusStore): Declare =>
  (runner) =>
    sourceStatusStoreContract("adapter", memoryOptions(make, runner));

describe("an adapter that keeps every promise", () => {
  it.each<[string, Declare]>([
    ["spot store", spot((database) => new MemorySpotStore(database))],
    ["chain store", chain((database) => new MemoryChainStore(database))],
    ["model store", model((database) => new MemoryModelStore(database))],
    ["heartbeat store", heartbeat((database) => new MemoryHeartbeatStore(database))],
    ["source status store", status((database) => new MemorySourceStatusStore(database))],
    ["subscription store", subscription((database) => new MemorySubscriptionStore(database))],
  ])("passes the suite of the %s without a skip", async (_, declare) => {
    const { failed, passed, skipped } = await recordSuite(declare);
    expect([...failed]).toEqual([]);
    expect(skipped).toEqual([]);
    expect(new Set(passed).size, "titles tell tests apart").toBe(passed.length);
    expect(passed.length).toBeGreaterThan(15);
  });
});

/** Adapter, what it does wrong, and tests that have to find it. */
const BROKEN: readonly [string, Declare, readonly string[]][] = [
  [
    "a spot store that takes a repeat for news",
    spot((database) => new broken.DoublingSpotStore(database)),
    ["count a repeated fetch once, and it changes nothing", "of 20 calls of one sequence exactly one is stored"],
  ],
  [
    "a spot store in which the last writer wins",
    spot((database) => new broken.LastWriterSpotStore(database)),
    [
      "an older value, by a nanosecond, replaces nothing and is said to be stale",
      "do not tell of stale values, repeats and failures",
    ],
  ],
  [
    "a spot store that shows half a fetch",
    spot((database) => new broken.TricklingSpotStore(database)),
    ["a reader sees all values of a fetch or none"],
  ],
  [
    "a spot store whose map has the last fetch only",
    spot((database) => new broken.ForgetfulSpotStore(database)),
    ["the map of all has the latest of every symbol, by symbol, those too of earlier fetches"],
  ],
  [
    "a spot store that merges equal values",
    spot((database) => new broken.MergingTrailSpotStore(database)),
    ["have a point for each value, oldest first, equal values of different times among them"],
  ],
  [
    "a spot store that announces before it stores",
    spot((database) => new broken.HastySpotStore(database)),
    ["tell of nothing that cannot be read yet", "do not tell of stale values, repeats and failures"],
  ],
  [
    "a chain store that takes AM and PM for one",
    chain((database) => new broken.RootlessChainStore(database)),
    ["each part of an id tells contracts apart, the root of AM and PM settled ones too"],
  ],
  [
    "a chain store that rewrites JSON",
    chain((database) => new broken.RewritingChainStore(database)),
    ["they are read text for text, in the order asked for", "2,500 of them go into one batch and come in one answer"],
  ],
  [
    "a chain store that stores half a refused batch",
    chain((database) => new broken.HalvingChainStore(database)),
    ["an id that no ticker can carry is rejected, and nothing of its batch is stored"],
  ],
  [
    "a chain store that takes a repeat for news",
    chain((database) => new broken.DoublingChainStore(database)),
    [
      "count a repeated call once, and it changes nothing",
      "repeats and failures are not announced, and a failure leaves the latest snapshot",
      "of 20 calls of one sequence exactly one is stored",
    ],
  ],
  [
    "a chain store that makes up snapshots",
    chain((database) => new broken.InventiveChainStore(database)),
    [
      "repeats and failures are not announced, and a failure leaves the latest snapshot",
      "add up over all symbols, and keep the last time and latency",
    ],
  ],
  [
    "a model store that keeps old models",
    model((database) => new broken.HoardingModelStore(database)),
    ["they live for 60 s after their last write", "models and symbols are kept apart"],
  ],
  [
    "a model store that takes models in the order in which they come",
    model((database) => new broken.UnfencedModelStore(database)),
    ["of a model that was stored leave none of an earlier ticket any effect", "outlive the models"],
  ],
  [
    "a model store that makes null of what it cannot hold",
    model((database) => new broken.NullingModelStore(database)),
    ["meet messages that JSON would not hold, and the model before stays"],
  ],
  [
    "a model store whose analytics only grow",
    model((database) => new broken.GrowingModelStore(database)),
    ["are read as they were written, each write in the place of the one before"],
  ],
  [
    "a model store that announces only what is new",
    model((database) => new broken.QuietModelStore(database)),
    ["tell each write as it is stored, repeats among them"],
  ],
  [
    "a heartbeat store with one lifetime",
    heartbeat((database) => new broken.DeafHeartbeatStore(database)),
    [
      "a heartbeat lives as long as it says, whatever the beat before said",
      "a worker that had died lives with its next beat",
    ],
  ],
  [
    "a heartbeat store that lists the dead",
    heartbeat((database) => new broken.ListingHeartbeatStore(database)),
    ["a heartbeat lives for 15 s", "they are in the order of the workers' names"],
  ],
  [
    "a flow snapshot store that says nothing",
    flow((database) => new broken.MuteFlowSnapshotStore(database)),
    ["tell each write as it is stored, repeats among them", "reach every client, which can read the snapshot by then"],
  ],
  [
    "a flow snapshot store that mixes up channels",
    flow((database) => new broken.MisdirectedFlowSnapshotStore(database)),
    ["are made on the channel of their underlying and expiration alone"],
  ],
  [
    "a source status store that takes a repeat for news",
    status((database) => new brokenSource.DoublingStatusStore(database)),
    [
      "count once when they are repeated, and a repeat changes nothing",
      "count every record once when both send all of them",
    ],
  ],
  [
    "a source status store in which a repeat replaces the gauges",
    status((database) => new brokenSource.LastGaugesStatusStore(database)),
    ["count once when they are repeated, and a repeat changes nothing"],
  ],
  [
    "a source status store that keeps what is no longer known",
    status((database) => new brokenSource.StickyStatusStore(database)),
    ["replace the gauges as a whole, those that are unknown among them", "have them replaced whole, and back again"],
  ],
  [
    "a source status store that takes shards for one",
    status((database) => new brokenSource.ShardlessStatusStore(database)),
    ["have their own gauges, read as they were written"],
  ],
  [
    "a subscription store that tells what was asked for",
    subscription((database) => new brokenSource.ParrotSubscriptionStore(database)),
    [
      "leave what is wanted, and what is not, as it is",
      "change nothing when they are repeated",
      "change each topic once when both ask for all of them",
    ],
  ],
  [
    "a subscription store that changes in two steps",
    subscription((database) => new brokenSource.HalvingSubscriptionStore(database)),
    ["tell what really changed, in order, and nothing where nothing did"],
  ],
  [
    "a subscription store that announces before it changes",
    subscription((database) => new brokenSource.HastySubscriptionStore(database)),
    ["reach every client, which can read the change by then"],
  ],
  [
    "a subscription store that removes what is to be added",
    subscription((database) => new brokenSource.RemovingSubscriptionStore(database)),
    ["take a topic once that is named twice, and add one that is in both lists"],
  ],
];

describe("a broken adapter", () => {
  it.each(BROKEN)("is found out: %s", async (_, declare, expected) => {
    const { failed } = await recordSuite(declare);
    for (const title of expected) {
      const error = [...failed].find(([whole]) => whole.endsWith(` > ${title}`))?.[1];
      expect(error, title).toBeInstanceOf(ContractViolation);
    }
  });
});
