import { describe, expect, it } from "vitest";
import {
  type MemoryDatabase,
  MemoryEpochStore,
  MemoryFlowSnapshotStore,
  MemoryHydrationStore,
  MemoryMessageBus,
  MemoryRawLog,
  MemorySubstrateStore,
} from "../../src/adapters/memory/index.ts";
import type { RawLogRetention } from "../../src/ports/raw-log.ts";
import {
  type ContractRunner,
  ContractViolation,
  type EpochClients,
  epochStoreContract,
  flowSnapshotStoreContract,
  hydrationStoreContract,
  messageBusContract,
  rawLogContract,
  substrateStoreContract,
} from "../../src/testing/index.ts";
import { memoryOptions } from "../contract/memory-stores.ts";
import { recordSuite } from "../support/recording-runner.ts";
import * as epochSide from "./broken-epoch-adapters.ts";
import * as streamSide from "./broken-stream-adapters.ts";

const rawLog =
  (make: (database: MemoryDatabase, retention: RawLogRetention) => MemoryRawLog) => (runner: ContractRunner) =>
    rawLogContract("broken", memoryOptions(make, runner));
const hydration = (make: (database: MemoryDatabase) => MemoryHydrationStore) => (runner: ContractRunner) =>
  hydrationStoreContract("broken", memoryOptions(make, runner));
const clients = (
  database: MemoryDatabase,
  {
    epochs = new MemoryEpochStore(database),
    substrate = new MemorySubstrateStore(database),
    bus = new MemoryMessageBus(database),
  }: Partial<EpochClients>,
): EpochClients => ({ epochs, substrate, bus });
const epochs = (make: (database: MemoryDatabase) => MemoryEpochStore) => (runner: ContractRunner) =>
  epochStoreContract(
    "broken",
    memoryOptions((database) => clients(database, { epochs: make(database) }), runner),
  );
const substrate = (make: (database: MemoryDatabase) => MemorySubstrateStore) => (runner: ContractRunner) =>
  substrateStoreContract(
    "broken",
    memoryOptions((database) => clients(database, { substrate: make(database) }), runner),
  );
const flowOptions = (make: (database: MemoryDatabase) => MemoryFlowSnapshotStore, runner: ContractRunner) =>
  memoryOptions((database) => ({ store: make(database), bus: new MemoryMessageBus(database) }), runner);
const flow = (make: (database: MemoryDatabase) => MemoryFlowSnapshotStore) => (runner: ContractRunner) =>
  flowSnapshotStoreContract("broken", flowOptions(make, runner));
const bus = (make: (database: MemoryDatabase) => MemoryMessageBus) => (runner: ContractRunner) =>
  messageBusContract("broken", memoryOptions(make, runner));

describe("an adapter that keeps every promise", () => {
  it.each<[string, (runner: ContractRunner) => void]>([
    ["raw log", rawLog((database, retention) => new MemoryRawLog(database, retention))],
    ["hydration store", hydration((database) => new MemoryHydrationStore(database))],
    ["epoch store", epochs((database) => new MemoryEpochStore(database))],
    ["substrate store", substrate((database) => new MemorySubstrateStore(database))],
    ["flow snapshot store", flow((database) => new MemoryFlowSnapshotStore(database))],
    ["message bus", bus((database) => new MemoryMessageBus(database))],
  ])("passes the suite of the %s without a skip", async (_, declare) => {
    const { failed, passed, skipped } = await recordSuite(declare);
    expect([...failed]).toEqual([]);
    expect(skipped).toEqual([]);
    expect(passed.length).toBeGreaterThan(15);
    expect(new Set(passed).size, "titles tell tests apart").toBe(passed.length);
  });
});

describe("declared limits", () => {
  it("skip tests by what they need, and say the reason in their titles", async () => {
    const make = (database: MemoryDatabase): MemoryMessageBus => new MemoryMessageBus(database);
    const { skipped, failed } = await recordSuite((runner) => {
      messageBusContract("bus", {
        ...memoryOptions(make, runner),
        limits: { brokenConnections: "the broker is not ours" },
      });
      flowSnapshotStoreContract("store", {
        ...flowOptions((database) => new MemoryFlowSnapshotStore(database), runner),
        limits: { fixedLifetimes: "the server owns its clock" },
      });
    });
    expect([...failed]).toEqual([]);
    expect(skipped).toEqual([
      "message bus (bus) > subscribe > after a broken connection every subscriber hears resync, then messages (skipped: the broker is not ours)",
      "flow snapshot store (store) > snapshots > they live for 30 s after their last write (skipped: the server owns its clock)",
    ]);
  });

  it("do not excuse an adapter that declares none and cannot break connections", async () => {
    const options = memoryOptions((database) => new MemoryMessageBus(database));
    const { failed } = await recordSuite((runner) => {
      messageBusContract("bus", {
        ...options,
        runner,
        open: async () => {
          const { breakConnections: _, ...store } = await options.open();
          return store;
        },
      });
    });
    expect([...failed.keys()]).toEqual([
      "message bus (bus) > subscribe > after a broken connection every subscriber hears resync, then messages",
    ]);
  });
});

