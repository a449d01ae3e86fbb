import { modelChannel } from "../../domain/channels.ts";
import type { ModelMessage } from "../../domain/context/model.ts";
import type { ModelStore } from "../../ports/model-store.ts";
import { type AnnouncingClients, hear } from "../announcements.ts";
import { check } from "../check.ts";
import { type ContractOptions, type ContractTests, closedClientTests, contractTests, eventually } from "../runner.ts";
import { sampleModel, sampleModelAnalytics } from "./samples.ts";

type Tests = ContractTests<AnnouncingClients<ModelStore>, []>;

/** Runs the contract of `ModelStore` against an adapter. */
export function modelStoreContract(adapter: string, options: ContractOptions<AnnouncingClients<ModelStore>>): void {
  const tests = contractTests(options);
  tests.runner.describe(`model store (${adapter})`, () => {
    tests.runner.describe("models", () => modelTests(tests));
    tests.runner.describe("tickets", () => ticketTests(tests));
    tests.runner.describe("announcements", () => announcementTests(tests));
    tests.runner.describe("analytics", () => analyticsTests(tests));
    tests.runner.describe("refusals", () => refusalTests(tests));
    closedClientTests(tests, (clients) => clients.store, {
      takeTicket: (store) => store.takeTicket(),
      put: (store) => store.put("gex", "SPX", sampleModel()),
      latest: (store) => store.latest("gex", "SPX"),
      putAnalytics: (store) => store.putAnalytics("gex", "SPX", sampleModelAnalytics()),
      analytics: (store) => store.analytics("gex", "SPX"),
    });
  });
}

function modelTests({ test, shared, unless }: Tests): void {
  test("there are none in a new store", async ({ subject: { store } }) => {
    check.equal("model", await store.latest("gex", "SPX"), null);
  });
  test("they are read as they were written, number for number", async ({ subject: { store } }) => {
    await store.put("gex", "SPX", sampleModel());
    check.equal("model", await store.latest("gex", "SPX"), sampleModel());
  });
  test("each write replaces the one before whole, with an empty one too", async ({ subject: { store } }) => {
    await store.put("gex", "SPX", sampleModel());
    await store.put("gex", "SPX", {});
    check.equal("model", Object.keys((await store.latest("gex", "SPX")) ?? { none: 0 }), []);
  });
  test("models and symbols are kept apart", async ({ subject: { store } }) => {
    const places = [
      ["gex", "SPX"],
      ["gex", "NDX"],
      ["heatmap", "SPX"],
      ["a_1", "BRK.A"],
    ] as const;
    for (const [index, [model, symbol]] of places.entries()) await store.put(model, symbol, sampleModel({ index }));
    for (const [index, [model, symbol]] of places.entries()) {
      check.equal(`${model} of ${symbol}`, (await store.latest(model, symbol))?.["index"], index);
    }
    check.equal("never written", await store.latest("heatmap", "NDX"), null);
  });
  test("what is undefined is absent", async ({ subject: { store } }) => {
    await store.put("gex", "SPX", { a: 1, b: undefined, c: { d: undefined } });
    const stored = await store.latest("gex", "SPX");
    check.equal("fields", Object.keys(stored ?? {}), ["a", "c"]);
  });
  test("a model that is read belongs to its reader", async ({ subject: { store } }) => {
    const cells = [{ strike: 1 }];
    await store.put("gex", "SPX", { cells });
    cells.push({ strike: 2 });
    const stored = await store.latest("gex", "SPX");
    if (stored !== null) Reflect.set(stored, "cells", "changed");
    check.equal("model", await store.latest("gex", "SPX"), { cells: [{ strike: 1 }] });
  });
  shared("of writes that two clients make at once one is there whole", async ({ first, second }) => {
    const models = Array.from({ length: 20 }, (_, index) => sampleModel({ index, flip: index }));
    await Promise.all(models.map((model, index) => (index % 2 === 0 ? first : second).store.put("gex", "SPX", model)));
    const stored = await second.store.latest("gex", "SPX");
    check.equal("model", stored, models[Number(stored?.["index"])] ?? null);
  });
  unless("fixedLifetimes", "they live for 60 s after their last write", async ({ subject: { store }, elapse }) => {
    await store.put("gex", "SPX", sampleModel());
    await store.put("gex", "NDX", sampleModel());
    await elapse(59_999);
    check.equal("just before", await store.latest("gex", "SPX"), sampleModel());
    await store.put("gex", "NDX", sampleModel());
    await elapse(1);
    check.equal("then", await store.latest("gex", "SPX"), null);
    await elapse(59_998);
    check.equal("written again", await store.latest("gex", "NDX"), sampleModel());
    await elapse(1);
    check.equal("then it too", await store.latest("gex", "NDX"), null);
  });
}

