import { describe, expect, it } from "vitest";
import { Driver, OPTIONS } from "./driver.ts";

const EVICTION = ["max_connections", "Maximum number of websocket connections exceeded."] as const;

function streaming(...topics: string[]): Driver {
  const driver = new Driver();
  driver.start(...topics);
  driver.connect();
  expect(driver.machine.phase).toBe("streaming");
  return driver;
}

function retries(driver: Driver): number[] {
  return driver.take("setTimer").flatMap(({ timer, delayMs }) => (timer === "retry" ? [delayMs] : []));
}

describe("the way to a streaming connection", () => {
  it("is to connect, authenticate, subscribe, and wait for what confirms it", () => {
    const driver = new Driver();
    driver.start("T.*", "Q.O:SPY251219C00650000");
    expect(driver.machine.phase).toBe("connecting");
    driver.open();
    expect(driver.machine.phase).toBe("authenticating");
    driver.status(["connected", "Connected Successfully"]);
    driver.status(["auth_success", "authenticated"]);
    expect(driver.machine.phase).toBe("subscribing");
    driver.status(["success", "subscribed to: T.*"]);
    expect(driver.machine.phase).toBe("subscribing");
    driver.step({ kind: "seen", epoch: 1_000_000, topics: ["Q.O:SPY251219C00650000"] });
    expect(driver.machine.phase).toBe("streaming");
    expect(driver.done.map((action) => (action.kind === "record" ? action.entry.kind : action.kind))).toEqual([
      "openSocket",
      "setTimer",
      "connected",
      "authenticate",
      "clearTimer",
      "subscribe",
      "setTimer",
      "setTimer",
      "clearTimer",
    ]);
    expect(driver.take("subscribe")[0]?.topics).toEqual(["T.*", "Q.O:SPY251219C00650000"]);
  });

  it("takes a larger epoch than any before, whatever the clock says", () => {
    const driver = new Driver(OPTIONS, 500.75);
    driver.step({ kind: "started", afterEpoch: 500, absentSinceAtMs: undefined });
    expect(driver.machine.epoch).toBe(501);
    driver.closed();
    driver.atMs = 3;
    driver.fire([...driver.timers.keys()][0] ?? 0);
    expect(driver.machine.epoch).toBe(502);
  });

  it.each([
    ["the socket does not open", () => {}, "unreachable"],
    ["the key is not answered", (driver: Driver) => driver.open(), "auth_timeout"],
  ])("is given up when %s in time", (_, prepare, reason) => {
    const driver = new Driver();
    driver.start("T.*");
    prepare(driver);
    driver.pass(14_999);
    expect(driver.take("closeSocket")).toEqual([]);
    driver.pass(1);
    expect(driver.machine.phase).toBe("closing");
    driver.closed();
    expect(driver.take("report").at(-1)?.report).toMatchObject({ reason, retryInMs: 1_000 });
  });

  it("closes a socket that opened after the attempt was given up", () => {
    const driver = new Driver();
    driver.start("T.*");
    driver.step({ kind: "stop" });
    driver.open();
    expect(driver.take("closeSocket")).toHaveLength(2);
    expect(driver.take("authenticate")).toEqual([]);
    driver.closed(1000);
    expect(driver.machine.phase).toBe("stopped");
  });
});

