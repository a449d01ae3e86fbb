import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Driver, OPTIONS } from "./driver.ts";

const TOPICS = ["T.*", "Q.A", "Q.B", "ZZ.A"];

type Move =
  | { readonly do: "pass"; readonly ms: number }
  | {
      readonly do:
        | "open"
        | "close"
        | "frame"
        | "alive"
        | "seen"
        | "stale"
        | "start"
        | "stop"
        | "acknowledgeAll"
        | "connect";
    }
  | { readonly do: "status"; readonly status: readonly [string, string] }
  | { readonly do: "want"; readonly topics: readonly string[] };

const STATUSES: readonly (readonly [string, string])[] = [
  ["connected", "Connected Successfully"],
  ...TOPICS.map((topic) => ["success", `subscribed to: ${topic}`] as const),
  ["success", "unsubscribed to: Q.A"],
  ["error", "not authorized"],
  ["max_connections", "exceeded"],
  ["slow_consumer", ""],
  ["force_disconnect", ""],
  ["what", "?"],
];

const plain = (name: Exclude<Move["do"], "pass" | "status" | "want">) => fc.constant<Move>({ do: name });
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.nat(20_000).map((ms): Move => ({ do: "pass", ms })) },
  { weight: 1, arbitrary: fc.nat(90_000).map((ms): Move => ({ do: "pass", ms })) },
  { weight: 6, arbitrary: plain("connect") },
  { weight: 3, arbitrary: plain("open") },
  { weight: 5, arbitrary: fc.constant<Move>({ do: "status", status: ["auth_success", "authenticated"] }) },
  { weight: 4, arbitrary: plain("acknowledgeAll") },
  { weight: 4, arbitrary: fc.constantFrom(...STATUSES).map((status): Move => ({ do: "status", status })) },
  { weight: 3, arbitrary: plain("frame") },
  { weight: 3, arbitrary: plain("alive") },
  { weight: 2, arbitrary: plain("seen") },
  { weight: 3, arbitrary: plain("close") },
  { weight: 2, arbitrary: plain("stale") },
  { weight: 1, arbitrary: plain("start") },
  { weight: 2, arbitrary: fc.subarray(TOPICS).map((topics): Move => ({ do: "want", topics })) },
);

