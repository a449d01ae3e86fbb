import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Cadence, type CadenceOutcome, type CadenceStep, cadenceOutcome } from "../../../src/domain/epoch/cadence.ts";
import { RestError, type RestErrorReason } from "../../../src/domain/errors.ts";

const OPTIONS = { intervalMs: 30_000, latencyFactor: 1.5, maxIntervalMs: 300_000 };

const answered = (latencyMs: number): CadenceOutcome => ({ kind: "answered", latencyMs });
const failed = (reason: RestErrorReason | "unknown", latencyMs = 0, retryAfterMs?: number): CadenceOutcome => {
  return { kind: "failed", reason, latencyMs, retryAfterMs };
};
function delayOf(step: CadenceStep): number {
  if (step.kind === "end") throw new Error(`Cannot wait: the cadence must go on, it ended with ${step.reason}`);
  return step.delayMs;
}

const PASSING: readonly (RestErrorReason | "unknown")[] = [
  "rate_limited",
  "server",
  "timeout",
  "network",
  "invalid",
  "refused",
  "not_found",
  "unknown",
];
const latency = fc.integer({ min: 0, max: 60_000 });
const passing = fc.tuple(fc.constantFrom(...PASSING), latency).map(([reason, ms]) => failed(reason, ms));

describe("Cadence", () => {
  it("counts the interval from start to start", () => {
    const cadence = new Cadence(OPTIONS);
    expect(cadence.next(answered(1_000))).toEqual({ kind: "wait", delayMs: 29_000, isBackingOff: false });
  });

  it("asks a slow provider less often: by the smoothed latency, and at once after a fetch that outlasted it", () => {
    const cadence = new Cadence(OPTIONS);
    expect(cadence.next(answered(40_000))).toMatchObject({ delayMs: 20_000 });
    expect(cadence.smoothedLatencyMs).toBe(40_000);
    // 40 + 0.3 (10 - 40) = 31 s, times 1.5.
    expect(cadence.next(answered(10_000))).toMatchObject({ delayMs: 36_500 });
    expect(new Cadence({ ...OPTIONS, latencyFactor: 0 }).next(answered(31_000))).toMatchObject({ delayMs: 0 });
  });

  it("doubles with each failure up to the cap, and halves with each answer", () => {
    const cadence = new Cadence(OPTIONS);
    const seen = Array.from({ length: 6 }, () => delayOf(cadence.next(failed("server"))));
    expect(seen).toEqual([60_000, 120_000, 240_000, 300_000, 300_000, 300_000]);
    const back = Array.from({ length: 5 }, () => cadence.next(answered(0)));
    expect(back.map(delayOf)).toEqual([240_000, 120_000, 60_000, 30_000, 30_000]);
    expect(back.map((step) => step.kind === "wait" && step.isBackingOff)).toEqual([true, true, true, false, false]);
  });

  it.each(PASSING)("backs off after %s", (reason) => {
    expect(new Cadence(OPTIONS).next(failed(reason))).toEqual({ kind: "wait", delayMs: 60_000, isBackingOff: true });
  });

  it.each(["unauthorized", "forbidden"] as const)("ends after %s", (reason) => {
    expect(new Cadence(OPTIONS).next(failed(reason, 10, 1_000))).toEqual({ kind: "end", reason });
  });

  it("keeps to a Retry-After, from the failure on, beyond the cap too, and never waits shorter for it", () => {
    expect(delayOf(new Cadence(OPTIONS).next(failed("rate_limited", 500, 90_000)))).toBe(90_000);
    expect(delayOf(new Cadence(OPTIONS).next(failed("rate_limited", 500, 900_000)))).toBe(900_000);
    expect(delayOf(new Cadence(OPTIONS).next(failed("rate_limited", 500, 1_000)))).toBe(59_500);
  });

  it("keeps to a Retry-After for an hour at most: the clock behind it may be wrong", () => {
    expect(delayOf(new Cadence(OPTIONS).next(failed("rate_limited", 500, 1e12)))).toBe(3_600_000);
  });

  it("stays in its bounds, and is back after four answers, since four doublings reach the cap", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(passing, latency.map(answered)), { maxLength: 60 }), (outcomes) => {
        const cadence = new Cadence(OPTIONS);
        for (const outcome of outcomes) {
          const periodMs = delayOf(cadence.next(outcome)) + outcome.latencyMs;
          expect(periodMs).toBeGreaterThanOrEqual(OPTIONS.intervalMs);
          // A fetch that took longer than the cap is followed at once.
          expect(periodMs).toBeLessThanOrEqual(Math.max(OPTIONS.maxIntervalMs, outcome.latencyMs));
        }
        for (let answers = 0; answers < 4; answers++) cadence.next(answered(0));
        const step = cadence.next(answered(0));
        expect(step).toMatchObject({ isBackingOff: false });
        const usualMs = Math.max(OPTIONS.intervalMs, OPTIONS.latencyFactor * (cadence.smoothedLatencyMs ?? 0));
        expect(delayOf(step)).toBeCloseTo(usualMs, 6);
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it("never shortens the wait by a failure", () => {
    fc.assert(
      fc.property(
        fc.array(latency, { maxLength: 5 }),
        fc.array(passing, { minLength: 2, maxLength: 12 }),
        (ok, bad) => {
          const cadence = new Cadence(OPTIONS);
          for (const ms of ok) cadence.next(answered(ms));
          const periods = bad.map((outcome) => delayOf(cadence.next(outcome)) + outcome.latencyMs);
          expect(periods).toEqual([...periods].sort((one, other) => one - other));
        },
      ),
      { seed: 42, numRuns: 300 },
    );
  });

  it.each([
    { intervalMs: 0 },
    { intervalMs: Number.NaN },
    { latencyFactor: -1 },
    { latencyFactor: Number.POSITIVE_INFINITY },
    { maxIntervalMs: 29_999 },
    { maxIntervalMs: Number.POSITIVE_INFINITY },
  ])("refuses %j", (wrong) => {
    expect(() => new Cadence({ ...OPTIONS, ...wrong })).toThrow(RangeError);
  });
});

describe("cadenceOutcome", () => {
  it("reads what a request failed with", () => {
    expect(cadenceOutcome(5, undefined)).toEqual({ kind: "answered", latencyMs: 5 });
    const limited = new RestError("Too many", { reason: "rate_limited", status: 429, retryAfterMs: 2_000 });
    expect(cadenceOutcome(5, limited)).toEqual(failed("rate_limited", 5, 2_000));
    expect(cadenceOutcome(5, new Error("odd"))).toEqual({ kind: "failed", reason: "unknown", latencyMs: 5 });
    expect(cadenceOutcome(5, null)).toMatchObject({ kind: "failed", reason: "unknown" });
  });
});