describe("a disconnect", () => {
  it("is waited out for 1, 2, 4 s, resumes everything, and is one gap with its true bounds", () => {
    const driver = streaming("T.*", "Q.O:SPY251219C00650000");
    driver.pass(400);
    driver.frame(true);
    const lastAtMs = driver.atMs;
    driver.pass(100);
    driver.closed(1006);
    expect(driver.machine.hasOutage).toBe(true);
    for (const waitMs of [1_000, 2_000]) {
      driver.pass(waitMs - 1);
      expect(driver.machine.phase).toBe("backingOff");
      driver.pass(1);
      expect(driver.machine.phase).toBe("connecting");
      driver.closed();
    }
    driver.pass(4_000);
    driver.connect();
    expect(retries(driver)).toEqual([1_000, 2_000, 4_000]);
    expect(driver.take("subscribe").map(({ topics }) => topics.length)).toEqual([2, 2]);
    expect(driver.take("record").filter(({ entry }) => entry.kind === "gap")).toEqual([
      {
        kind: "record",
        epoch: driver.machine.epoch,
        entry: {
          kind: "gap",
          receivedAtMs: driver.atMs,
          gap: {
            connection: "options/0",
            fromAtMs: lastAtMs,
            toAtMs: lastAtMs + 100 + 7_000,
            cause: "disconnect",
            scope: "all",
            instruments: undefined,
          },
        },
      },
    ]);
    expect(driver.machine.hasOutage).toBe(false);
  });

  it.each([undefined, 1006, 1008])("without a status is a broken link with the close code %s", (code) => {
    const driver = streaming("T.*");
    driver.closed(code);
    expect(driver.take("report").at(-1)?.report).toMatchObject({ reason: "broken", retryInMs: 1_000 });
  });

  it("makes the waits start anew only when the link had carried data for long enough", () => {
    const lived = (ms: number, carriesData: boolean) => {
      const driver = streaming("T.*");
      driver.closed();
      driver.pass(1_000);
      driver.connect();
      driver.frame(carriesData);
      driver.atMs += ms;
      driver.frame(false);
      driver.closed();
      return retries(driver);
    };
    expect(lived(59_999, true)).toEqual([1_000, 2_000]);
    expect(lived(60_000, true)).toEqual([1_000, 1_000]);
    expect(lived(60_000, false)).toEqual([1_000, 2_000]);
  });

  it("by eviction leaves the slot alone for a minute and says who has it, also after confirmations", () => {
    const driver = streaming("T.*");
    driver.status(EVICTION);
    expect(driver.take("closeSocket")).toHaveLength(1);
    driver.closed(1008);
    expect(retries(driver)).toEqual([60_000]);
    expect(driver.take("report").at(-1)?.report).toMatchObject({ kind: "disconnected", reason: "evicted" });
    expect(driver.take("record").at(-1)?.entry).toMatchObject({ kind: "closed", cause: "eviction" });
    driver.pass(59_999);
    expect(driver.take("openSocket")).toHaveLength(1);
    driver.pass(1);
    expect(driver.take("openSocket")).toHaveLength(2);
  });

  it("of a slow consumer sheds before it comes back", () => {
    const driver = streaming("T.*");
    driver.status(["slow_consumer", "too slow"]);
    const kinds = driver.closed().map(({ kind }) => kind);
    expect(kinds.indexOf("shed")).toBeGreaterThan(-1);
    expect(kinds.indexOf("shed")).toBeLessThan(kinds.indexOf("setTimer"));
  });

  it.each([
    ["authentication failed", "auth_failed"],
    ["Your plan doesn't include websocket access.", "not_entitled"],
  ])("for '%s' ends the connection with an error that names the asset class", (message, reason) => {
    const driver = new Driver();
    driver.start("T.*");
    driver.open();
    driver.status(["connected", "Connected Successfully"], ["auth_failed", message]);
    driver.closed();
    expect(driver.machine.phase).toBe("stopped");
    expect(driver.take("fail")).toEqual([{ kind: "fail", reason, message: expect.stringContaining("options") }]);
    expect(driver.timers.size).toBe(0);
  });

  it("before anything was confirmed is an outage as well", () => {
    const driver = new Driver();
    driver.start("T.*");
    driver.open();
    driver.closed();
    driver.pass(1_000);
    driver.open();
    driver.status(["auth_success", "authenticated"], ["success", "subscribed to: T.*"]);
    expect(driver.machine.phase).toBe("streaming");
    const gaps = driver.take("record").flatMap(({ entry }) => (entry.kind === "gap" ? [entry.gap] : []));
    expect(gaps.map(({ cause }) => cause)).toContain("disconnect");
  });

  it("keeps the cause of the first of several losses for the gap", () => {
    const driver = streaming("T.*");
    driver.status(EVICTION);
    driver.closed();
    driver.pass(60_000);
    driver.open();
    driver.closed(1006);
    driver.pass(1_000);
    driver.connect();
    expect(driver.take("record").at(-1)?.entry).toMatchObject({ gap: { cause: "eviction" } });
  });
});