/** Adapter, what it does wrong, and tests that have to find it. */
const BROKEN: readonly [string, (runner: ContractRunner) => void, readonly string[]][] = [
  [
    "a raw log that takes a repeat for news",
    rawLog((database, retention) => new streamSide.DoublingRawLog(database, retention)),
    [
      "adds nothing when a call is repeated after a lost reply",
      "adds only the new end of a call that overlaps what is stored",
      "store each sequence of one producer once and in order, when both append all of it",
    ],
  ],
  [
    "a raw log that skips calls whole",
    rawLog((database, retention) => new streamSide.OverlapLosingRawLog(database, retention)),
    ["adds only the new end of a call that overlaps what is stored"],
  ],
  [
    "a raw log that shows parts of calls",
    rawLog((database, retention) => new streamSide.TricklingRawLog(database, retention)),
    ["waits for the next append, whoever makes it, and sees all of it", "never show a reader a part of a call"],
  ],
  [
    "a raw log that hides what retention removed",
    rawLog((database, retention) => new streamSide.ForgetfulRawLog(database, retention)),
    ["tells a reader exactly what was removed behind its cursor"],
  ],
  [
    "a raw log that tells too little of what retention removed",
    rawLog((database, retention) => new streamSide.InexactRawLog(database, retention)),
    ["tells a reader exactly what was removed behind its cursor"],
  ],
  [
    "a raw log whose cursors tell another time than its clock",
    rawLog((database, retention) => new streamSide.FastClockRawLog(database, retention)),
    ["gives cursors that say when the log stored the entries, by its own clock"],
  ],
  [
    "a raw log that forgets where connections were when it trims",
    rawLog((database, retention) => new streamSide.ShortTailedRawLog(database, retention)),
    ["outlives its entries"],
  ],
  [
    "a raw log that takes the last entry for the tail",
    rawLog((database, retention) => new streamSide.LastTailRawLog(database, retention)),
    [
      "is the highest epoch with the latest receipt in it, wherever in a call they stand",
      "has no receipt where no entry of the epoch has one, and takes the first that has",
      "is the same to every client, whichever of two that race appends last",
    ],
  ],
  [
    "a raw log that does not wait",
    rawLog((database, retention) => new streamSide.ImpatientRawLog(database, retention)),
    ["waits for the next append, whoever makes it, and sees all of it", "wakes every reader"],
  ],
  [
    "a raw log that trims by length alone",
    rawLog((database, retention) => new streamSide.RecklessRawLog(database, retention)),
    ["removes nothing that the slowest reader has not read while the log is small in bytes"],
  ],
  [
    "a raw log whose hard bound is one off",
    rawLog((database, retention) => new streamSide.TightRawLog(database, retention)),
    ["removes nothing at the hard bound itself, and read entries without a loss to report"],
  ],
  [
    "a raw log that does not end",
    rawLog((database, retention) => new streamSide.ImmortalRawLog(database, retention)),
    [
      "append rejects with a ClosedError on a closed client",
      "read rejects with a ClosedError on a client that is closing",
    ],
  ],
  [
    "a hydration store that counts what is fenced",
    hydration((database) => new streamSide.LeakyHydrationStore(database)),
    [
      "is `fenced` once a later lease exists",
      "of two owners that commit the same step one is fenced, and it counts once",
    ],
  ],
  [
    "a hydration store that fences nobody",
    hydration((database) => new streamSide.UnfencedHydrationStore(database)),
    [
      "is `fenced` once a later lease exists",
      "of two owners that commit the same step one is fenced, and it counts once",
    ],
  ],
  [
    "a hydration store that refuses nobody",
    hydration((database) => new streamSide.GreedyHydrationStore(database)),
    [
      "a held partition names its owner and the time that is left to another",
      "of 50 owners that ask for a partition exactly one gets it",
    ],
  ],
  [
    "a hydration store that rounds event times",
    hydration((database) => new streamSide.RoundingHydrationStore(database)),
    ["keeps prints bit for bit, what is absent as absent"],
  ],
  [
    "a hydration store that answers with the oldest prints",
    hydration((database) => new streamSide.BackwardHydrationStore(database)),
    ["trades, gaps and refusals are the last `limit`, oldest first"],
  ],
  [
    "a hydration store that stores half of a step and hides that the cursor moved",
    hydration((database) => new streamSide.HalvingHydrationStore(database)),
    [
      "applies every effect together with the cursor",
      "is `moved`, and says where to, where the cursor stands somewhere else",
    ],
  ],
  [
    "an epoch store that promotes whatever is active",
    epochs((database) => new epochSide.PushyEpochStore(database)),
    [
      "promotion is lost where another epoch is active, and nothing has changed",
      "of 20 workers that promote an epoch each exactly one wins",
    ],
  ],
  [
    "an epoch store that looks and then writes",
    epochs((database) => new epochSide.RacyEpochStore(database)),
    ["of 20 workers that promote an epoch each exactly one wins"],
  ],
  [
    "an epoch store that shows what is staged",
    epochs((database) => new epochSide.HastyEpochStore(database)),
    ["a staged epoch is visible nowhere"],
  ],
  [
    "an epoch store that does not announce its promotions",
    epochs((database) => new epochSide.MuteEpochStore(database)),
    [
      "a promotion is announced with the numbers of contracts that come and go",
      "who hears of a promotion finds the epoch active, with its records",
    ],
  ],
  [
    "an epoch store that promotes what was staged as it is",
    epochs((database) => new epochSide.ForgetfulEpochStore(database)),
    [
      "each group of a shared contract has the newer of both versions after a promotion",
      "what is written between staging and promotion is carried over, to a forced epoch, too",
    ],
  ],
  [
    "an epoch store that lists what has expired as active",
    epochs((database) => new epochSide.StaleEpochStore(database)),
    ["an epoch past its validity is not active and has nothing dirty"],
  ],
  [
    "an epoch store whose leases never run out",
    epochs((database) => new epochSide.TrustingEpochStore(database)),
    ["a lease that runs out returns its contracts"],
  ],
  [
    "an epoch store that settles what has expired",
    epochs((database) => new epochSide.GullibleEpochStore(database)),
    ["a lease that runs out returns its contracts", "of two that settle one lease exactly one has settled it"],
  ],
  [
    "a substrate store in which the last writer wins",
    substrate((database) => new epochSide.LastWriterSubstrateStore(database)),
    [
      "an older quote, by a nanosecond, does not",
      "of 100 versions that two clients write in any order the newest stays",
    ],
  ],
  [
    "a substrate store that writes to what was superseded",
    substrate((database) => new epochSide.RestlessSubstrateStore(database)),
    ["a superseded epoch can be read, and stays as it was"],
  ],
  [
    "a substrate store that hears the feed in values of contracts that it does not have",
    substrate((database) => new epochSide.EagerSubstrateStore(database)),
    ["the meta data tell when the feed last brought a value"],
  ],
  [
    "a substrate store that hears the feed in what is repeated",
    substrate((database) => new epochSide.EchoingSubstrateStore(database)),
    ["values that are repeated are written and marked, and are no sign of the feed"],
  ],
  [
    "a substrate store that does not hear a feed whose values are older than the chain's",
    substrate((database) => new epochSide.HardOfHearingSubstrateStore(database)),
    ["a value older than what stands there is a sign of the feed, and no update"],
  ],
  [
    "a substrate store that compares versions as doubles",
    substrate((database) => new epochSide.RoundingSubstrateStore(database)),
    [
      "a newer quote replaces an older one",
      "mergeStreamed writes every group, bit for bit, and leaves the terms alone",
    ],
  ],
  [
    "a substrate store that shows an expired chain as an empty one",
    substrate((database) => new epochSide.HalfChainSubstrateStore(database)),
    ["answers with null for an epoch past its validity, for its known contracts too"],
  ],
  [
    "a substrate store that takes every snapshot for a change",
    substrate((database) => new epochSide.NoisySubstrateStore(database)),
    ["mergeSnapshot marks only what changed as dirty, and not the epoch"],
  ],
  [
    "a flow snapshot store that merges expirations",
    flow((database) => new epochSide.MergingFlowSnapshotStore(database)),
    ["underlyings and expirations are kept apart"],
  ],
  [
    "a flow snapshot store that keeps old snapshots",
    flow((database) => new epochSide.HoardingFlowSnapshotStore(database)),
    ["they live for 30 s after their last write"],
  ],
  [
    "a message bus that delivers twice",
    bus((database) => new streamSide.DoublingMessageBus(database)),
    ["a subscriber hears each message once, in the order of publication"],
  ],
  [
    "a message bus that says no resync",
    bus((database) => new streamSide.UnsyncedMessageBus(database)),
    [
      "a subscriber has heard a resync, and nothing else, when its subscription stands",
      "after a broken connection every subscriber hears resync, then messages",
    ],
  ],
  [
    "a message bus that talks on after an abort",
    bus((database) => new streamSide.StubbornMessageBus(database)),
    ["a subscriber hears nothing after its signal aborts", "an aborted signal makes no subscription"],
  ],
  [
    "a message bus with one channel",
    bus((database) => new streamSide.SharedChannelMessageBus(database)),
    ["a subscriber hears no other channel"],
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