function ticketTests({ test, shared, unless }: Tests): void {
  shared("are numbers that nobody had before, each above those that were given", async ({ first, second }) => {
    const some = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? first : second).store.takeTicket()),
    );
    check.equal("different ones", new Set(some).size, 20);
    check.isTrue("the next is above them", (await second.store.takeTicket()) > Math.max(...some));
  });
  shared("of a model that was stored leave none of an earlier ticket any effect", async (opened) => {
    const { first, second } = opened;
    const early = await first.store.takeTicket();
    const late = await second.store.takeTicket();
    const heard = await hear(opened, second.bus, modelChannel("gex", "SPX"));
    check.equal("the later", await second.store.put("gex", "SPX", { n: 2, ts: 1, version: 1 }, late), "stored");
    const stalled = { n: 1, ts: 9, version: 2 };
    check.equal("the earlier", await first.store.put("gex", "SPX", stalled, early), "superseded");
    check.equal("model", (await first.store.latest("gex", "SPX"))?.["n"], 2);
    await second.store.put("gex", "SPX", { n: 3 }, late);
    await eventually(opened, "the last is heard", () => heard.includes('{"n":3}'));
    check.equal("heard", heard, ['{"n":2,"ts":1,"version":1}', '{"n":3}']);
  });
  test("are good for every model and symbol, each by itself, and again", async ({ subject: { store } }) => {
    const early = await store.takeTicket();
    const late = await store.takeTicket();
    check.equal("late", await store.put("gex", "SPX", { n: 2 }, late), "stored");
    check.equal("another symbol", await store.put("gex", "NDX", { n: 1 }, early), "stored");
    check.equal("another model", await store.put("heatmap", "SPX", { n: 1 }, early), "stored");
    check.equal("again", await store.put("gex", "NDX", { n: 3 }, early), "stored");
    check.equal("again, late", await store.put("gex", "NDX", { n: 4 }, late), "stored");
    check.equal("model", await store.latest("gex", "NDX"), { n: 4 });
  });
  test("have the say, not times and versions in messages", async ({ subject: { store } }) => {
    const messages = [
      { ts: 1_700_000_000.5, version: 2 },
      { ts: 1_600_000_000, version: 2 },
      { ts: 1_600_000_000, version: 1 },
    ];
    for (const message of messages) {
      check.equal("put", await store.put("gex", "SPX", message, await store.takeTicket()), "stored");
      check.equal("model", await store.latest("gex", "SPX"), message);
    }
  });
  test("that were taken before a model without one are behind it", async ({ subject: { store } }) => {
    const ticket = await store.takeTicket();
    check.equal("without", await store.put("gex", "SPX", { n: 2 }), "stored");
    check.equal("with", await store.put("gex", "SPX", { n: 1 }, ticket), "superseded");
    check.equal("later", await store.put("gex", "SPX", { n: 3 }, await store.takeTicket()), "stored");
  });
  test("that were never given keep nobody out", async ({ subject: { store } }) => {
    const ticket = await store.takeTicket();
    check.equal("made up", await store.put("gex", "SPX", { n: 1 }, ticket + 500), "superseded");
    check.equal("none", await store.latest("gex", "SPX"), null);
    check.equal("given", await store.put("gex", "SPX", { n: 2 }, ticket), "stored");
    for (const none of [0, -1, 1.5, Number.NaN]) {
      await check.rejects(`${none}`, store.put("gex", "SPX", { n: 3 }, none), "RangeError");
    }
    check.equal("model", await store.latest("gex", "SPX"), { n: 2 });
  });
  unless("fixedLifetimes", "outlive the models", async ({ subject: { store }, elapse }) => {
    const early = await store.takeTicket();
    await store.put("gex", "SPX", { n: 2 }, await store.takeTicket());
    await elapse(60_000);
    check.equal("the earlier", await store.put("gex", "SPX", { n: 1 }, early), "superseded");
    check.equal("none", await store.latest("gex", "SPX"), null);
  });
}

function announcementTests({ test, shared }: Tests): void {
  test("tell each write as it is stored, repeats among them", async (opened) => {
    const { store, bus } = opened.subject;
    const heard = await hear(opened, bus, modelChannel("gex", "SPX"));
    const models = [sampleModel(), sampleModel(), sampleModel({ flip: 6_850.5 })];
    for (const model of models) await store.put("gex", "SPX", model);
    await eventually(opened, "all are heard", () => heard.length >= 3);
    check.equal(
      "heard",
      heard,
      models.map((model) => JSON.stringify(model)),
    );
  });
  test("are made on the channel of their model and symbol alone", async (opened) => {
    const { store, bus } = opened.subject;
    const heard = await hear(opened, bus, modelChannel("gex", "SPX"));
    await store.put("gex", "NDX", { n: 1 });
    await store.put("heatmap", "SPX", { n: 2 });
    await store.putAnalytics("gex", "SPX", sampleModelAnalytics());
    await store.put("gex", "SPX", { n: 3 });
    await eventually(opened, "the last is heard", () => heard.includes('{"n":3}'));
    check.equal("heard", heard, ['{"n":3}']);
  });
  shared("reach every client, which can read the model by then", async (opened) => {
    const { first, second } = opened;
    const read: Promise<ModelMessage | null>[] = [];
    const listener = (): void => {
      read.push(second.store.latest("gex", "SPX"));
    };
    await hear(opened, second.bus, modelChannel("gex", "SPX"), listener);
    await first.store.put("gex", "SPX", sampleModel());
    await eventually(opened, "it is heard", () => read.length > 0);
    check.equal("read", await Promise.all(read), [sampleModel()]);
  });
}

