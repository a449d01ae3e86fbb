import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RedisKeys } from "../../../src/adapters/redis/keys.ts";
import type { EpochId } from "../../../src/domain/epoch/substrate.ts";
import type { DirtyLease } from "../../../src/ports/epoch-store.ts";
import { sampleEpoch, sampleQuote, sampleTicker } from "../../../src/testing/index.ts";
import { type EpochKeyspace, openEpochs } from "../../support/redis/epochs.ts";

const LONG_MS = 600_000;

/** An active epoch with one contract lent and another dirty, behind a superseded one, and a staged one. */
interface Scene {
  readonly id: EpochId;
  readonly old: EpochId;
  readonly staged: EpochId;
  readonly lease: DirtyLease;
}

type Operation = (store: EpochKeyspace, scene: Scene) => Promise<unknown>;

const active: Operation = ({ epochs }) => epochs.active("SPX");
const allActive: Operation = ({ epochs }) => epochs.allActive();
const meta: Operation = ({ epochs }, { id }) => epochs.meta(id);
const stage: Operation = ({ epochs }) => epochs.stage(sampleEpoch(1_700_000_000_000, "c", soon()));
const promote: Operation = ({ epochs }, { id, staged }) => epochs.promote(id, staged);
const renew: Operation = ({ epochs }, { id }) => epochs.renew(id, Date.now() + 2 * LONG_MS);
const timeline: Operation = ({ epochs }) => epochs.timeline("SPX");
const dirtyEpochs: Operation = ({ epochs }) => epochs.dirtyEpochs();
const takeDirty: Operation = ({ epochs }, { id }) => epochs.takeDirty(id, "b", LONG_MS);
const settle: Operation = ({ epochs }, { lease }) => epochs.settle(lease);
const merge: Operation = ({ substrate }, { id }) => substrate.mergeStreamed(id, [UPDATE]);
const records: Operation = ({ substrate }, { id }) => substrate.records(id);
const oneRecord: Operation = ({ substrate }, { id }) => substrate.records(id, [UPDATE.contract]);
const hadUpdates: Operation = ({ substrate }, { id }) => substrate.hadStreamedUpdates(id);

const UPDATE = { contract: sampleTicker(1), quote: sampleQuote({ quoteTsNs: sampleQuote().quoteTsNs + 1n }) };
const soon = () => ({ validUntilMs: Date.now() + LONG_MS });

let store: EpochKeyspace;
let scene: Scene;
beforeEach(async () => {
  store = await openEpochs();
  const { epochs, substrate } = store;
  const old = await store.activate(sampleEpoch(1_700_000_000_000, "a", soon()));
  const id = await store.activate(sampleEpoch(1_700_000_000_000, "b", soon()), old);
  const lease = await epochs.takeDirty(id, "a", LONG_MS);
  await substrate.mergeSnapshot(id, [{ contract: sampleTicker(2), quote: sampleQuote() }]);
  const draft = sampleEpoch(1_700_000_000_000, "c", soon());
  await epochs.stage(draft);
  scene = { id, old, staged: draft.id, lease };
});
afterEach(() => store.close());

async function refuses(operation: Operation, key: string): Promise<void> {
  const failing = operation(store, scene);
  await expect(failing).rejects.toMatchObject({ name: "StorageError", code: "STRIKEWIRE_STORAGE" });
  await expect(failing).rejects.toThrow(`key "${key}" must hold `);
}

type KeyOf = (keys: RedisKeys, scene: Scene) => string;

