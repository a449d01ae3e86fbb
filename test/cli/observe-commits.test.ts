import { describe, expect, it } from "vitest";
import { MemoryHydrationStore } from "../../src/adapters/memory/index.ts";
import { observeCommits } from "../../src/cli/observe-commits.ts";
import type { HydrationStep } from "../../src/ports/hydration-store.ts";
import { memoryPipeline } from "../support/pipeline.ts";

function step(prev: string, next: string): HydrationStep {
  return { prev, next, trades: [], totals: [], ledgers: [], counters: {}, gaps: [], quarantine: [] };
}

describe("observeCommits", () => {
  it("tells of applied steps only, each once", async () => {
    const { database } = memoryPipeline();
    const seen: string[] = [];
    const store = observeCommits(new MemoryHydrationStore(database), async ({ next }) => {
      seen.push(next);
    });
    const acquired = await store.acquire(0, "a", 1_000);
    if (acquired.status !== "acquired") throw new Error("the partition must be free");
    expect(await store.commit(acquired.lease, step("0-0", "1-0"))).toEqual({ status: "applied" });
    expect(await store.commit(acquired.lease, step("0-0", "1-0"))).toEqual({ status: "already" });
    expect(await store.commit(acquired.lease, step("0-0", "2-0"))).toMatchObject({ status: "moved" });
    expect(await store.commit(acquired.lease, step("1-0", "2-0"))).toEqual({ status: "applied" });
    expect(seen).toEqual(["1-0", "2-0"]);
  });

  it("fails the commit with whoever listens", async () => {
    const { database } = memoryPipeline();
    const full = new Error("disk full");
    const store = observeCommits(new MemoryHydrationStore(database), () => Promise.reject(full));
    const acquired = await store.acquire(0, "a", 1_000);
    if (acquired.status !== "acquired") throw new Error("the partition must be free");
    await expect(store.commit(acquired.lease, step("0-0", "1-0"))).rejects.toBe(full);
  });
});
