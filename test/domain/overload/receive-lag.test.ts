import { describe, expect, it } from "vitest";
import { ReceiveLag } from "../../../src/domain/overload/receive-lag.ts";

const START = 1_766_437_200_000;

/** A receipt; where monotonic time begins does not matter. */
function at(atMs: number) {
  return { receivedAtMs: atMs, receivedMs: atMs - START };
}

/** Frames every `everyMs` over `forMs`, each `lagMs` old. @returns the time after. */
function frames(lag: ReceiveLag, fromMs: number, forMs: number, everyMs: number, lagMs: number): number {
  for (let atMs = fromMs; atMs < fromMs + forMs; atMs += everyMs) lag.add(at(atMs), atMs - lagMs);
  return fromMs + forMs;
}

describe("ReceiveLag", () => {
  it("says nothing before eight frames and a quarter of a second", () => {
    const lag = new ReceiveLag();
    for (let frame = 0; frame < 8; frame++) lag.add(at(START), START - 40);
    lag.add(at(START + 249), START + 209);
    expect([lag.lagMs, lag.excessMs]).toEqual([undefined, 0]);
    lag.add(at(START + 250), START + 210);
    expect([lag.lagMs, lag.excessMs]).toEqual([40, 0]);
  });

  it.each([
    [7, undefined],
    [8, 40],
    [9, 40],
  ])("after %d frames in a stretch says %s", (count, expected) => {
    const lag = new ReceiveLag();
    for (let frame = 0; frame < count; frame++) lag.add(at(START + frame), START + frame - 40);
    lag.add(at(START + 300), START);
    expect(lag.lagMs).toBe(expected);
  });

  it("takes the shortest of a stretch: late reports are no backlog", () => {
    const lag = new ReceiveLag();
    for (let atMs = START; atMs <= START + 300; atMs += 10)
      lag.add(at(atMs), atMs - (atMs === START + 100 ? 30 : 60_000));
    expect(lag.lagMs).toBe(30);
  });

  it("tells a backlog above the baseline, however long the feed is delayed, and that it is over", () => {
    const lag = new ReceiveLag();
    const delayMs = 900_000;
    let atMs = frames(lag, START, 20_000, 10, delayMs);
    expect(lag.excessMs).toBe(0);
    atMs = frames(lag, atMs, 1_000, 10, delayMs + 700);
    expect(lag.excessMs).toBe(700);
    frames(lag, atMs, 1_000, 10, delayMs);
    expect(lag.excessMs).toBe(0);
  });

  it("forgets a backlog on a link that has become quiet, too", () => {
    const lag = new ReceiveLag();
    let atMs = frames(lag, START, 10_000, 10, 20);
    atMs = frames(lag, atMs, 1_000, 10, 520);
    expect(lag.excessMs).toBe(500);
    frames(lag, atMs, 60_000, 1_000, 20);
    expect(lag.lagMs).toBe(20);
    expect(lag.excessMs).toBe(0);
  });

  it("remembers the shortest lag for five minutes", () => {
    const lag = new ReceiveLag();
    const atMs = frames(lag, START, 1_000, 10, 20);
    frames(lag, atMs, 280_000, 10, 120);
    expect(lag.excessMs).toBe(100);
    frames(lag, atMs + 280_000, 30_000, 10, 120);
    expect(lag.excessMs).toBe(0);
  });

  it.each([3_600_000, -3_600_000])(
    "takes a wall clock that is set by %d ms for no backlog, and still sees one",
    (stepMs) => {
      const lag = new ReceiveLag();
      const stretch = (fromMs: number, forMs: number, lagMs: number): number => {
        for (let atMs = fromMs; atMs < fromMs + forMs; atMs += 10) {
          lag.add({ receivedAtMs: atMs + stepMs, receivedMs: atMs - START }, atMs - lagMs);
        }
        return fromMs + forMs;
      };
      let atMs = frames(lag, START, 10_100, 10, 20);
      atMs = stretch(atMs, 1_000, 20);
      expect([lag.lagMs, lag.excessMs]).toEqual([20 + stepMs, 0]);
      stretch(atMs, 1_000, 520);
      expect([lag.lagMs, lag.excessMs]).toEqual([520 + stepMs, 500]);
    },
  );
});
