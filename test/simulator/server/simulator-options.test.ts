import { describe, expect, it } from "vitest";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../../src/simulator/index.ts";
import { loggedMessage, parseClientRequest, parseTopic } from "../../../src/simulator/server/client-request.ts";

describe("startSimulator", () => {
  it.each<[SimulatorOptions, string]>([
    [{ port: 65_536 }, "'port' must be in 0..65535, current value is 65536"],
    [{ eventsPerSecond: 0 }, "'eventsPerSecond' must be in 1..1000000, current value is 0"],
    [{ tickMs: Number.NaN }, "'tickMs' must be in 1..10000, current value is NaN"],
    [{ bufferBytes: 10 }, "'bufferBytes' must be in 1024..1000000000000, current value is 10"],
    [{ unkindness: { respelled: 2 } }, "'unkindness.respelled' must be in 0..1, current value is 2"],
    [{ randomFaults: { everyMs: 0 } }, "'randomFaults.everyMs' must be in 1..1000000000, current value is 0"],
    [{ randomFaults: { everyMs: 9, kinds: [] } }, "'randomFaults.kinds' must be one of refuse, cut"],
    [{ randomFaults: { everyMs: 9, kinds: ["flood" as never] } }, "current value is flood"],
    [{ evicts: "all" as never }, "'evicts' must be one of oldest, newest, current value is all"],
    [{ log: { payloads: "some" as never } }, "'log.payloads' must be one of none, sent, all, current value is some"],
    [{ loopMs: -1 }, "'loopMs' must be in 0..3600000, current value is -1"],
    [{ seed: 0.5 }, "'seed' must be a safe integer, current value is 0.5"],
    [{ quotesPerTrade: 0 }, "'quotesPerTrade' must be in 1..1000000, current value is 0"],
    [{ frames: { maxEvents: 0 } }, "'maxEvents' must be an integer >= 1, current value is 0"],
  ])("refuses %j", async (options, message) => {
    await expect(startSimulator(options)).rejects.toThrow(RangeError);
    await expect(startSimulator(options)).rejects.toThrow(message);
  });

  it("refuses faults that are none, in a schedule and when they are injected", async () => {
    const flood = { kind: "flood" } as never;
    await expect(startSimulator({ schedule: [{ atMs: 1, fault: flood }] })).rejects.toThrow("'[0].fault.kind' must be");
    const simulator = await startSimulator();
    try {
      expect(() => simulator.inject(flood)).toThrow("Cannot inject a fault: 'kind' must be one of refuse");
    } finally {
      await simulator.close();
    }
  });

  it("says that a port is taken", async () => {
    const simulator: Simulator = await startSimulator();
    try {
      const { port } = simulator;
      await expect(startSimulator({ port })).rejects.toThrow(
        `Cannot start a simulator: 'port' must be a free one, current value is ${port}`,
      );
    } finally {
      await simulator.close();
      await simulator.close();
    }
  });
});

describe("a client's message", () => {
  it("is understood as one object with an action and a text", () => {
    expect(parseClientRequest('{"action":"auth","params":"key"}')).toEqual({ action: "auth", key: "key" });
    expect(parseClientRequest('{"action":"subscribe","params":"T.*,Q.X"}')).toEqual({
      action: "subscribe",
      items: ["T.*", "Q.X"],
    });
    for (const text of [
      "",
      "{",
      "7",
      "null",
      "[]",
      '{"action":"auth"}',
      '{"action":"auth","params":7}',
      '{"action":"x","params":""}',
    ]) {
      expect(parseClientRequest(text)).toBeUndefined();
    }
  });

  it("is logged without keys", () => {
    const logged = (text: string) => loggedMessage(text, parseClientRequest(text));
    expect(logged('{"action":"auth","params":"secret"}')).toBe('{"action":"auth","params":"..."}');
    expect(logged('{"auth":"secret"}')).toBe("(17 characters that are no request)");
    expect(logged('{"action":"subscribe","params":"T.*"}')).toBe('{"action":"subscribe","params":"T.*"}');
  });
});

describe("parseTopic", () => {
  it("splits at the first dot", () => {
    expect(parseTopic("T.BRK.B")).toEqual({ channel: "T", ticker: "BRK.B" });
    expect(parseTopic("AM.*")).toEqual({ channel: "AM", ticker: "*" });
    for (const item of ["", "T", "T.", ".X", "."]) expect(parseTopic(item)).toBeUndefined();
  });
});