/** A world around a machine that checks each of its moves against what must always hold. */
class World {
  readonly driver = new Driver();
  /** Attempts and sockets of which no `closed` was told yet. */
  readonly sockets = new Map<number, "attempt" | "open">();
  readonly closing = new Set<number>();
  /** Stretches in which a link was confirmed, and the one that goes on. */
  #confirmedUntilAtMs: number | undefined;
  readonly dark: (readonly [fromAtMs: number, toAtMs: number])[] = [];
  #asks = new Map<string, number>();
  #link: { openedAtMs: number; lastAtMs: number; data: boolean; confirmedAtMs?: number } = {
    openedAtMs: 0,
    lastAtMs: 0,
    data: false,
  };
  #waits = 0;
  /** Of the latest confirmed link. */
  #epoch = 0;
  #checked = 0;

  play(at: Move): void {
    const { driver } = this;
    const { epoch } = driver.machine;
    const isOpen = this.sockets.get(epoch) === "open";
    switch (at.do) {
      case "pass":
        // In small steps, so that the checks see each timer at its time.
        for (let left = at.ms; left > 0; left -= 500) {
          driver.pass(Math.min(left, 500));
          this.check();
        }
        break;
      case "open":
        if (this.sockets.get(epoch) === "attempt") {
          this.sockets.set(epoch, "open");
          this.#link = { openedAtMs: driver.atMs, lastAtMs: driver.atMs, data: false };
          driver.open();
        }
        break;
      case "connect":
        if (driver.machine.phase === "closing") this.play({ do: "close" });
        if (driver.machine.phase === "backingOff") this.play({ do: "pass", ms: 60_000 });
        if (driver.machine.phase !== "connecting") return;
        this.play({ do: "open" });
        this.play({ do: "status", status: ["auth_success", "authenticated"] });
        this.play({ do: "acknowledgeAll" });
        this.play({ do: "frame" });
        break;
      case "close":
        if (this.sockets.has(epoch)) this.close(epoch);
        break;
      case "stale":
        this.#stale(epoch);
        break;
      case "start":
        driver.step({ kind: "started", afterEpoch: undefined, absentSinceAtMs: undefined });
        break;
      case "stop":
        driver.step({ kind: "stop" });
        break;
      case "want":
        driver.step({ kind: "wanted", topics: at.topics });
        break;
      default:
        if (isOpen) this.#receive(at);
    }
    this.check();
  }

  close(epoch: number): void {
    const { data, lastAtMs, openedAtMs } = this.#link;
    const wasOpen = this.sockets.get(epoch) === "open";
    // The status that ends a link is the last receipt on it.
    if (epoch === this.#epoch && this.#confirmedUntilAtMs !== undefined) this.#confirmedUntilAtMs = lastAtMs;
    this.sockets.delete(epoch);
    this.closing.delete(epoch);
    const count = this.driver.done.length;
    this.driver.closed(undefined);
    const isStable = wasOpen && data && lastAtMs - openedAtMs >= OPTIONS.backoff.stableAfterMs;
    for (const action of this.driver.done.slice(count)) {
      if (action.kind !== "setTimer" || action.timer !== "retry") continue;
      if (isStable) this.#waits = 0;
      const isCoolDown =
        this.driver.take("report").some(({ report }) => "reason" in report && report.reason === "evicted") &&
        this.#lastReason() === "evicted";
      if (isCoolDown) expect(action.delayMs).toBe(60_000);
      else {
        expect(action.delayMs).toBe(Math.min(1_000 * 2 ** this.#waits, 60_000));
        this.#waits += 1;
      }
    }
  }

  #lastReason(): string | undefined {
    const report = this.driver.take("report").at(-1)?.report;
    return report?.kind === "disconnected" ? report.reason : undefined;
  }

  #receive(at: Move): void {
    const { driver } = this;
    const { epoch } = driver.machine;
    const taken = driver.machine.accepts(epoch);
    const pinged = at.do !== "alive";
    if (taken && pinged && at.do !== "seen") this.#link.lastAtMs = driver.atMs;
    const { size } = driver.machine.subscriptions.pending;
    if (at.do === "frame") {
      if (taken) this.#link.data = true;
      driver.frame(true);
    } else if (at.do === "alive") {
      const count = driver.done.length;
      driver.step({ kind: "alive", epoch });
      if (driver.done.length > count) this.#link.lastAtMs = driver.atMs;
    } else if (at.do === "seen") driver.step({ kind: "seen", epoch, topics: ["Q.B", "T.X"] });
    else if (at.do === "status") driver.status(at.status);
    else {
      driver.status(
        ...[...driver.machine.subscriptions.pending].map((topic) => ["success", `subscribed to: ${topic}`] as const),
      );
    }
    if (taken && driver.machine.subscriptions.pending.size < size) this.#link.confirmedAtMs = driver.atMs;
  }

  /** Whatever comes from sockets that are history, or from none, changes nothing. */
  #stale(epoch: number): void {
    for (const other of [epoch - 1, epoch + 1, 0]) {
      if (this.sockets.has(other)) continue;
      expect(this.driver.machine.accepts(other)).toBe(false);
      const { phase } = this.driver.machine;
      const { driver } = this;
      const statuses = [{ status: "max_connections", message: undefined }];
      expect(driver.step({ kind: "opened", epoch: other, canPing: true })).toEqual([]);
      expect(driver.step({ kind: "frame", epoch: other, carriesData: true })).toEqual([]);
      expect(driver.step({ kind: "statuses", epoch: other, statuses })).toEqual([]);
      expect(driver.step({ kind: "alive", epoch: other })).toEqual([]);
      expect(driver.step({ kind: "seen", epoch: other, topics: ["Q.A"] })).toEqual([]);
      expect(driver.step({ kind: "closed", epoch: other, code: 1000, detail: undefined })).toEqual([]);
      expect(driver.step({ kind: "timer", timer: "retry", id: -1 })).toEqual([]);
      expect(driver.machine.phase).toBe(phase);
    }
  }

  check(): void {
    const { driver } = this;
    const { machine } = driver;
    for (const action of driver.done.slice(this.#checked)) {
      if (action.kind === "openSocket") {
        expect(this.sockets.size).toBe(0);
        this.sockets.set(action.epoch, "attempt");
        this.#asks.clear();
      } else if (action.kind === "closeSocket") this.closing.add(action.epoch);
      else if (action.kind === "unsubscribe") for (const topic of action.topics) this.#asks.delete(topic);
      else if (action.kind === "subscribe") {
        for (const topic of action.topics) {
          this.#asks.set(topic, (this.#asks.get(topic) ?? 0) + 1);
          expect(this.#asks.get(topic)).toBeLessThanOrEqual(3);
        }
      }
    }
    this.#checked = driver.done.length;
    const names = [...driver.timers.values()].map(({ timer }) => timer);
    expect(new Set(names).size).toBe(names.length);
    if (machine.phase === "closing" || machine.phase === "stopped") expect(names).toEqual([]);
    if (machine.phase === "backingOff") expect([names, this.sockets.size]).toEqual([["retry"], 0]);
    this.#watch();
  }

  /** Keeps the stretches between one confirmed link and the next, seen from outside. */
  #watch(): void {
    const { machine, atMs } = this.driver;
    if (machine.phase !== "streaming") return;
    if (this.#confirmedUntilAtMs !== undefined && this.#epoch !== machine.epoch) {
      this.dark.push([this.#confirmedUntilAtMs, this.#link.confirmedAtMs ?? atMs]);
    }
    this.#epoch = machine.epoch;
    // A link that holds nothing, since nothing was wanted of it, loses nothing.
    const everHeld = this.#link.confirmedAtMs !== undefined;
    this.#confirmedUntilAtMs = everHeld ? this.#link.lastAtMs : undefined;
  }
}

describe("a connection under random events", () => {
  it("keeps one socket, the epochs apart, its backoff, its count of requests and the bounds of its gaps, and can always be stopped", () => {
    let streamed = 0;
    let gaps = 0;
    fc.assert(
      fc.property(
        fc.array(move, { minLength: 1, maxLength: 60, size: "max" }),
        fc.boolean(),
        (moves, closesBeforeStop) => {
          const world = new World();
          const { driver } = world;
          world.play({ do: "want", topics: ["T.*", "Q.A"] });
          world.play({ do: "start" });
          for (const at of moves) world.play(at);
          if (closesBeforeStop) world.play({ do: "close" });
          world.play({ do: "stop" });
          for (const epoch of world.sockets.keys()) {
            expect(world.closing).toContain(epoch);
            world.close(epoch);
          }
          world.check();
          expect([driver.machine.phase, driver.timers.size, world.sockets.size]).toEqual(["stopped", 0, 0]);

          const recorded = driver.take("record").flatMap(({ entry }) => (entry.kind === "gap" ? [entry.gap] : []));
          for (const [fromAtMs, toAtMs] of world.dark) {
            const covers = recorded.some((gap) => (gap.fromAtMs ?? 0) <= fromAtMs && toAtMs <= (gap.toAtMs ?? 0));
            expect({ fromAtMs, toAtMs, covers }).toEqual({ fromAtMs, toAtMs, covers: true });
          }
          streamed += world.dark.length;
          gaps += recorded.length;
        },
      ),
      { seed: 42, numRuns: 500 },
    );
    // The moves are worth something only where they get far enough.
    expect(streamed).toBeGreaterThan(100);
    expect(gaps).toBeGreaterThan(100);
  });
});
