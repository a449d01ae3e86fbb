import { describe, expect, it } from "vitest";
import {
  ManualClock,
  MemoryDatabase,
  MemoryLogger,
  MemoryTelemetry,
  openMemory,
} from "../../../src/adapters/memory/index.ts";
import { CHANNELS } from "../../../src/domain/channels.ts";
import { StorageError, UnavailableError } from "../../../src/domain/errors.ts";
import type { BusMessage, MessageBus } from "../../../src/ports/message-bus.ts";
import type { SubscriptionStore } from "../../../src/ports/subscription-store.ts";
import { WantedTopics } from "../../../src/workers/source/wanted-topics.ts";

const [A, B, C] = ["T.O:SPXW251223P06870000", "Q.AAPL", "V.I:SPX"] as const;
const DRIFT = "source_wanted_drift_total";

function followerOf() {
  const clock = new ManualClock();
  const database = new MemoryDatabase({ clock });
  const ports = openMemory({ clock, database });
  const logger = new MemoryLogger();
  const telemetry = new MemoryTelemetry();
  const heard: string[][] = [];
  const faults: { store: unknown; bus: unknown; silent: boolean; reply: Promise<unknown> } = {
    store: undefined,
    bus: undefined,
    silent: false,
    reply: Promise.resolve(),
  };
  let reads = 0;
  const subscriptions: SubscriptionStore = {
    change: (change) => ports.subscriptions.change(change),
    wanted: async () => {
      reads += 1;
      if (faults.store !== undefined) throw faults.store;
      const wanted = await ports.subscriptions.wanted();
      await faults.reply;
      return wanted;
    },
    close: () => ports.subscriptions.close(),
  };
  let tell: (message: BusMessage) => void = () => undefined;
  const bus: MessageBus = {
    publish: (...call) => ports.bus.publish(...call),
    subscribe: async (channel, on, signal) => {
      if (faults.bus !== undefined) throw faults.bus;
      tell = on;
      await ports.bus.subscribe(channel, (message) => faults.silent || on(message), signal);
    },
    close: () => ports.bus.close(),
  };
  const topics = new WantedTopics({ subscriptions, bus, clock, logger, telemetry }, (set) =>
    heard.push([...set].sort()),
  );
  const stop = new AbortController();
  return {
    clock,
    logger,
    telemetry,
    heard,
    faults,
    stop,
    store: ports.subscriptions,
    publish: (body: string) => ports.bus.publish(CHANNELS.subscriptions, body),
    tell: (message: BusMessage) => tell(message),
    reads: () => reads,
    run: () => topics.run(stop.signal),
  };
}

const add = (...added: string[]) => ({ added, removed: [] });
const remove = (...removed: string[]) => ({ added: [], removed });

