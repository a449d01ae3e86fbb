import { describe, expect, it } from "vitest";
import { Liveness } from "../../../src/domain/connection/liveness.ts";

const OPTIONS = { pingAfterMs: 1_000, silenceLimitMs: 30_000, silenceFactor: 20 };

describe("Liveness with pings", () => {
  it("asks after the silence, and not while something comes", () => {
    const liveness = new Liveness(OPTIONS, true, 0);
    liveness.heard(500, true);
    expect(liveness.look(1_000, 1_000)).toEqual({ verdict: "alive", againInMs: 500 });
    expect(liveness.look(1_499, 1_499)).toEqual({ verdict: "alive", againInMs: 1 });
    expect(liveness.look(1_500, 1_500)).toEqual({ verdict: "ping", againInMs: 1_000 });
    expect(liveness.answered(1_600)).toBe(true);
    expect(liveness.answered(1_700)).toBe(false);
    expect(liveness.look(2_500, 2_500)).toEqual({ verdict: "alive", againInMs: 200 });
  });

  it("gives up when nothing answers for as long as allowed, not a ms before", () => {
    const liveness = new Liveness(OPTIONS, true, 0);
    expect(liveness.look(1_000, 1_000).verdict).toBe("ping");
    expect(liveness.look(30_999, 30_999).verdict).toBe("ping");
    expect(liveness.look(31_000, 31_000).verdict).toBe("dead");
  });

  it("lets any frame answer: pongs queue behind data", () => {
    const liveness = new Liveness(OPTIONS, true, 0);
    liveness.look(1_000, 1_000);
    liveness.heard(30_000, true);
    expect(liveness.look(31_000, 31_000).verdict).toBe("ping");
    expect(liveness.look(60_999, 60_999).verdict).toBe("ping");
  });

  it("starts to wait anew where it was itself asleep", () => {
    const liveness = new Liveness(OPTIONS, true, 0);
    liveness.look(1_000, 1_000);
    expect(liveness.look(90_000, 2_000).verdict).toBe("ping");
    expect(liveness.look(119_999, 119_999).verdict).toBe("ping");
    expect(liveness.look(120_000, 120_000).verdict).toBe("dead");
  });
});

describe("Liveness without pings", () => {
  const every = (pauseMs: number, count: number) => {
    const liveness = new Liveness(OPTIONS, false, 0);
    for (let arrival = 0; arrival < count; arrival++) liveness.heard(arrival * pauseMs, true);
    return liveness;
  };

  it("never gives up a link whose rate is not known", () => {
    const liveness = every(1_000, 8);
    expect(liveness.look(9e9, 9e9)).toEqual({ verdict: "alive", againInMs: 30_000 });
  });

  it("gives up a busy link after the least silence", () => {
    const liveness = every(1_000, 9);
    expect(liveness.look(37_999, 37_999)).toEqual({ verdict: "alive", againInMs: 1 });
    expect(liveness.look(38_000, 38_000).verdict).toBe("dead");
  });

  it("gives a quiet link as much more time as its own pauses are long", () => {
    const liveness = every(60_000, 9);
    expect(liveness.look(480_000 + 1_199_999, 480_000 + 1_199_999).verdict).toBe("alive");
    expect(liveness.look(480_000 + 1_200_000, 480_000 + 1_200_000).verdict).toBe("dead");
  });

  it("takes a burst for one arrival, and statuses for none", () => {
    const liveness = new Liveness(OPTIONS, false, 0);
    for (let at = 0; at < 900; at++) liveness.heard(at, true);
    for (let at = 1_000; at < 60_000; at += 1_000) liveness.heard(at, false);
    expect(liveness.look(9e9, 9e9).verdict).toBe("alive");
  });

  it("starts to wait anew where it was itself asleep", () => {
    const liveness = every(1_000, 9);
    expect(liveness.look(90_000, 38_000)).toEqual({ verdict: "alive", againInMs: 30_000 });
    expect(liveness.look(120_000, 120_000).verdict).toBe("dead");
  });
});
