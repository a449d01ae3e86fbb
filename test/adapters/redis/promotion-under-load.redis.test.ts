import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EpochDraft, EpochId } from "../../../src/domain/epoch/substrate.ts";
import { sampleEpoch, sampleLastTrade, sampleQuote, sampleRecord, sampleTicker } from "../../../src/testing/index.ts";
import { type EpochKeyspace, openEpochs, type RedisEpochs } from "../../support/redis/epochs.ts";

const HOUR_MS = 3_600_000;

let store: EpochKeyspace;
beforeEach(async () => {
  store = await openEpochs();
});
afterEach(() => store.close());

function draftOf(hash: string, contracts: number, overrides: Partial<EpochDraft> = {}): EpochDraft {
  const records = Array.from({ length: contracts }, (_, index) => sampleRecord(index));
  return sampleEpoch(Date.now(), hash, { records, validUntilMs: Date.now() + HOUR_MS, ...overrides });
}

/** The records of epochs as any client reads them, all as of one moment. */
async function plainRecords(ids: readonly EpochId[], contracts: readonly string[]) {
  const { plain, keys } = store;
  const names = ids.flatMap((id) => contracts.map((contract) => keys.of("epochContract", { id, contract })));
  const values = await plain.mget(...names);
  return values.map((json) => JSON.parse(json ?? "{}") as Readonly<Partial<Record<string, string>>>);
}

/** Of each record that is older in the second epoch than in the first, what and by how much. */
async function olderIn(next: EpochId, old: EpochId, contracts: readonly string[]): Promise<readonly string[]> {
  const records = await plainRecords([old, next], contracts);
  return contracts.flatMap((contract, index) =>
    ["quote_ns", "trade_ns"].flatMap((field) => {
      const before = BigInt(records[index]?.[field] ?? 0);
      const after = BigInt(records[contracts.length + index]?.[field] ?? 0);
      return after < before ? [`${contract} ${field}: ${after} < ${before}`] : [];
    }),
  );
}

/** Streams a new version of every contract again and again, as fast as it can, into the epoch that it takes for active. */
async function stream(
  { substrate }: RedisEpochs,
  first: EpochId,
  contracts: readonly string[],
  goOn: () => boolean,
): Promise<bigint> {
  let epoch = first;
  let version = 0n;
  while (goOn()) {
    version += 1n;
    const quote = sampleQuote({ quoteTsNs: version });
    const trade = sampleLastTrade({ tradeTsNs: version });
    const updates = contracts.map((contract) => ({ contract, quote, trade }));
    const { activeEpoch } = await substrate.mergeStreamed(epoch, updates);
    epoch = activeEpoch ?? epoch;
  }
  return version;
}

describe("while another client streams as fast as it can", () => {
  it.each([
    [300, 5],
    [10, 400],
  ])("%s promotions of %s contracts leave none that is older in the new epoch than in the old", async (count, size) => {
    const contracts = Array.from({ length: size }, (_, index) => sampleTicker(index));
    const writer = await store.connect();
    let old = await store.activate(draftOf("first", size));
    let promoting = true;
    const streaming = stream(writer, old, contracts, () => promoting);
    const older: string[] = [];
    let moving = 0;
    for (let index = 0; index < count; index++) {
      const next = await store.activate(draftOf(`e${index}`, size, { forced: true }), old);
      const found = await olderIn(next, old, contracts);
      if (found.length > 0) older.push(`${next}: ${found.join(", ")}`);
      const [record] = await plainRecords([old], contracts);
      if (record?.["quote_ns"] !== undefined) moving += 1;
      old = next;
    }
    promoting = false;
    expect(await streaming).toBeGreaterThan(5n);
    expect(older).toEqual([]);
    expect(moving).toBeGreaterThan(count / 2);
    expect(await store.plain.exists(store.keys.of("epochHeld", { id: old }))).toBe(0);
  });

  it("5,000 contracts that all move are promoted whole", async () => {
    const contracts = Array.from({ length: 5_000 }, (_, index) => `O:SPX251223C${String(index).padStart(8, "0")}`);
    const { terms } = sampleRecord(0);
    const records = contracts.map((contract) => ({ terms: { ...terms, contract } }));
    const writer = await store.connect();
    let old = await store.activate(draftOf("first", 0, { records }));
    let promoting = true;
    const streaming = stream(writer, old, contracts, () => promoting);
    for (let index = 0; index < 3; index++) {
      const next = await store.activate(draftOf(`e${index}`, 0, { records }), old);
      expect(await olderIn(next, old, contracts)).toEqual([]);
      old = next;
    }
    promoting = false;
    await streaming;
  });
});

it("a reader that polls as fast as it can never sees an active epoch without all of it in 2,000 promotions", async () => {
  const reader = store.plain.duplicate();
  const size = 3;
  const { keys } = store;
  let promoting = true;
  const seen = new Set<string>();
  const halves: string[] = [];
  const poll = async (): Promise<void> => {
    while (promoting) {
      const id = await reader.hget(keys.of("active"), "SPX");
      if (id === null) continue;
      seen.add(id);
      const set = keys.of("epochContracts", { id });
      const [count, contracts] = await Promise.all([reader.scard(set), reader.smembers(set)]);
      const names = contracts.map((contract) => keys.of("epochContract", { id, contract }));
      const found = names.length === 0 ? [] : await reader.mget(...names);
      if (count !== size || found.filter((json) => json !== null).length !== size) halves.push(`${id}: ${count}`);
    }
  };
  const polling = poll();
  let expected: EpochId | null = null;
  for (let index = 0; index < 2_000; index++) expected = await store.activate(draftOf(`e${index}`, size), expected);
  promoting = false;
  await polling;
  reader.disconnect();
  expect(halves).toEqual([]);
  expect(seen.size).toBeGreaterThan(50);
}, 120_000);

it("of two that promote in the place of one another one wins each time, and no epoch is half", async () => {
  const contracts = Array.from({ length: 100 }, (_, index) => sampleTicker(index));
  const second = await store.connect();
  const writer = await store.connect();
  let old = await store.activate(draftOf("first", 100));
  let promoting = true;
  const streaming = stream(writer, old, contracts, () => promoting);
  for (let index = 0; index < 15; index++) {
    const drafts = [draftOf(`a${index}`, 100), draftOf(`b${index}`, 100)] as const;
    const promotions = [store, second].map(async ({ epochs }, place) => {
      const draft = drafts[place === 0 ? 0 : 1];
      await epochs.stage(draft);
      return epochs.promote(old, draft.id);
    });
    const outcomes = await Promise.all(promotions);
    expect([...outcomes].sort()).toEqual(["lost", "promoted"]);
    const next = drafts[outcomes[0] === "promoted" ? 0 : 1].id;
    expect(await store.epochs.active("SPX")).toBe(next);
    expect(await store.substrate.records(next)).toHaveLength(100);
    expect(await olderIn(next, old, contracts)).toEqual([]);
    old = next;
  }
  promoting = false;
  await streaming;
});