describe("WantedTopics", () => {
  it("reads the set at first, and follows what is announced at once", async () => {
    const { clock, store, heard, telemetry, reads, stop, run } = followerOf();
    await store.change(add(A));
    const running = run();
    await clock.advance(0);
    expect(heard).toEqual([[A]]);
    await store.change({ added: [B, C], removed: [A] });
    await store.change(remove(C));
    await clock.advance(1);
    expect(heard.at(-1)).toEqual([B]);
    expect(reads()).toBe(1);
    await clock.advance(60_000);
    expect(telemetry.counterValue(DRIFT)).toBe(0);
    expect(heard.at(-1)).toEqual([B]);
    stop.abort();
    await running;
    expect(clock.pendingSleepers).toBe(0);
  });

  it.each([
    [4_999, []],
    [5_000, [A, B]],
    [5_001, [A, B]],
  ])("knows after %d ms what lost messages said: %j", async (ms, expected) => {
    const { clock, store, heard, telemetry, faults, stop, run } = followerOf();
    const running = run();
    await clock.advance(0);
    faults.silent = true;
    await store.change(add(A, B));
    await clock.advance(ms);
    expect(heard.at(-1) ?? []).toEqual([...expected].sort());
    expect(telemetry.counterValue(DRIFT)).toBe(expected.length);
    stop.abort();
    await running;
  });

  it("says nothing where nothing has changed", async () => {
    const { clock, heard, publish, store, stop, run } = followerOf();
    await store.change(add(A));
    const running = run();
    await clock.advance(0);
    await publish(JSON.stringify(add(A)));
    await publish(JSON.stringify(remove(B)));
    await clock.advance(20_000);
    expect(heard).toEqual([[A]]);
    stop.abort();
    await running;
  });

  it("reads the set again as soon as it may have missed something", async () => {
    const { clock, store, heard, faults, tell, stop, run } = followerOf();
    const running = run();
    await clock.advance(0);
    faults.silent = true;
    await store.change(add(A));
    tell({ kind: "resync" });
    await clock.advance(1);
    expect(heard).toEqual([[A]]);
    stop.abort();
    await running;
  });

  it("reads once more where it may have missed something while it was reading", async () => {
    const { clock, store, heard, faults, tell, stop, run } = followerOf();
    let answer = (): void => undefined;
    faults.reply = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const running = run();
    await clock.advance(0);
    faults.silent = true;
    await store.change(add(A));
    tell({ kind: "resync" });
    answer();
    await clock.advance(1);
    expect(heard).toEqual([[A]]);
    stop.abort();
    await running;
  });

  it("does not take an older reading for newer than what was announced meanwhile", async () => {
    const { clock, store, heard, telemetry, faults, stop, run } = followerOf();
    await store.change(add(A));
    const running = run();
    await clock.advance(4_999);
    let answer = (): void => undefined;
    faults.reply = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await clock.advance(1);
    await store.change({ added: [B], removed: [A] });
    await clock.advance(100);
    answer();
    await clock.advance(100);
    expect(heard).toEqual([[A], [B]]);
    expect(telemetry.counterValue(DRIFT)).toBe(0);
    stop.abort();
    await running;
  });

  it.each([
    "no JSON",
    "",
    "null",
    "5",
    "[]",
    "{}",
    `{"added":["${B}"]}`,
    `{"added":"${B}","removed":[]}`,
    `{"added":["${B}",5],"removed":[]}`,
    `{"added":["${B}","no topic"],"removed":[]}`,
    `{"added":["Q.A,T.*"],"removed":[]}`,
    `{"added":["${B}"],"removed":[""]}`,
  ])("is not misled by a message %s: it reads the set", async (body) => {
    const { clock, store, heard, reads, publish, stop, run } = followerOf();
    await store.change(add(A));
    const running = run();
    await clock.advance(0);
    await publish(body);
    await clock.advance(1);
    expect([heard, reads()]).toEqual([[[A]], 2]);
    stop.abort();
    await running;
  });

  it("keeps what it knows while the store is away, and reads it when it is back", async () => {
    const { clock, store, heard, logger, faults, stop, run } = followerOf();
    await store.change(add(A));
    const running = run();
    await clock.advance(0);
    faults.store = new UnavailableError("Cannot read: the store is away");
    faults.silent = true;
    await store.change(add(B));
    await clock.advance(20_000);
    expect(heard).toEqual([[A]]);
    expect(logger.entries.length).toBeGreaterThan(0);
    faults.store = undefined;
    await clock.advance(5_000);
    expect(heard.at(-1)).toEqual([B, A].sort());
    stop.abort();
    await running;
  });

  it("reads the set though the bus is away, and hears again when it is back", async () => {
    const { clock, store, heard, faults, stop, run } = followerOf();
    faults.bus = new UnavailableError("Cannot subscribe: the bus is away");
    await store.change(add(A));
    const running = run();
    await clock.advance(0);
    expect(heard).toEqual([[A]]);
    await store.change(add(B));
    await clock.advance(5_000);
    expect(heard.at(-1)).toEqual([B, A].sort());
    faults.bus = undefined;
    await clock.advance(5_000);
    await store.change(add(C));
    await clock.advance(1);
    expect(heard.at(-1)).toEqual([A, B, C].sort());
    stop.abort();
    await running;
  });

  it.each(["store", "bus"] as const)("ends with the error of a %s that refuses for good", async (which) => {
    const { clock, faults, run } = followerOf();
    faults[which] = new StorageError("Cannot read: the store refuses");
    const failed = expect(run()).rejects.toThrow(StorageError);
    await clock.advance(10);
    await failed;
    expect(clock.pendingSleepers).toBe(0);
  });

  it("goes on with what it knows where the store refuses later, and says so", async () => {
    const { clock, store, faults, heard, logger, publish, stop, run } = followerOf();
    await store.change(add(A));
    const running = run();
    await clock.advance(1);
    faults.store = new StorageError("Cannot read: the key must hold a set");
    await clock.advance(10_000);
    const errors = logger.entries.filter(({ level }) => level === "error");
    expect(errors.map(({ error }) => error)).toEqual([faults.store, faults.store]);
    await publish(JSON.stringify(add(B)));
    await clock.advance(1);
    expect(heard.at(-1)).toEqual([A, B].sort());
    faults.store = undefined;
    await store.change(add(C));
    await clock.advance(5_000);
    expect(heard.at(-1)).toEqual([A, C].sort());
    stop.abort();
    await running;
  });

  it("ends quietly when it is stopped, whatever fails with that", async () => {
    const { clock, faults, stop, run } = followerOf();
    const running = run();
    await clock.advance(100);
    faults.store = new StorageError("Cannot read: the store is closed");
    stop.abort();
    await running;
    expect(clock.pendingSleepers).toBe(0);
  });
});