describe("subscriptions", () => {
  it("that are not confirmed are asked for again, twice, then reported, and the gap ends with what was confirmed", () => {
    const driver = new Driver();
    driver.step({ kind: "wanted", topics: ["T.*", "ZZ.A"] });
    driver.step({ kind: "started", afterEpoch: undefined, absentSinceAtMs: 900_000 });
    driver.open();
    driver.status(["auth_success", "authenticated"]);
    driver.pass(5);
    driver.status(["success", "subscribed to: T.*"]);
    driver.pass(29_994);
    expect(driver.machine.phase).toBe("subscribing");
    driver.pass(1);
    expect(driver.machine.phase).toBe("streaming");
    expect(driver.take("subscribe").map(({ topics }) => topics)).toEqual([["T.*", "ZZ.A"], ["ZZ.A"], ["ZZ.A"]]);
    expect(driver.take("report").map(({ report }) => report)).toEqual([
      { kind: "unconfirmed", topics: ["ZZ.A"], asks: 3 },
    ]);
    expect(driver.take("record").at(-1)?.entry).toMatchObject({
      gap: { cause: "absence", fromAtMs: 900_000, toAtMs: 1_000_005 },
    });
  });

  it("that are refused without a name are reported with what is unconfirmed", () => {
    const driver = new Driver();
    driver.start("T.*", "Q.A");
    driver.open();
    driver.status(["auth_success", "authenticated"]);
    driver.status(["error", "not authorized"], ["success", "subscribed to: T.*"]);
    expect(driver.take("report")[0]?.report).toEqual({
      kind: "refused",
      message: "not authorized",
      unconfirmed: ["Q.A"],
    });
    driver.pass(30_000);
    expect(driver.machine.phase).toBe("streaming");
  });

  it("of which none is confirmed make the link one to replace, though it answers", () => {
    const driver = new Driver();
    driver.start("Q.A");
    driver.open();
    driver.status(["auth_success", "authenticated"]);
    for (let second = 0; second < 30; second++) {
      driver.pass(1_000);
      driver.step({ kind: "alive", epoch: driver.machine.epoch });
    }
    driver.closed();
    expect(driver.take("fail")).toEqual([]);
    expect(driver.machine.phase).toBe("backingOff");
  });

  it("that are refused altogether end the connection", () => {
    const driver = new Driver();
    driver.start("Q.A");
    driver.open();
    driver.status(["auth_success", "authenticated"], ["error", "not authorized"]);
    for (let second = 0; second < 30; second++) {
      driver.pass(1_000);
      driver.step({ kind: "alive", epoch: driver.machine.epoch });
    }
    driver.closed();
    expect(driver.take("fail")).toMatchObject([{ reason: "not_entitled" }]);
  });

  it("that meet an error of another kind end the link only: it may pass", () => {
    const driver = new Driver();
    driver.start("Q.A");
    driver.open();
    driver.status(["auth_success", "authenticated"], ["error", "internal server error"]);
    for (let second = 0; second < 30; second++) {
      driver.pass(1_000);
      driver.step({ kind: "alive", epoch: driver.machine.epoch });
    }
    driver.closed();
    expect(driver.take("fail")).toEqual([]);
    expect(driver.machine.phase).toBe("backingOff");
    expect(driver.take("report").at(-1)?.report).toMatchObject({
      reason: "broken",
      message: expect.stringContaining("internal server error"),
    });
  });

  it("change without a reconnect, first what is given back, and only what differs", () => {
    const driver = streaming("Q.A", "Q.B");
    const actions = driver.step({ kind: "wanted", topics: ["Q.B", "Q.C"] });
    expect(actions.slice(0, 2)).toMatchObject([
      { kind: "unsubscribe", topics: ["Q.A"] },
      { kind: "subscribe", topics: ["Q.C"] },
    ]);
    expect(driver.machine.phase).toBe("streaming");
    expect(driver.take("openSocket")).toHaveLength(1);
  });

  it("are kept while there is no link, and asked for in chunks", () => {
    const driver = new Driver();
    driver.start();
    driver.step({ kind: "wanted", topics: Array.from({ length: 501 }, (_, index) => `Q.S${index}`) });
    expect(driver.take("subscribe")).toEqual([]);
    driver.connect();
    expect(driver.take("subscribe").map(({ topics }) => topics.length)).toEqual([500, 1]);
  });
});

