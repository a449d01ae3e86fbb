import { describe, expect, it } from "vitest";
import { ManualClock, MemoryDatabase, MemoryHeartbeatStore, MemoryLogger } from "../../src/adapters/memory/index.ts";
import type { Heartbeat } from "../../src/domain/context/heartbeat.ts";
import { Heart } from "../../src/workers/heartbeat.ts";
import { SAMPLE_MS } from "../support/entries.ts";
import { moodily, type StoreMood } from "../support/faulty-spot-store.ts";

const CONFIG = { heartbeatIntervalSec: 5, heartbeatTtlSec: 15 };
const OWNER = { worker: "hydrator/0", host: "host-1", pid: 4_711 };

class Beats extends MemoryHeartbeatStore {
  mood: StoreMood = "well";
  /** Tried, with the time since the start. */
  readonly tried: (Heartbeat & { readonly atMs: number; readonly ttlMs: number | undefined })[] = [];

  override beat(heartbeat: Heartbeat, ttlMs?: number): Promise<void> {
    this.tried.push({ ...heartbeat, atMs: Math.round(heartbeat.ts * 1_000) - SAMPLE_MS, ttlMs });
    return moodily(this.mood, () => super.beat(heartbeat, ttlMs));
  }

  /** When, and with which status. */
  get told(): readonly (readonly [atMs: number, status: string])[] {
    return this.tried.map(({ atMs, status }) => [atMs, status]);
  }
}

function setUp() {
  const clock = new ManualClock(SAMPLE_MS);
  const heartbeats = new Beats(new MemoryDatabase({ clock }));
  const logger = new MemoryLogger();
  const heart = new Heart(OWNER, CONFIG, { heartbeats, clock, logger });
  const stop = new AbortController();
  return { clock, heartbeats, logger, heart, stop };
}

