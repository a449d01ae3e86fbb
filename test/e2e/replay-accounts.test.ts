import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { openMemory } from "../../src/adapters/memory/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import type { ContractTotals } from "../../src/domain/hydration/effects.ts";
import type { CaptureTruth } from "../../src/simulator/index.ts";
import { caughtUp } from "../../src/workers/hydrator/caught-up.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";
import { ReplayWorker } from "../../src/workers/replay/replay-worker.ts";
import { captureOf } from "../support/capture.ts";

/** What the generator of the bundled capture knows, which never saw our parser, ledger or fold. */
const truth: CaptureTruth = JSON.parse(readFileSync("captures/synthetic.truth.json", "utf8"));

async function replayBundledCapture() {
  const lines = readFileSync("captures/synthetic.jsonl", "utf8").trimEnd().split("\n");
  const records = lines.map((line) => {
    const { ts, payload }: { ts: number; payload: string } = JSON.parse(line);
    return { kind: "frame", receivedAtMs: Math.round(ts * 1_000), payload } as const;
  });
  const memory = openMemory({ clock: SYSTEM_CLOCK });
  const stop = new AbortController();
  const hydrating = new WsHydrator(memory, { owner: "test" }).run(stop.signal);
  await new ReplayWorker({ ...memory, capture: captureOf(records, 100) }, { producer: "test" }).run(stop.signal);
  await caughtUp(memory, 0, stop.signal);
  stop.abort();
  await hydrating;
  const streams = await memory.store.tradeStreams();
  const trades = await Promise.all(streams.map((stream) => memory.store.trades(stream, 100_000)));
  return {
    counters: await memory.store.counters(),
    totals: (await memory.store.checkpoint(0)).totals,
    trades: trades.flat(),
    gaps: await memory.store.gaps(100),
    quarantine: await memory.store.quarantine(100),
  };
}

/** Sums by underlying and expiration in the shape of the truth. */
function counted(totals: readonly ContractTotals[]) {
  const sums: Record<string, Record<string, { prints: number; contracts: number; premiumMicropoints: string }>> = {};
  for (const { underlying, expiration, prints, contracts, premiumMicros } of totals) {
    const expirations = sums[underlying] ?? {};
    sums[underlying] = expirations;
    const sum = expirations[expiration] ?? { prints: 0, contracts: 0, premiumMicropoints: "0" };
    expirations[expiration] = {
      prints: sum.prints + prints,
      contracts: sum.contracts + contracts,
      premiumMicropoints: String(BigInt(sum.premiumMicropoints) + BigInt(premiumMicros)),
    };
  }
  return sums;
}

describe("the bundled capture", () => {
  let replayed: Awaited<ReturnType<typeof replayBundledCapture>>;
  beforeAll(async () => {
    replayed = await replayBundledCapture();
  });

  it("is counted frame by frame and event by event as its generator counted it", () => {
    const { frames, malformed, ...rest } = truth;
    const badFrames = Object.values(malformed.frames).reduce((sum, count) => sum + count, 0);
    const badEvents = Object.values(malformed.events).reduce((sum, count) => sum + count, 0);
    expect(replayed.counters).toMatchObject({
      frames,
      events: rest.events,
      trades: rest.trades,
      quotes: rest.quotes,
      statuses: rest.statuses,
      other: Object.values(rest.other).reduce((sum, count) => sum + count, 0),
      invalid: badFrames + badEvents,
      duplicates: rest.duplicates,
      late: rest.lateRows.trades + rest.lateRows.quotes,
      late_reports: rest.lateReports,
      cancels: rest.cancels.matched + rest.cancels.unmatched,
      unmatched_cancels: rest.cancels.unmatched,
      repeated: 0,
    });
  });

  it("has the generator's prints, contracts and premium for each underlying and expiration, to the last unit", () => {
    expect(counted(replayed.totals)).toEqual(truth.counted);
  });

  it("has each of its trades in a stream, marked as what it is", () => {
    expect(replayed.trades).toHaveLength(truth.trades);
    const withFlag = (flag: string): number =>
      replayed.trades.filter(({ flags }) => flags.some((name) => name === flag)).length;
    expect(withFlag("dup")).toBe(truth.duplicates);
    expect(withFlag("multi")).toBe(truth.multiLegPrints);
    expect(withFlag("unmatched")).toBe(truth.cancels.unmatched);
    expect(replayed.trades.filter(({ cancelsTsNs }) => cancelsTsNs !== undefined)).toHaveLength(truth.cancels.matched);
  });

  it("shows its one reconnect as one gap, and every refusal with its reason and its text", () => {
    const { gaps, quarantine } = replayed;
    expect(gaps.filter(({ cause }) => cause === "disconnect")).toHaveLength(truth.connections - 1);
    expect(quarantine).toHaveLength(6);
    for (const { reason, payload, receivedAtMs } of quarantine) {
      expect(reason).toMatch(/^Cannot parse .*must be/);
      expect(payload).not.toBe("");
      expect(gaps.some(({ cause, fromAtMs }) => cause === "quarantine" && fromAtMs === receivedAtMs)).toBe(true);
    }
  });
});