describe("liveness", () => {
  it("is asked for in silence; an answer is a heartbeat, none is the end of the link", () => {
    const driver = streaming("T.*");
    driver.pass(1_000);
    expect(driver.take("ping")).toHaveLength(1);
    driver.step({ kind: "alive", epoch: driver.machine.epoch });
    driver.step({ kind: "alive", epoch: driver.machine.epoch });
    const heartbeats = driver.take("record").filter(({ entry }) => entry.kind === "heartbeat");
    expect(heartbeats).toMatchObject([{ entry: { receivedAtMs: driver.atMs } }]);
    driver.pass(30_999);
    expect(driver.machine.phase).toBe("streaming");
    driver.pass(1);
    expect(driver.machine.phase).toBe("closing");
    driver.closed();
    expect(driver.take("report").at(-1)?.report).toMatchObject({ reason: "broken" });
  });

  it("is not doubted by a fixed silence where nothing can be asked", () => {
    const driver = new Driver();
    driver.start("T.*");
    driver.connect(false);
    driver.pass(86_400_000);
    expect([driver.machine.phase, driver.take("ping").length]).toEqual(["streaming", 0]);
  });
});

describe("the end", () => {
  it("closes the socket, waits for it, and leaves nothing behind", () => {
    const driver = streaming("T.*");
    driver.step({ kind: "stop" });
    expect(driver.take("closeSocket")).toMatchObject([{ code: 1000 }]);
    expect(driver.machine.accepts(driver.machine.epoch)).toBe(false);
    driver.closed(1000);
    expect([driver.machine.phase, driver.timers.size]).toEqual(["stopped", 0]);
    expect(driver.take("record").at(-1)?.entry).toMatchObject({ kind: "closed", cause: "absence" });
  });

  it("tells an outage that goes on up to the present", () => {
    const driver = streaming("T.*");
    driver.closed();
    driver.pass(500);
    driver.step({ kind: "stop" });
    expect(driver.machine.phase).toBe("stopped");
    expect(driver.take("record").at(-1)?.entry).toMatchObject({
      gap: { fromAtMs: 1_000_000, toAtMs: 1_000_500, cause: "disconnect" },
    });
  });

  it("is the end: nothing happens after it", () => {
    const driver = streaming("T.*");
    driver.step({ kind: "stop" });
    driver.closed();
    const count = driver.done.length;
    driver.start("T.A");
    driver.closed();
    driver.pass(1e9);
    expect(driver.done).toHaveLength(count);
  });
});

describe("a connection that does not come about at first", () => {
  it("tells what was missed from the first attempt on", () => {
    const driver = new Driver();
    driver.start("T.*");
    driver.pass(200);
    driver.closed();
    driver.pass(1_000);
    driver.closed();
    driver.pass(2_000);
    driver.connect();
    expect(driver.take("record").flatMap(({ entry }) => (entry.kind === "gap" ? [entry.gap] : []))).toMatchObject([
      { fromAtMs: 1_000_000, toAtMs: 1_003_200, cause: "disconnect", scope: "all" },
    ]);
  });

  it("tells nothing where it comes about at once, or was never to be", () => {
    const driver = new Driver();
    driver.start("T.*");
    driver.connect();
    const stopped = new Driver();
    stopped.start("T.*");
    stopped.step({ kind: "stop" });
    stopped.closed();
    for (const { machine, done } of [driver, stopped]) {
      expect(machine.hasOutage).toBe(false);
      expect(done.filter((action) => action.kind === "record" && action.entry.kind === "gap")).toEqual([]);
    }
  });
});

