import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Agenda } from "../../../src/simulator/market/agenda.ts";

describe("Agenda", () => {
  it("keeps appointments in order of time, and of being made where times are equal", () => {
    const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 });
    fc.assert(
      fc.property(times, (atMs) => {
        const agenda = new Agenda(0);
        const kept: [number, number][] = [];
        for (const [order, at] of atMs.entries()) agenda.schedule(at, (now) => kept.push([now, order]));
        agenda.runUntil(20);
        const expected = atMs
          .map((at, order): [number, number] => [at, order])
          .sort(([a, i], [b, j]) => a - b || i - j);
        expect(kept).toEqual(expected);
        expect(agenda.size).toBe(0);
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it("keeps what lies at the limit and leaves what lies behind it", () => {
    const agenda = new Agenda(100);
    const kept: number[] = [];
    for (const at of [199, 200, 201]) agenda.schedule(at, (now) => kept.push(now));
    agenda.runUntil(200);
    expect([kept, agenda.nowMs, agenda.size]).toEqual([[199, 200], 200, 1]);
    agenda.runUntil(150);
    expect(agenda.nowMs).toBe(200);
  });

  it("keeps appointments made on the way, and one in the past at the present time", () => {
    const agenda = new Agenda(0);
    const kept: string[] = [];
    agenda.schedule(5, (now) => {
      agenda.schedule(2, (at) => kept.push(`past ${at}`));
      agenda.schedule(7, (at) => kept.push(`next ${at}`));
      kept.push(`first ${now}`);
    });
    agenda.runUntil(10);
    expect(kept).toEqual(["first 5", "past 5", "next 7"]);
    expect(agenda.nowMs).toBe(10);
  });
});
