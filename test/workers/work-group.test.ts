import { describe, expect, it } from "vitest";
import { WorkGroup } from "../../src/workers/work-group.ts";

/** Work that ends when it is told to. */
function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}

describe("WorkGroup", () => {
  it("stops the others when one fails, and fails with the first error", async () => {
    const group = new WorkGroup(new AbortController().signal);
    const [first, second] = [new Error("first"), new Error("second")];
    await group.attemptAll([
      untilAborted(group.signal),
      Promise.reject(first),
      untilAborted(group.signal).then(() => Promise.reject(second)),
    ]);
    expect(group.failure).toBe(first);
    expect(() => group.throwFailure()).toThrow(first);
  });

  it("stops with the whole, without a failure", async () => {
    const stop = new AbortController();
    const group = new WorkGroup(stop.signal);
    const working = group.attemptAll([untilAborted(group.signal), undefined, group.untilStopped()]);
    stop.abort();
    await working;
    await group.untilStopped();
    expect(group.failure).toBeUndefined();
    group.throwFailure();
  });
});
