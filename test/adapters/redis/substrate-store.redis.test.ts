import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EpochId } from "../../../src/domain/epoch/substrate.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import {
  sampleEpoch,
  sampleFullRecord,
  sampleGreeks,
  sampleQuote,
  sampleRecord,
  sampleTicker,
} from "../../../src/testing/index.ts";
import { type EpochKeyspace, openEpochs } from "../../support/redis/epochs.ts";

let store: EpochKeyspace;
let id: EpochId;
const draft = sampleEpoch(Date.now(), "a");
beforeEach(async () => {
  store = await openEpochs();
  id = await store.activate(draft);
});
afterEach(() => store.close());

const keyOf = (contract: string) => store.keys.of("epochContract", { id, contract });
const jsonOf = async (contract: string) => (await store.plain.get(keyOf(contract))) ?? "";
const quoteAt = (version: number, bid = version) => sampleQuote({ quoteTsNs: BigInt(version), bid });

describe("what other services read", () => {
  it("of a contract with all values is one JSON object with every field", async () => {
    const { rev, ...fields } = JSON.parse(await jsonOf(sampleTicker(0))) as { rev: number };
    expect(Number.isSafeInteger(rev)).toBe(true);
    expect(fields).toEqual({
      id: sampleTicker(0),
      underlying: "SPX",
      root: "SPXW",
      expiration: "2025-12-23",
      strike: 6000,
      type: "P",
      multiplier: 100,
      style: "european",
      bid: 0.30000000000000004,
      ask: 9.81,
      mid: (0.30000000000000004 + 9.81) / 2,
      bid_size: 17,
      ask_size: 9,
      quote_t: 1_766_437_799_445,
      quote_ns: "1766437799445123457",
      last: 9.75,
      size: 4,
      trade_t: 1_766_437_799_445,
      trade_ns: "1766437799445123458",
      q: 815,
      volume: 1204,
      delta: -0.4321,
      gamma: 5e-324,
      theta: -1.7976931348623157e308,
      vega: 1 / 3,
      iv: 0.1873,
      greeks_ts: 1_766_437_799.445,
      greeks_ns: "1766437799445123459",
      greeks_source: "provider",
      oi: 3141,
      oi_day: "2025-12-22",
    });
  });

  it("of a contract without values is its terms, and of a quote with one side no mid", async () => {
    const fixed = ["rev", "id", "underlying", "root", "expiration", "strike", "type", "multiplier", "style"];
    expect(Object.keys(JSON.parse(await jsonOf(sampleTicker(1))))).toEqual(fixed);
    await store.substrate.mergeStreamed(id, [{ contract: sampleTicker(1), quote: sampleQuote({ ask: null }) }]);
    expect(JSON.parse(await jsonOf(sampleTicker(1)))).toMatchObject({ ask: null, mid: null });
  });
});

