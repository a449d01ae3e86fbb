import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RedisHydrationStore } from "../../../src/adapters/redis/hydration-store.ts";
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
});