describe("a topic that a living link loses", () => {
  const gapsOf = (driver: Driver) =>
    driver.take("record").flatMap(({ entry }) => (entry.kind === "gap" ? [entry.gap] : []));
  const gap = (fromAtMs: number, toAtMs: number, instruments?: readonly string[]) => ({
    connection: "options/0",
    fromAtMs,
    toAtMs,
    cause: "unsubscribed",
    scope: instruments === undefined ? "trades" : "instruments",
    instruments,
  });
  const streaming = (...topics: string[]): Driver => {
    const driver = new Driver();
    driver.start(...topics);
    driver.connect();
    driver.atMs = 2_000_000;
    return driver;
  };

  it("is a gap from there to where it is confirmed again, topics lost together in one", () => {
    const driver = streaming("T.*", "Q.A", "Q.B");
    driver.status(["success", "unsubscribed to: Q.A"], ["success", "unsubscribed to: Q.B"]);
    driver.pass(500);
    driver.status(["success", "unsubscribed to: T.*"]);
    driver.pass(500);
    driver.status(["success", "subscribed to: Q.B"], ["success", "subscribed to: Q.A"]);
    driver.pass(500);
    driver.step({ kind: "seen", epoch: driver.machine.epoch, topics: ["T.X"] });
    expect(gapsOf(driver)).toEqual([gap(2_000_000, 2_001_000, ["B", "A"]), gap(2_000_500, 2_001_500)]);
  });

  it("is one up to where it is no longer wanted", () => {
    const driver = streaming("T.*", "Q.A");
    driver.status(["success", "unsubscribed to: Q.A"]);
    driver.pass(700);
    driver.step({ kind: "wanted", topics: ["T.*"] });
    expect(gapsOf(driver)).toEqual([gap(2_000_000, 2_000_700, ["A"])]);
  });

  it("is one up to the end of its link, where the outage goes on from", () => {
    const driver = streaming("T.*", "Q.A");
    driver.status(["success", "unsubscribed to: Q.A"]);
    driver.pass(300);
    driver.frame(true);
    driver.pass(300);
    driver.closed();
    driver.pass(1_000);
    driver.connect();
    expect(gapsOf(driver)).toMatchObject([
      gap(2_000_000, 2_000_300, ["A"]),
      { fromAtMs: 2_000_300, cause: "disconnect", scope: "all" },
    ]);
  });

  it("is none where it never was confirmed, nor where the outage before goes on", () => {
    const driver = streaming("T.*");
    driver.step({ kind: "wanted", topics: ["T.*", "Q.A"] });
    driver.status(["success", "unsubscribed to: Q.A"]);
    driver.status(["success", "subscribed to: Q.A"]);
    expect(gapsOf(driver)).toEqual([]);
    driver.closed();
    driver.pass(1_000);
    driver.open();
    driver.status(["auth_success", "authenticated"]);
    driver.status(["success", "subscribed to: T.*"], ["success", "unsubscribed to: T.*"]);
    driver.pass(1_000);
    driver.status(["success", "subscribed to: T.*"], ["success", "subscribed to: Q.A"]);
    expect(gapsOf(driver)).toMatchObject([{ fromAtMs: 2_000_000, toAtMs: driver.atMs, cause: "disconnect" }]);
  });

  it("is asked for once more where its channel falls silent, and a gap since then only if that is answered", () => {
    const driver = streaming("T.*", "Q.A", "Q.B");
    const { epoch } = driver.machine;
    const quiet = { kind: "quiet", epoch, channel: "Q", sinceAtMs: 1_900_000 } as const;
    expect(driver.step(quiet)).toEqual([{ kind: "subscribe", epoch, topics: ["Q.A", "Q.B"] }]);
    driver.pass(20_000);
    expect(gapsOf(driver)).toEqual([]);
    driver.status(["success", "subscribed to: Q.B"]);
    driver.status(["success", "subscribed to: Q.B"]);
    expect(gapsOf(driver)).toEqual([gap(1_900_000, 2_020_000, ["B"])]);
    expect(driver.machine.phase).toBe("streaming");
  });
});

describe("a wall clock that is set", () => {
  it.each([86_400_000, 20_000, -86_400_000])(
    "by %d ms changes nothing about a link without pings, nor about what follows its end",
    (stepMs) => {
      const told = (isSet: boolean) => {
        const driver = new Driver();
        driver.start("T.*");
        for (let round = 0; round < 3; round++) {
          driver.connect(false);
          for (let second = 0; second < 20; second++) {
            driver.frame(true);
            driver.pass(1_000);
          }
          driver.pass(20_000);
          if (isSet) driver.aheadMs += stepMs;
          driver.pass(5_000);
          driver.frame(true);
          if (round === 1) driver.status(EVICTION);
          else if (round === 2) driver.pass(90_000);
          expect(driver.machine.phase).toBe(round === 0 ? "streaming" : "closing");
          driver.closed();
          driver.pass(retries(driver).at(-1) ?? 0);
        }
        return { retries: retries(driver), timers: driver.take("setTimer").map(({ delayMs }) => delayMs) };
      };
      expect(told(false).retries).toEqual([1_000, 60_000, 2_000]);
      expect(told(true)).toEqual(told(false));
    },
  );
});