describe("merging", () => {
  it("keeps the life of a record, and gives the marks that of the epoch", async () => {
    await store.epochs.settle(await store.epochs.takeDirty(id, "a", 60_000));
    await store.substrate.mergeStreamed(id, [{ contract: sampleTicker(1), quote: quoteAt(1) }]);
    const ends = await store.ends();
    for (const name of [`contract:${sampleTicker(1)}`, "dirty_contracts", "had_ws_updates"]) {
      expect(ends[`epoch:${id}:${name}`], name).toBe(draft.validUntilMs);
    }
    expect(await store.plain.get(store.keys.of("hadWsUpdates", { id }))).toBe("1");
  });

  it("gives every write a greater revision, and none where nothing changes", async () => {
    const revisionOf = async () => Number(/^\{"rev":(\d+),/.exec(await jsonOf(sampleTicker(1)))?.[1]);
    let before = await revisionOf();
    for (let version = 1; version <= 5; version++) {
      const update = { contract: sampleTicker(1), quote: quoteAt(version) };
      await store.substrate.mergeStreamed(id, [update]);
      const after = await revisionOf();
      expect(after).toBeGreaterThan(before);
      await store.substrate.mergeStreamed(id, [update, { contract: sampleTicker(1), quote: quoteAt(0) }]);
      expect(await revisionOf()).toBe(after);
      before = after;
    }
  });

  it("goes by what stands there and not by what was written last, whoever changed it", async () => {
    const other = await store.connect();
    const contract = sampleTicker(1);
    const first = { contract, quote: quoteAt(1), greeks: sampleGreeks({ greeksTsNs: 1n }) };
    await store.substrate.mergeStreamed(id, [first]);
    const remembered = await jsonOf(contract);
    await other.substrate.mergeSnapshot(id, [{ contract, quote: quoteAt(5) }]);
    const late = await store.substrate.mergeStreamed(id, [{ contract, quote: quoteAt(3) }]);
    expect(late).toMatchObject({ written: 0, stale: 1 });
    await store.substrate.mergeStreamed(id, [{ contract, greeks: sampleGreeks({ greeksTsNs: 2n }) }]);
    const expected = { quote: quoteAt(5), greeks: sampleGreeks({ greeksTsNs: 2n }) };
    expect(await store.substrate.records(id, [contract])).toEqual([sampleRecord(1, expected)]);
    // A server that came back with what it had saved.
    await store.plain.set(keyOf(contract), remembered, "KEEPTTL");
    const again = await store.substrate.mergeStreamed(id, [{ contract, quote: quoteAt(4) }]);
    expect(again).toMatchObject({ written: 1, stale: 0 });
    expect((await store.substrate.records(id, [contract]))?.[0]?.quote).toEqual(quoteAt(4));
  });

  it("counts a value that stands there already as written, without a write", async () => {
    const { quote = sampleQuote() } = sampleFullRecord(0);
    const before = await jsonOf(sampleTicker(0));
    const result = await store.substrate.mergeStreamed(id, [{ contract: sampleTicker(0), quote }]);
    expect(result).toEqual({ written: 1, stale: 0, missing: [], activeEpoch: id });
    expect(await jsonOf(sampleTicker(0))).toBe(before);
  });

  it("names a contract that is missing once per call, and the active epoch after it changed", async () => {
    const missing = { contract: "O:SPX251223C99999000", quote: quoteAt(1) };
    const result = await store.substrate.mergeStreamed(id, [missing, missing]);
    expect(result).toEqual({ written: 0, stale: 0, missing: [missing.contract], activeEpoch: id });
    const next = await store.activate(sampleEpoch(Date.now(), "b"), id);
    const late = await store.substrate.mergeStreamed(id, [missing, missing]);
    expect(late).toEqual({ written: 0, stale: 0, missing: [], activeEpoch: next });
  });

  it("of a chain and a stream on the same records never loses the newer group", async () => {
    const chain = await store.connect();
    const reader = await store.connect();
    const contracts = Array.from({ length: 300 }, (_, index) => sampleTicker(index));
    const records = contracts.map((_, index) => sampleRecord(index));
    const shared = await store.activate(sampleEpoch(Date.now(), "race", { symbol: "NDX", records }));
    const rounds = 20;
    const random = seededRandom(42);
    const orders = [1, 2].map(() => Array.from({ length: rounds }, () => random.int(1_000) + 1));
    const [streamed = [], snapshots = []] = orders;
    let writing = true;
    const watch = async (): Promise<void> => {
      const seen = new Map<string, bigint>();
      while (writing) {
        for (const { terms, quote } of (await reader.substrate.records(shared)) ?? []) {
          const version = quote?.quoteTsNs ?? 0n;
          expect(version).toBeGreaterThanOrEqual(seen.get(terms.contract) ?? 0n);
          seen.set(terms.contract, version);
        }
      }
    };
    const watching = watch();
    const updates = (version: number) => contracts.map((contract) => ({ contract, quote: quoteAt(version) }));
    await Promise.all([
      (async () => {
        for (const version of streamed) await store.substrate.mergeStreamed(shared, updates(version));
      })(),
      (async () => {
        for (const [index, version] of snapshots.entries()) {
          const greeks = sampleGreeks({ greeksTsNs: BigInt(index) });
          const both = updates(version).map((update) => ({ ...update, greeks }));
          await chain.substrate.mergeSnapshot(shared, both);
        }
      })(),
    ]);
    writing = false;
    await watching;
    const newest = Math.max(...streamed, ...snapshots);
    const greeks = sampleGreeks({ greeksTsNs: BigInt(rounds - 1) });
    const expected = contracts.map((_, index) => sampleRecord(index, { quote: quoteAt(newest), greeks }));
    expect(await reader.substrate.records(shared)).toEqual(expected);
  });
});
