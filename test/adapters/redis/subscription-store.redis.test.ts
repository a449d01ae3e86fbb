import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RedisSubscriptionStore } from "../../../src/adapters/redis/subscription-store.ts";
import { openPlainKeyspace, type PlainKeyspace } from "../../support/redis/plain-keyspace.ts";

let space: PlainKeyspace;
let store: RedisSubscriptionStore;
beforeEach(async () => {
  space = await openPlainKeyspace();
  store = new RedisSubscriptionStore(space.connection);
});
afterEach(() => space.close());

const key = () => space.keys.of("subscriptions");
const CHANNEL = "massive:ws:subscriptions";

describe("the key of wanted topics", () => {
  it("is a set without a lifetime, which is gone when nothing is wanted", async () => {
    await store.change({ added: ["T.*", "Q.O:SPXW251223P06870000"], removed: [] });
    expect(await space.types()).toEqual({ [CHANNEL]: "set" });
    expect(await space.lives()).toEqual({ [CHANNEL]: -1 });
    expect((await space.plain.smembers(key())).sort()).toEqual(["Q.O:SPXW251223P06870000", "T.*"]);
    await store.change({ added: [], removed: ["T.*", "Q.O:SPXW251223P06870000"] });
    expect(await space.types()).toEqual({});
  });

  it("is changed behind the prefix, and announced there as compact JSON", async () => {
    const heard = await space.hear();
    await store.change({ added: ["T.*"], removed: [] });
    await store.change({ added: ["Q.A"], removed: ["T.*"] });
    await vi.waitFor(() => {
      expect(heard).toEqual([
        [CHANNEL, '{"added":["T.*"],"removed":[]}'],
        [CHANNEL, '{"added":["Q.A"],"removed":["T.*"]}'],
      ]);
    });
  });

  it("takes every character that a topic can have, as it is", async () => {
    const printable = Array.from({ length: 0x7e - 0x20 }, (_, index) => String.fromCharCode(0x21 + index));
    const topic = `T.${printable.filter((character) => !'",\\'.includes(character)).join("")}`;
    const change = { added: [topic], removed: [] };
    const heard = await space.hear();
    expect(await store.change(change)).toEqual(change);
    expect(await store.wanted()).toEqual(new Set([topic]));
    await vi.waitFor(() => expect(heard).toEqual([[CHANNEL, JSON.stringify(change)]]));
  });

  it.each([3_999, 4_000, 4_001, 8_000, 8_001])("takes %i topics, around the bounds of a slice", async (count) => {
    const topics = Array.from({ length: count }, (_, index) => `T.A${index}`);
    expect(await store.change({ added: topics, removed: [] })).toEqual({ added: topics, removed: [] });
    expect((await store.wanted()).size).toBe(count);
    expect(await store.change({ added: [], removed: topics })).toEqual({ added: [], removed: topics });
    expect((await store.wanted()).size).toBe(0);
  });
});

type Operation = () => Promise<unknown>;
const change: Operation = () => store.change({ added: ["T.A"], removed: ["T.*"] });
const wanted: Operation = () => store.wanted();

async function refuse(operations: Readonly<Record<string, Operation>>): Promise<void> {
  const before = await space.contents();
  for (const [name, operation] of Object.entries(operations)) {
    const failing = operation();
    await expect(failing, name).rejects.toMatchObject({ code: "STRIKEWIRE_STORAGE" });
    await expect(failing, name).rejects.toThrow(`key "${key()}" must hold `);
  }
  expect(await space.contents()).toEqual(before);
}

describe("a key of another type", () => {
  it("is refused by name, unannounced, and nothing changes", async () => {
    const heard = await space.hear();
    await space.mistype(key());
    await refuse({ change, wanted });
    await space.plain.del(key());
    await store.change({ added: ["T.*"], removed: [] });
    await vi.waitFor(() => expect(heard).toEqual([[CHANNEL, '{"added":["T.*"],"removed":[]}']]));
  });
});

describe("a member that is no topic", () => {
  it.each(["", "x", "T.é", "T.a b"])("is refused when it is read: %j", async (text) => {
    await store.change({ added: ["T.*"], removed: [] });
    await space.plain.sadd(key(), text);
    await refuse({ wanted });
  });
});