describe("a key of another type", () => {
  it.each<[string, KeyOf, Readonly<Record<string, Operation>>]>([
    ["active", (keys) => keys.of("active"), { active, allActive, promote, merge }],
    [
      "epochMeta",
      (keys, { id }) => keys.of("epochMeta", { id }),
      { meta, allActive, promote, renew, timeline, takeDirty, settle, merge, records, hadUpdates },
    ],
    ["the staged one's epochMeta", (keys, { staged: id }) => keys.of("epochMeta", { id }), { stage, promote }],
    ["epochStaged", (keys, { staged: id }) => keys.of("epochStaged", { id }), { stage, promote }],
    ["epochContracts", (keys, { id }) => keys.of("epochContracts", { id }), { renew, records, promote }],
    [
      "the staged one's epochContracts",
      (keys, { staged: id }) => keys.of("epochContracts", { id }),
      { stage, promote },
    ],
    [
      "epochContract",
      (keys, { id }) => keys.of("epochContract", { id, contract: UPDATE.contract }),
      { merge, records, oneRecord, promote },
    ],
    [
      "the staged one's epochContract",
      (keys, { staged: id }) => keys.of("epochContract", { id, contract: UPDATE.contract }),
      { promote },
    ],
    ["epochHeld", (keys, { id }) => keys.of("epochHeld", { id }), { merge, promote }],
    ["hadWsUpdates", (keys, { id }) => keys.of("hadWsUpdates", { id }), { renew, merge, hadUpdates }],
    [
      "dirtyContracts",
      (keys, { id }) => keys.of("dirtyContracts", { id }),
      { renew, dirtyEpochs, takeDirty, settle, merge },
    ],
    [
      "dirtyLeases",
      (keys, { id }) => keys.of("dirtyLeases", { id }),
      { renew, dirtyEpochs, takeDirty, settle, promote },
    ],
    ["leaseTokens", (keys) => keys.of("leaseTokens"), { takeDirty }],
    ["dirty", (keys) => keys.of("dirty"), { dirtyEpochs, settle, merge, promote }],
    ["clean", (keys) => keys.of("clean"), { settle, merge, promote }],
    ["timeline", (keys) => keys.of("timeline", { SYMBOL: "SPX" }), { timeline, promote }],
    ["timelineMeta", (keys) => keys.of("timelineMeta", { SYMBOL: "SPX" }), { timeline, promote }],
  ])("%s is an error that names it, and nothing has changed", async (_, keyOf, operations) => {
    const key = keyOf(store.keys, scene);
    await store.plain.del(key);
    // A stream is none of ours, whatever the key.
    await store.plain.xadd(key, "*", "field", "value");
    // A client without a cache.
    store = { ...store, ...(await store.connect()) };
    const before = await dump();
    for (const operation of Object.values(operations)) {
      // To stage begins with taking back what was staged.
      await refuses(operation, key);
      if (operation !== takeDirty) expect(await dump()).toEqual(before);
    }
  });

  it("among lent contracts is an error that names it when they are to be taken back", async () => {
    const { keys, plain } = store;
    const lent = keys.of("lentContracts", { id: scene.id, token: scene.lease.token });
    await plain.zadd(keys.of("dirtyLeases", { id: scene.id }), 1, String(scene.lease.token));
    await plain.set(lent, "text");
    for (const operation of [dirtyEpochs, takeDirty, settle]) await refuses(operation, lent);
  });

  it("in the place of a record to stage is an error that names it", async () => {
    const { keys, plain } = store;
    const key = keys.of("epochContract", { id: scene.staged, contract: sampleTicker(50) });
    await plain.lpush(key, "value");
    const draft = sampleEpoch(1_700_000_000_000, "c", soon());
    const { terms } = draft.records[0] ?? { terms: undefined };
    if (terms === undefined) throw new Error("a sample epoch has records");
    await refuses(
      ({ epochs }) => epochs.stage({ ...draft, records: [{ terms: { ...terms, contract: sampleTicker(50) } }] }),
      key,
    );
    expect(await store.epochs.promote(scene.id, scene.staged)).toBe("lost");
  });
});

