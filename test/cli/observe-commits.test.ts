import { describe, expect, it } from "vitest";
import { MemoryHydrationStore } from "../../src/adapters/memory/index.ts";
import { observeCommits } from "../../src/cli/observe-commits.ts";
import { UnavailableError } from "../../src/domain/errors.ts";
import type { HydrationStep, HydrationStore, Lease } from "../../src/ports/hydration-store.ts";
import { memoryPipeline } from "../support/pipeline.ts";

function step(prev: string, next: string): HydrationStep {
  return { prev, next, trades: [], totals: [], ledgers: [], counters: {}, gaps: [], quarantine: [] };
}

/** A store that applies steps and loses its answers while told to. */
function losingStore() {
  const { database, clock } = memoryPipeline();
  const store = new MemoryHydrationStore(database);
  const mood = { loses: false };
  const commit: HydrationStore["commit"] = async (lease, given) => {
    const result = await store.commit(lease, given);
    if (mood.loses) throw new UnavailableError("Cannot commit: no answer in time");
    return result;
  };
  const losing: HydrationStore = Object.assign(Object.create(store) as HydrationStore, {
    commit,
    acquire: store.acquire.bind(store),
    cursors: store.cursors.bind(store),
  });
  return { store: losing, mood, clock };
}

function observed(onApplied?: (applied: HydrationStep) => Promise<void>) {
  const { store: inner, mood, clock } = losingStore();
  const seen: string[] = [];
  const { store, ...rest } = observeCommits(
    inner,
    onApplied ??
      (async ({ next }) => {
        seen.push(next);
      }),
  );
  const take = async (owner = "a"): Promise<Lease> => {
    const acquired = await store.acquire(0, owner, 1_000, { takeOver: true });
    if (acquired.status !== "acquired") throw new Error("the partition must be free");
    return acquired.lease;
  };
  return { inner, store, mood, clock, seen, take, ...rest };
}

describe("observeCommits", () => {
  it("tells of applied steps only, each once", async () => {
    const { store, seen, take } = observed();
    const lease = await take();
    expect(await store.commit(lease, step("0-0", "1-0"))).toEqual({ status: "applied" });
    expect(await store.commit(lease, step("0-0", "1-0"))).toEqual({ status: "already" });
    expect(await store.commit(lease, step("0-0", "2-0"))).toMatchObject({ status: "moved" });
    expect(await store.commit(lease, step("1-0", "2-0"))).toEqual({ status: "applied" });
    expect(seen).toEqual(["1-0", "2-0"]);
  });

  it("fails the commit with whoever listens", async () => {
    const full = new Error("disk full");
    const { store, take } = observed(() => Promise.reject(full));
    await expect(store.commit(await take(), step("0-0", "1-0"))).rejects.toBe(full);
  });

  it("tells of a step whose answer was lost when its repeat was applied already", async () => {
    const { store, mood, seen, take, isSettled } = observed();
    const lease = await take();
    mood.loses = true;
    await expect(store.commit(lease, step("0-0", "1-0"))).rejects.toThrow("no answer");
    expect([seen, isSettled()]).toEqual([[], false]);
    mood.loses = false;
    expect(await store.commit(lease, step("0-0", "1-0"))).toEqual({ status: "already" });
    expect([seen, isSettled()]).toEqual([["1-0"], true]);
  });

  it("tells of several such steps once and in order, whichever of their repeats is answered first", async () => {
    const { store, mood, seen, take, isSettled } = observed();
    const lease = await take();
    mood.loses = true;
    const steps = [step("0-0", "1-0"), step("1-0", "2-0"), step("2-0", "3-0")];
    await Promise.allSettled(steps.map((sent) => store.commit(lease, sent)));
    mood.loses = false;
    const answers = await Promise.all(steps.map((sent) => store.commit(lease, sent)));
    expect(answers.map(({ status }) => status)).toEqual(["moved", "moved", "already"]);
    expect([seen, isSettled()]).toEqual([["1-0", "2-0", "3-0"], true]);
  });

  it("tells of a lost step when the one behind it was applied", async () => {
    const { store, mood, seen, take } = observed();
    const lease = await take();
    mood.loses = true;
    await expect(store.commit(lease, step("0-0", "1-0"))).rejects.toThrow("no answer");
    mood.loses = false;
    await store.commit(lease, step("1-0", "2-0"));
    await store.commit(lease, step("0-0", "1-0"));
    expect(seen).toEqual(["1-0", "2-0"]);
  });

  it("counts a step whose answer was lost with the lease where the next lease begins at its end, and no other", async () => {
    const { inner, store, mood, seen, take, otherOwner } = observed();
    const lease = await take();
    mood.loses = true;
    await expect(store.commit(lease, step("0-0", "1-0"))).rejects.toThrow("no answer");
    mood.loses = false;
    expect(await inner.acquire(0, "b", 1_000, { takeOver: true })).toMatchObject({ status: "acquired" });
    expect(await store.commit(lease, step("1-0", "2-0"))).toEqual({ status: "fenced" });
    expect([seen, otherOwner()]).toEqual([[], "another hydrator"]);
    const next = await take();
    expect([seen, otherOwner()]).toEqual([["1-0"], undefined]);
    await store.commit(next, step("1-0", "3-0"));
    expect(seen).toEqual(["1-0", "3-0"]);
  });

  it("knows who holds the lease", async () => {
    const { inner, store, otherOwner } = observed();
    expect(otherOwner()).toBeUndefined();
    await inner.acquire(0, "host-1", 1_000);
    expect(await store.acquire(0, "a", 1_000)).toMatchObject({ status: "held" });
    expect(otherOwner()).toBe("host-1");
  });
});
