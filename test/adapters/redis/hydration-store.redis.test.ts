import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RedisHydrationStore } from "../../../src/adapters/redis/hydration-store.ts";
import type { TradeFlag, TradeRecord } from "../../../src/domain/hydration/effects.ts";
import { sampleStep } from "../../../src/testing/index.ts";
import { type FaultPorts, openFaultPorts } from "../../support/redis/fault-ports.ts";
import { type Keyspace, openKeyspace } from "../../support/redis/keyspace.ts";

const [FIRST, SECOND] = ["1766437799445-1", "1766437799445-2"];

let keyspace: Keyspace;
let ports: FaultPorts;
beforeEach(async () => {
  keyspace = openKeyspace();
  ports = openFaultPorts(keyspace.url, { keyPrefix: keyspace.prefix });
  await ports.connection.ready();
});
afterEach(async () => {
  await ports.close();
  await keyspace.clear();
});

describe("RedisHydrationStore", () => {
  it("reads a checkpoint of one moment, though a step that stays comes between", async () => {
    const { store, connection } = ports;
    const acquired = await store.acquire(0, "a", 60_000);
    if (acquired.status !== "acquired") throw new Error("the lease is free");
    const { totals, ledgers } = sampleStep(FIRST, SECOND);
    const [sums] = totals;
    if (sums === undefined) throw new Error("a sample step has sums");
    await store.commit(acquired.lease, sampleStep("0-0", FIRST));
    await store.commit(acquired.lease, { ...sampleStep(FIRST, SECOND), totals: [], ledgers: [], deferred: true });
    const nothing = { trades: [], counters: {}, gaps: [], quarantine: [] };
    const later = { prev: SECOND, next: SECOND, ...nothing, totals: [{ ...sums, prints: 12 }], ledgers };
    let reads = 0;
    const interrupted = new Proxy(connection, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        return async (...args: unknown[]): Promise<unknown> => {
          const answer: unknown = await Reflect.apply(value, target, args);
          if (name === "commands" && ++reads === 1) await store.commit(acquired.lease, later);
          return answer;
        };
      },
    });
    const checkpoint = await new RedisHydrationStore(interrupted).checkpoint(0);
    expect(checkpoint).toMatchObject({ cursor: SECOND, stateCursor: SECOND, totals: [{ prints: 12 }] });
  });

  it("keeps the prints of a step apart that name more moments, sides and tails than 16 bits count", async () => {
    const patient = openFaultPorts(keyspace.url, { keyPrefix: keyspace.prefix, commandTimeoutMs: 60_000 });
    await patient.connection.ready();
    const { store } = patient;
    const acquired = await store.acquire(0, "a", 60_000);
    if (acquired.status !== "acquired") throw new Error("the lease is free");
    const [sample] = sampleStep("0-0", FIRST).trades;
    if (sample === undefined) throw new Error("a sample step has a print");
    const trades = Array.from({ length: 70_000 }, (_, n) => variant(sample, n));
    await store.commit(acquired.lease, { ...sampleStep("0-0", FIRST), trades });
    const streams = await store.tradeStreams();
    const stored = await Promise.all(streams.map((stream) => store.trades(stream, 100_000)));
    await patient.close();
    const given = streams.map(({ expiration }) => trades.filter(({ trade }) => trade.expiration === expiration));
    expect(streams).toHaveLength(3);
    expect(stored).toEqual(given);
  });
});

const CONDITIONS = [undefined, [], [227], [227, 41], [41], Array.from({ length: 20_000 }, (_, id) => id)];
const FLAGS: readonly (readonly TradeFlag[])[] = [[], ["dup"], ["late", "multi"]];

/** Prints that follow one another here differ in what they have, and in where it is told. */
function variant({ trade, ...rest }: TradeRecord, n: number): TradeRecord {
  const day = 23 + (n % 3);
  return {
    ...rest,
    trade: {
      ...trade,
      contract: `O:SPXW2512${day}P06870000`,
      expiration: `2025-12-${day}`,
      // Of two that follow one another, the first is as the one before it.
      tradeTsNs: trade.tradeTsNs + BigInt(n - (n % 2)) * 1_000n,
      receivedAtMs: n % 5 === 0 ? undefined : 1_766_437_799_500 + n,
      exchange: n % 7 === 0 ? undefined : n % 11,
      sequence: n % 11 === 0 ? undefined : n,
      // The long list once.
      conditions: CONDITIONS[n === 1 ? 5 : n % 5],
    },
    flags: FLAGS[n % 3] ?? [],
    side: { side: "S", method: "quote", confidence: n % 2 === 0 ? null : 0.75, quoteAgeMs: n, quoteSource: null },
    delta: n % 4 === 0 ? null : (n % 9) / 8 - 0.5,
    cancelsTsNs: n % 13 === 0 ? undefined : BigInt(n),
  };
}