describe("a value that is none of ours", () => {
  it.each<[field: string, value: string | null]>([
    ["valid_until", "tomorrow"],
    ["valid_until", null],
    ["contract_count", "many"],
    ["symbol", null],
  ])("as %s of the meta data (%s) is an error that names the key", async (field, value) => {
    const key = store.keys.of("epochMeta", { id: scene.id });
    if (value === null) await store.plain.hdel(key, field);
    else await store.plain.hset(key, field, value);
    for (const operation of [meta, timeline, active, promote, renew, takeDirty, settle, merge, records, hadUpdates]) {
      await refuses(operation, key);
    }
  });

  it.each([
    ["epoch_id", ""],
    ["created_ts", "-1"],
    ["forced", "yes"],
    ["dormant_count", "1.5"],
    ["superseded_ts", "NaN"],
    ["streamed_ts", "now"],
  ])("as %s of the meta data (%s) is an error for who reads them", async (field, value) => {
    const key = store.keys.of("epochMeta", { id: scene.id });
    await store.plain.hset(key, field, value);
    for (const operation of [meta, timeline]) await refuses(operation, key);
  });

  it.each([
    "",
    "text",
    "1700000000|x|forced=2|dormant=0",
    "soon|SPX:1:x|forced=0|dormant=0",
    "1700000000||forced=0|dormant=0",
  ])("as a line of the timeline (%s) is an error that names the key", async (line) => {
    const key = store.keys.of("timeline", { SYMBOL: "SPX" });
    await store.plain.rpush(key, line);
    await refuses(timeline, key);
  });

  it("as what the timeline keeps of a superseded epoch is an error that names the key", async () => {
    const key = store.keys.of("timelineMeta", { SYMBOL: "SPX" });
    for (const value of ["", "1|2|3", "1|x|3|hash", "1|2|many|hash"]) {
      await store.plain.hset(key, scene.old, value);
      await refuses(timeline, key);
    }
  });

  it("as the last token of a lease is an error that names the key", async () => {
    const key = store.keys.of("leaseTokens");
    for (const value of ["text", "-1", "1.5", "9007199254740993"]) {
      await store.plain.set(key, value);
      await refuses(takeDirty, key);
    }
  });

  it("as the mark of streamed updates is an error that names the key", async () => {
    const key = store.keys.of("hadWsUpdates", { id: scene.id });
    await store.plain.set(key, "2");
    await refuses(hadUpdates, key);
    await store.plain.del(key);
    await refuses(hadUpdates, key);
  });

  it("as an active epoch that nothing is known of is none", async () => {
    await store.plain.hset(store.keys.of("active"), "SPX", "SPX:1:unknown");
    expect(await store.epochs.active("SPX")).toBeNull();
  });

  it.each([
    ["no JSON", "text"],
    ["no object", "7"],
    ["an array", "[]"],
    ["nothing", "{}"],
    ["no revision in front", '{"id":"x","rev":1}'],
    ["spaces", '{ "rev":1,"id":"x"}'],
    ["another contract", (json: string) => json.replace(UPDATE.contract, sampleTicker(9))],
    ["a bid of text", (json: string) => json.replace('"strike":6001', '"strike":"6001"')],
    ["an infinite strike", (json: string) => json.replace('"strike":6001', '"strike":1e999')],
    ["a right that is none", (json: string) => json.replace('"type":"P"', '"type":"X"')],
    ["half a quote", (json: string) => json.replace(/}$/, ',"quote_ns":"1","bid":1}')],
    [
      "a time that is none",
      (json: string) => json.replace(/}$/, ',"trade_ns":"1.5","q":1,"last":1,"size":1,"volume":1}'),
    ],
    ["a number for a time", (json: string) => json.replace(/}$/, ',"oi_day":20251223,"oi":1}')],
  ])("as a record (%s) is an error that names the key, and is left", async (_, make) => {
    const key = store.keys.of("epochContract", { id: scene.id, contract: UPDATE.contract });
    const json = typeof make === "string" ? make : make((await store.plain.get(key)) ?? "");
    await store.plain.set(key, json, "KEEPTTL");
    store = { ...store, ...(await store.connect()) };
    for (const operation of [merge, records, oneRecord]) await refuses(operation, key);
    expect(await store.plain.get(key)).toBe(json);
  });
});

describe("what is gone", () => {
  it("of the records of an epoch is an error that names the key, and no half a chain", async () => {
    const key = store.keys.of("epochContract", { id: scene.id, contract: UPDATE.contract });
    await store.plain.del(key);
    store = { ...store, ...(await store.connect()) };
    for (const operation of [merge, records, oneRecord]) await refuses(operation, key);
  });

  it("of the contracts of an epoch is an error that names the key, and no half a chain", async () => {
    const { keys, plain } = store;
    const key = keys.of("epochContracts", { id: scene.id });
    await plain.srem(key, sampleTicker(0));
    await refuses(records, key);
    await plain.srem(keys.of("epochContracts", { id: scene.staged }), sampleTicker(0));
    await refuses(promote, keys.of("epochContracts", { id: scene.staged }));
  });

  it("of the meta data that only the timeline names is an error", async () => {
    const { keys, plain } = store;
    await plain.hdel(keys.of("timelineMeta", { SYMBOL: "SPX" }), scene.old);
    expect((await store.epochs.timeline("SPX")).map(({ id }) => id)).toEqual([scene.old, scene.id]);
    await plain.del(keys.of("epochMeta", { id: scene.old }));
    await refuses(timeline, keys.of("epochMeta", { id: scene.old }));
  });
});

/** Every key with what it holds, as the server packs it. */
async function dump(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const key of await store.plain.keys(`${store.keys.channel("")}*`)) {
    found.set(key, (await store.plain.dumpBuffer(key)).toString("base64"));
  }
  return found;
}