function analyticsTests({ test, shared, unless }: Tests): void {
  test("are read as they were written, each write in the place of the one before", async ({ subject: { store } }) => {
    check.equal("new store", await store.analytics("gex", "SPX"), null);
    await store.putAnalytics("gex", "SPX", sampleModelAnalytics());
    check.equal("first", await store.analytics("gex", "SPX"), sampleModelAnalytics());
    const none = sampleModelAnalytics({ builds: 0, full: 0, incremental: 0, last_ts: null, last_ms: null });
    await store.putAnalytics("gex", "SPX", none);
    await store.putAnalytics("gex", "SPX", none);
    check.equal("second", await store.analytics("gex", "SPX"), none);
  });
  test("are kept apart by model and symbol", async ({ subject: { store } }) => {
    await store.putAnalytics("gex", "SPX", sampleModelAnalytics({ builds: 1 }));
    await store.putAnalytics("gex", "NDX", sampleModelAnalytics({ builds: 2 }));
    await store.putAnalytics("heatmap", "SPX", sampleModelAnalytics({ builds: 3 }));
    check.equal("gex of SPX", (await store.analytics("gex", "SPX"))?.builds, 1);
    check.equal("gex of NDX", (await store.analytics("gex", "NDX"))?.builds, 2);
    check.equal("heatmap of SPX", (await store.analytics("heatmap", "SPX"))?.builds, 3);
    check.equal("heatmap of NDX", await store.analytics("heatmap", "NDX"), null);
  });
  shared("of writes that two clients make at once one is there whole", async ({ first, second }) => {
    const all = Array.from({ length: 20 }, (_, n) =>
      sampleModelAnalytics({ builds: n, full: n, incremental: n, errors: n }),
    );
    await Promise.all(
      all.map((analytics, index) => (index % 2 === 0 ? first : second).store.putAnalytics("gex", "SPX", analytics)),
    );
    const stored = await first.store.analytics("gex", "SPX");
    check.equal("analytics", stored, all[stored?.builds ?? -1] ?? null);
  });
  unless("fixedLifetimes", "do not expire with their model", async ({ subject: { store }, elapse }) => {
    await store.putAnalytics("gex", "SPX", sampleModelAnalytics());
    await elapse(86_400_000);
    check.equal("analytics", await store.analytics("gex", "SPX"), sampleModelAnalytics());
  });
}

function refusalTests({ test }: Tests): void {
  test("meet names that are none of a model", async ({ subject: { store } }) => {
    for (const model of ["", "Gex", "1gex", "gex:model", "gex ", "_gex"]) {
      await check.rejects(`put "${model}"`, store.put(model, "SPX", sampleModel()), "TypeError");
      await check.rejects(`latest "${model}"`, store.latest(model, "SPX"), "TypeError");
      await check.rejects(
        `putAnalytics "${model}"`,
        store.putAnalytics(model, "SPX", sampleModelAnalytics()),
        "TypeError",
      );
      await check.rejects(`analytics "${model}"`, store.analytics(model, "SPX"), "TypeError");
    }
  });
  test("meet symbols with I: and without a letter", async ({ subject: { store } }) => {
    for (const symbol of ["I:SPX", "", "spx"]) {
      await check.rejects(`put "${symbol}"`, store.put("gex", symbol, sampleModel()), "TypeError");
      await check.rejects(`latest "${symbol}"`, store.latest("gex", symbol), "TypeError");
      await check.rejects(
        `putAnalytics "${symbol}"`,
        store.putAnalytics("gex", symbol, sampleModelAnalytics()),
        "TypeError",
      );
      await check.rejects(`analytics "${symbol}"`, store.analytics("gex", symbol), "TypeError");
    }
  });
  test("meet messages that JSON would not hold, and the model before stays", async ({ subject: { store } }) => {
    await store.put("gex", "SPX", sampleModel());
    const bad: Readonly<Record<string, object>> = {
      "not a number": { cells: [{ gex: Number.NaN }] },
      "an endless number": { gex: Number.NEGATIVE_INFINITY },
      "a bigint": { as_of_ns: 1n },
      "a map": { cells: new Map([["a", 1]]) },
      "a hole": { cells: [undefined] },
      "a list": [1, 2],
    };
    for (const [what, message] of Object.entries(bad)) {
      await check.rejects(what, store.put("gex", "SPX", message), "TypeError");
    }
    check.equal("model", await store.latest("gex", "SPX"), sampleModel());
  });
  test("meet analytics that are none", async ({ subject: { store } }) => {
    const overrides = [{ builds: 0.5 }, { errors: -1 }, { last_ms: Number.NaN }, { last_ts: 0 }];
    for (const override of overrides) {
      const analytics = sampleModelAnalytics(override);
      await check.rejects(JSON.stringify(override), store.putAnalytics("gex", "SPX", analytics), "TypeError");
    }
    check.equal("analytics", await store.analytics("gex", "SPX"), null);
  });
}