describe("a heart", () => {
  it("beats at every interval, and once more on the way out", async () => {
    const { clock, heartbeats, heart, stop } = setUp();
    const running = heart.run(stop.signal);
    await clock.advance(12_000);
    stop.abort();
    await running;
    expect(heartbeats.told).toEqual([
      [0, "ok"],
      [5_000, "ok"],
      [10_000, "ok"],
      [12_000, "ok"],
    ]);
    expect(heartbeats.tried[0]).toEqual({
      ...OWNER,
      ...{ status: "ok", reason: null, detail: {}, atMs: 0, ttlMs: 15_000 },
      ...{ ts: SAMPLE_MS / 1_000, started_ts: SAMPLE_MS / 1_000 },
    });
    expect(clock.pendingSleepers).toBe(0);
  });

  it("beats at once when its status changes, and has a new reason with the next beat", async () => {
    const { clock, heartbeats, heart, stop } = setUp();
    const running = heart.run(stop.signal);
    await clock.advance(1_000);
    heart.degraded("away");
    await clock.advance(1_000);
    heart.degraded("still away");
    await clock.advance(1_000);
    expect(heartbeats.told).toEqual([
      [0, "ok"],
      [1_000, "degraded"],
    ]);
    await clock.advance(3_500);
    heart.ok();
    await clock.advance(0);
    heart.ok();
    await clock.advance(5_000);
    stop.abort();
    await running;
    expect(heartbeats.tried.map(({ atMs, status, reason }) => [atMs, status, reason])).toEqual([
      [0, "ok", null],
      [1_000, "degraded", "away"],
      [6_000, "degraded", "still away"],
      [6_500, "ok", null],
      [11_500, "ok", null],
      [11_500, "ok", null],
    ]);
  });

  it("keeps the details it was told, and tells what is no number as null", async () => {
    const { heartbeats, clock, heart, stop } = setUp();
    heart.detail({ lag_ms: 5, owner: "a" });
    heart.detail({ lag_ms: Number.NaN, live: true });
    const running = heart.run(stop.signal);
    await clock.advance(0);
    stop.abort();
    await running;
    expect(heartbeats.tried[0]?.detail).toEqual({ lag_ms: null, owner: "a", live: true });
  });

  it("says nothing after it has failed", async () => {
    const { heartbeats, heart, clock, stop } = setUp();
    const running = heart.run(stop.signal);
    heart.failed("the key is unknown");
    heart.ok();
    heart.degraded("away");
    await clock.advance(0);
    stop.abort();
    await running;
    expect(heartbeats.tried.at(-1)).toMatchObject({ status: "failed", reason: "the key is unknown" });
    expect(heart.status).toBe("failed");
  });

  it("cuts a long reason", () => {
    const { heartbeats, heart } = setUp();
    heart.degraded("x".repeat(10_000));
    const running = heart.run(AbortSignal.abort());
    return running.then(() => expect(heartbeats.tried[0]?.reason).toHaveLength(500));
  });

  it("goes on while the store is away, says so once, and tells how things stand when it is back", async () => {
    const { clock, heartbeats, logger, heart, stop } = setUp();
    const running = heart.run(stop.signal);
    await clock.advance(1_000);
    heartbeats.mood = "unavailable";
    heart.degraded("the store is away");
    await clock.advance(30_000);
    expect(await heartbeats.all()).toEqual([]);
    expect(logger.entries.map(({ message }) => message)).toEqual([
      "Cannot store the heartbeat of hydrator/0, the next one tries again",
    ]);
    heartbeats.mood = "well";
    await clock.advance(5_000);
    expect(await heartbeats.all()).toMatchObject([{ status: "degraded", reason: "the store is away" }]);
    stop.abort();
    await running;
  });

  it("ends within a second although the store does not answer", async () => {
    const { clock, heartbeats, heart, stop } = setUp();
    heartbeats.mood = "silent";
    const running = heart.run(stop.signal);
    await clock.advance(1_000);
    stop.abort();
    let hasEnded = false;
    void running.then(() => {
      hasEnded = true;
    });
    await clock.advance(999);
    expect(hasEnded).toBe(false);
    await clock.advance(1);
    expect(hasEnded).toBe(true);
    expect(clock.pendingSleepers).toBe(0);
  });

  it("beats while work goes on, first with what that says at once, and tells at the end that it stopped", async () => {
    const { clock, heartbeats, heart } = setUp();
    const working = heart.during(async () => {
      heart.degraded("connecting");
      await clock.sleep(7_000);
      heart.ok();
      return 3;
    });
    await clock.advance(7_000);
    expect(await working).toBe(3);
    expect(heartbeats.told.slice(0, 2)).toEqual([
      [0, "degraded"],
      [5_000, "degraded"],
    ]);
    expect(heartbeats.tried.at(-1)).toMatchObject({ status: "ok", detail: { stopped: true } });
  });

  it("tells with its last beat what work failed with", async () => {
    const { heartbeats, heart } = setUp();
    const failing = heart.during(() => Promise.reject(new RangeError("Cannot work: it must be so, it is not")));
    await expect(failing).rejects.toThrow(RangeError);
    expect(heartbeats.tried.at(-1)).toMatchObject({
      ...{ status: "failed", reason: "Cannot work: it must be so, it is not", detail: {} },
    });
  });

  it("beats for one run only, and does no work for a second", async () => {
    const { heart } = setUp();
    await heart.during(async () => {});
    let isDone = false;
    const again = heart.during(async () => {
      isDone = true;
    });
    await expect(again).rejects.toThrow("Cannot run the heart of hydrator/0");
    expect(isDone).toBe(false);
    await expect(heart.run(AbortSignal.abort())).rejects.toThrow(TypeError);
  });

  it.each([
    ["a name with blanks", { ...OWNER, worker: "my worker" }, CONFIG, TypeError],
    ["a negative pid", { ...OWNER, pid: -1 }, CONFIG, TypeError],
    ["no interval", OWNER, { ...CONFIG, heartbeatIntervalSec: 0 }, RangeError],
    ["no TTL", OWNER, { ...CONFIG, heartbeatTtlSec: Number.NaN }, RangeError],
  ])("cannot be made with %s", (_, owner, config, kind) => {
    const clock = new ManualClock();
    const heartbeats = new MemoryHeartbeatStore(new MemoryDatabase({ clock }));
    expect(() => new Heart(owner, config, { heartbeats, clock, logger: new MemoryLogger() })).toThrow(kind);
  });
});
