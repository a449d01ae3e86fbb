import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RedisModelStore } from "../../../src/adapters/redis/model-store.ts";
import { sampleModel, sampleModelAnalytics } from "../../../src/testing/index.ts";
import { openPlainKeyspace, type PlainKeyspace } from "../../support/redis/plain-keyspace.ts";

const LIFE_MS = 60_000;

let space: PlainKeyspace;
let store: RedisModelStore;
beforeEach(async () => {
  space = await openPlainKeyspace();
  store = new RedisModelStore(space.connection);
});
afterEach(() => space.close());

const modelKey = () => space.keys.of("model", { model: "gex", SYMBOL: "SPX" });
const ticketsKey = () => space.keys.of("modelTickets");
const analyticsKey = () => space.keys.of("modelAnalytics");

describe("keys of models", () => {
  it("hold them as compact JSON", async () => {
    await store.put("gex", "SPX", sampleModel());
    await store.put("heatmap", "BRK.A", { cells: [] });
    expect(await space.types()).toEqual({
      "massive:gex:model:SPX": "string",
      "massive:model:tickets": "hash",
      "massive:heatmap:model:BRK.A": "string",
    });
    expect(await space.plain.get(modelKey())).toBe(JSON.stringify(sampleModel()));
  });

  it("live for 60 s, from their last write", async () => {
    await store.put("gex", "SPX", sampleModel());
    expect(await space.plain.pttl(modelKey())).toBeGreaterThan(LIFE_MS - 10_000);
    expect(await space.plain.pttl(modelKey())).toBeLessThanOrEqual(LIFE_MS);
    await space.plain.pexpire(modelKey(), 20_000);
    await store.put("gex", "SPX", sampleModel());
    expect(await space.plain.pttl(modelKey())).toBeGreaterThan(LIFE_MS - 10_000);
  });

  it("have tickets in one hash without a lifetime, the last one given and that of each model", async () => {
    const ticket = await store.takeTicket();
    await store.put("heatmap", "BRK.A", {});
    await store.put("gex", "SPX", {}, ticket);
    expect(await space.plain.hgetall(ticketsKey())).toEqual({ last: "2", "heatmap:BRK.A": "2", "gex:SPX": "1" });
    expect(await space.plain.pttl(ticketsKey())).toBe(-1);
  });

  it("keep nobody out where tickets were lost", async () => {
    const tickets = [await store.takeTicket(), await store.takeTicket()] as const;
    expect(await store.put("gex", "SPX", { n: 1 }, tickets[1])).toBe("stored");
    await space.plain.unlink(ticketsKey());
    expect(await store.put("gex", "SPX", { n: 2 }, tickets[1])).toBe("superseded");
    expect(await store.put("gex", "SPX", { n: 3 }, await store.takeTicket())).toBe("stored");
    expect(await latest()).toEqual({ n: 3 });
  });

  it("are announced behind the prefix on channels of their own names", async () => {
    const heard = await space.hear();
    await store.put("gex", "SPX", { n: 1 });
    await vi.waitFor(() => expect(heard).toEqual([["massive:gex:model:SPX", '{"n":1}']]));
  });

  it("have analytics in one hash without a lifetime, what is null absent", async () => {
    await store.putAnalytics("gex", "SPX", sampleModelAnalytics({ last_ts: 1.5 }));
    await store.putAnalytics("heatmap", "NDX", sampleModelAnalytics());
    await store.putAnalytics("heatmap", "NDX", sampleModelAnalytics({ last_ts: null, last_ms: null }));
    expect(await space.plain.hgetall(analyticsKey())).toEqual({
      "gex:SPX:builds": "1205",
      "gex:SPX:full": "5",
      "gex:SPX:incremental": "1200",
      "gex:SPX:last_ts": "1.5",
      "gex:SPX:last_ms": "1.25",
      "gex:SPX:skipped_stale": "7",
      "gex:SPX:errors": "3",
      "heatmap:NDX:builds": "1205",
      "heatmap:NDX:full": "5",
      "heatmap:NDX:incremental": "1200",
      "heatmap:NDX:skipped_stale": "7",
      "heatmap:NDX:errors": "3",
    });
    expect(await space.lives()).toEqual({ "massive:model:analytics": -1 });
  });
});

type Operation = () => Promise<unknown>;
const put: Operation = () => store.put("gex", "SPX", { n: 2 });
const takeTicket: Operation = () => store.takeTicket();
const latest: Operation = () => store.latest("gex", "SPX");
const putAnalytics: Operation = () => store.putAnalytics("gex", "SPX", sampleModelAnalytics({ last_ts: null }));
const analytics: Operation = () => store.analytics("gex", "SPX");

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
  it("is refused by name, unannounced, and nothing changes", async () => {
    const heard = await space.hear();
    await space.mistype(modelKey());
    await refuse({ put, latest }, modelKey());
    await space.plain.unlink(modelKey());
    await space.mistype(ticketsKey());
    await refuse({ put, takeTicket }, ticketsKey());
    await space.plain.unlink(ticketsKey());
    await space.mistype(analyticsKey());
    await refuse({ putAnalytics, analytics }, analyticsKey());
    await store.put("gex", "NDX", {});
    await vi.waitFor(() => expect(heard).toEqual([["massive:gex:model:NDX", "{}"]]));
  });
});

describe("a value that is none of ours", () => {
  it.each(["", "{", "[]", "null", "1", '"x"'])("is refused as a model: %j", async (text) => {
    await space.plain.set(modelKey(), text);
    await refuse({ latest }, modelKey());
    await put();
    expect(await latest()).toEqual({ n: 2 });
  });

  it.each(["x", "-1", "1.5", "99999999999999999"])("is refused as a ticket: %j", async (text) => {
    await space.plain.hset(ticketsKey(), "last", text);
    await refuse({ put, takeTicket }, ticketsKey());
    await space.plain.hset(ticketsKey(), "last", "1", "gex:SPX", text);
    await refuse({ put }, ticketsKey());
  });

  it.each([
    ["builds", "x"],
    ["full", "1.5"],
    ["incremental", "-1"],
    ["last_ts", "0"],
    ["last_ts", "NaN"],
    ["last_ms", "-1"],
    ["last_ms", ""],
    ["errors", "99999999999999999"],
  ])("is refused as %s: %j", async (field, text) => {
    await store.putAnalytics("gex", "SPX", sampleModelAnalytics());
    await space.plain.hset(analyticsKey(), `gex:SPX:${field}`, text);
    await refuse({ analytics }, analyticsKey());
  });

  it.each(["builds", "skipped_stale"])("are analytics without %s", async (field) => {
    await store.putAnalytics("gex", "SPX", sampleModelAnalytics());
    await space.plain.hdel(analyticsKey(), `gex:SPX:${field}`);
    await refuse({ analytics }, analyticsKey());
  });
});
