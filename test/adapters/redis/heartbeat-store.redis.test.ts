import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RedisHeartbeatStore } from "../../../src/adapters/redis/heartbeat-store.ts";
import { sampleHeartbeat } from "../../../src/testing/index.ts";
import { openPlainKeyspace, type PlainKeyspace } from "../../support/redis/plain-keyspace.ts";

let space: PlainKeyspace;
let store: RedisHeartbeatStore;
beforeEach(async () => {
  space = await openPlainKeyspace();
  store = new RedisHeartbeatStore(space.connection);
});
afterEach(() => space.close());

const beatKey = () => space.keys.of("heartbeat", { worker: "chain/SPX" });
const indexKey = () => space.keys.of("heartbeats");

describe("keys of heartbeats", () => {
  it("hold them as compact JSON, by worker, and an index of all", async () => {
    await store.beat(sampleHeartbeat());
    await store.beat(sampleHeartbeat({ worker: "ws" }));
    expect(await space.types()).toEqual({
      "massive:heartbeat:chain/SPX": "string",
      "massive:heartbeat:ws": "string",
      "massive:heartbeats": "zset",
    });
    expect(await space.plain.get(beatKey())).toBe(JSON.stringify(sampleHeartbeat()));
  });

  it("live for 15 s or as long as asked for, and the index says until when", async () => {
    await store.beat(sampleHeartbeat());
    await store.beat(sampleHeartbeat({ worker: "ws" }), 90_000);
    const { "massive:heartbeat:chain/SPX": short, "massive:heartbeat:ws": long, ...index } = await space.lives();
    expect(short).toBeGreaterThan(5_000);
    expect(short).toBeLessThanOrEqual(15_000);
    expect(long).toBeGreaterThan(80_000);
    expect(long).toBeLessThanOrEqual(90_000);
    expect(index).toEqual({ "massive:heartbeats": -1 });
    for (const worker of ["chain/SPX", "ws"]) {
      const end = Number(await space.plain.call("PEXPIRETIME", space.keys.of("heartbeat", { worker })));
      expect(Math.abs(Number(await space.plain.zscore(indexKey(), worker)) - end)).toBeLessThanOrEqual(2);
    }
  });

  it("leave the index with the first beat after their end", async () => {
    await store.beat(sampleHeartbeat({ worker: "goes" }), 1);
    await store.beat(sampleHeartbeat({ worker: "stays" }));
    await vi.waitFor(async () => {
      await store.beat(sampleHeartbeat({ worker: "beats" }));
      expect(await space.plain.zrange(indexKey(), "0", "-1")).toEqual(["stays", "beats"]);
    });
  });

  it("are announced behind the prefix", async () => {
    const heard = await space.hear();
    await store.beat(sampleHeartbeat());
    await vi.waitFor(() => expect(heard).toEqual([["massive:heartbeat", JSON.stringify(sampleHeartbeat())]]));
  });

  it("take the longest lifetime there is", async () => {
    await store.beat(sampleHeartbeat(), Number.MAX_SAFE_INTEGER);
    expect(await store.all()).toEqual([sampleHeartbeat()]);
  });
});

type Operation = () => Promise<unknown>;
const beat: Operation = () => store.beat(sampleHeartbeat({ pid: 1 }));
const all: Operation = () => store.all();

async function refuse(operations: Readonly<Record<string, Operation>>, key: string): Promise<void> {
  const before = await space.contents();
  for (const [name, operation] of Object.entries(operations)) {
    const failing = operation();
    await expect(failing, name).rejects.toMatchObject({ code: "STRIKEWIRE_STORAGE" });
    await expect(failing, name).rejects.toThrow(`key "${key}" must hold `);
  }
  expect(await space.contents()).toEqual(before);
}

describe("a key of another type", () => {
  it("is refused by name, and nothing changes", async () => {
    await store.beat(sampleHeartbeat());
    await space.mistype(beatKey());
    await refuse({ beat, all }, beatKey());
    await space.plain.del(beatKey());
    await space.mistype(indexKey());
    await refuse({ beat, all }, indexKey());
  });
});

describe("a value that is none of ours", () => {
  it.each(["", "{", "[]", "null", "{}", '{"worker":"chain/SPX"}'])("is refused as a heartbeat: %j", async (text) => {
    await store.beat(sampleHeartbeat());
    await space.plain.set(beatKey(), text);
    await refuse({ all }, beatKey());
    await beat();
    expect(await all()).toEqual([sampleHeartbeat({ pid: 1 })]);
  });
});
