import { describe, expect, it } from "vitest";
import { CHANNELS } from "../../src/domain/channels.ts";
import type { SubstrateValues } from "../../src/domain/epoch/substrate.ts";
import { UnavailableError } from "../../src/domain/errors.ts";
import { fold } from "../../src/domain/hydration/fold.ts";
import { noEffects } from "../../src/domain/hydration/fold-effects.ts";
import { flowSnapshot } from "../../src/domain/hydration/snapshots.ts";
import { DEFAULT_HYDRATION_OPTIONS, HydrationState } from "../../src/domain/hydration/state.ts";
import { sampleEpoch, sampleGreeks, sampleQuote, sampleRecord, sampleTicker } from "../../src/testing/index.ts";
import { ChainValues } from "../../src/workers/hydrator/chain-values.ts";
import { EntryWriter, quoteEvent, SAMPLE_MS, tradeEvent } from "../support/entries.ts";
import { memoryPipeline } from "../support/pipeline.ts";

const T = SAMPLE_MS;
const sym = sampleTicker(0);

function ns(tMs: number): bigint {
  return BigInt(tMs) * 1_000_000n;
}

/** 4.00 x 4.20 at this time, and a delta of -0.4. */
function valuesAt(tMs: number, delta: number | null = -0.4): SubstrateValues {
  return {
    quote: sampleQuote({ quoteTsNs: ns(tMs), bid: 4, ask: 4.2, bidSize: 20, askSize: 50 }),
    greeks: sampleGreeks({ greeksTsNs: ns(tMs), delta }),
  };
}

async function open(values: SubstrateValues) {
  const pipeline = memoryPipeline();
  const { epochs, substrate, bus, clock, logger } = pipeline.ports;
  const draft = sampleEpoch(T, "a", { records: [sampleRecord(0, values)] });
  await epochs.stage(draft);
  await epochs.promote(null, draft.id);
  const failing = { isAway: false };
  const asked: string[] = [];
  const flaky: typeof substrate = Object.create(substrate, {
    records: {
      async value(epoch: string) {
        asked.push(epoch);
        if (failing.isAway) throw new UnavailableError("Cannot read records: the store must answer, it did not");
        return substrate.records(epoch);
      },
    },
  });
  const state = new HydrationState();
  const chains = new ChainValues({ substrate: flaky, epochs, bus, clock, logger });
  const writer = new EntryWriter();
  /** The record of a print of 10 at 4.20 that comes now. */
  const printAt = (tMs: number, change: Record<string, unknown> = {}) => {
    const effects = noEffects();
    const entry = writer.frame(tMs, [tradeEvent(tMs, { sym, p: 4.2, s: 10, ...change })]).entries.at(-1);
    if (entry === undefined) throw new RangeError("an entry was just written");
    fold(state, entry, effects);
    return effects.trades.at(-1);
  };
  return { ...pipeline, draft, failing, asked, state, chains, writer, printAt };
}

describe("ChainValues", () => {
  it("brings quote and delta of contracts that are not streamed, and their prints say so", async () => {
    const { chains, state, printAt } = await open(valuesAt(T - 40));
    await chains.readAll(state);
    expect(printAt(T)).toMatchObject({
      side: { side: "B", method: "stack:quote", quoteAgeMs: 40, quoteSource: "substrate" },
      delta: -0.4,
    });
    // Ten contracts of a put bought: its delta, 0.4 of a hundred each, sold in units of the underlying.
    expect(flowSnapshot(state, "SPX")?.day).toMatchObject({ delta_flow_units: -400, delta_missing_prints: 0 });
    printAt(T + 10, { c: [201] });
    expect(flowSnapshot(state, "SPX")?.day).toMatchObject({
      prints: 0,
      delta_flow_units: null,
      signed_contracts: null,
      expected_contracts: null,
      side_accuracy: null,
    });
  });

  it("leaves quotes of the substrate beside those of the stream", async () => {
    const { chains, state, writer, printAt } = await open(valuesAt(T - 40));
    await chains.readAll(state);
    writer.frame(T - 100, [quoteEvent(T - 100, { sym, bp: 4.3, ap: 4.5, bs: 20 })]);
    for (const entry of writer.entries) fold(state, entry, noEffects());
    expect(printAt(T)?.side).toMatchObject({ side: "S", quoteAgeMs: 100, quoteSource: "stream" });
  });

  it("says stale of a quote that is older than the substrate's may be, and has no delta that is too old or too new", async () => {
    const { chains, state, printAt } = await open(valuesAt(T));
    const { maxDeltaAgeMs } = DEFAULT_HYDRATION_OPTIONS;
    await chains.readAll(state);
    expect(printAt(T - maxDeltaAgeMs - 1)?.delta).toBeNull();
    expect(printAt(T - maxDeltaAgeMs)?.delta).toBe(-0.4);
    expect(printAt(T + 5_000)?.side.method).toBe("stack:quote");
    expect(printAt(T + 5_001)?.side).toMatchObject({ method: "none:stale", quoteAgeMs: 5_001 });
    expect(printAt(T + maxDeltaAgeMs)?.delta).toBe(-0.4);
    expect(printAt(T + maxDeltaAgeMs + 1)?.delta).toBeNull();
    const { delta_missing_prints, bought } = flowSnapshot(state, "SPX")?.day ?? {};
    expect([bought?.prints, delta_missing_prints]).toEqual([1, 0]);
  });

  it.each([null, 1.5, -1.01])("takes a delta of %d for missing", async (delta) => {
    const { chains, state, printAt } = await open(valuesAt(T - 40, delta));
    await chains.readAll(state);
    expect(printAt(T)?.delta).toBeNull();
    expect(flowSnapshot(state, "SPX")?.day).toMatchObject({ delta_flow_units: null, delta_missing_prints: 1 });
  });

  it("passes over quotes that are ahead of a delayed stream", async () => {
    const { chains, state, printAt } = await open(valuesAt(T + 900_000));
    printAt(T);
    await chains.readAll(state);
    const contract = state.contractOf(sym);
    expect(contract && state.historyOf(contract).quotes.size).toBe(0);
  });

  it("reads again when a chain was fetched, when something may have been missed, and after a minute", async () => {
    const { chains, state, asked, clock, ports, draft } = await open(valuesAt(T - 40));
    const stop = new AbortController();
    await chains.readAll(state);
    expect(chains.isDue).toBe(false);
    await chains.follow(stop.signal);
    expect(chains.isDue).toBe(true); // the first resync
    await chains.read(state);
    expect([chains.isDue, asked.length]).toEqual([false, 2]);

    await ports.bus.publish(CHANNELS.chainSnapshot, JSON.stringify({ symbol: "NDX", epoch: "NDX:1:a" }));
    expect(chains.isDue).toBe(true);
    await chains.read(state);
    expect([chains.isDue, asked.length]).toEqual([false, 2]);
    for (const body of [JSON.stringify({ symbol: "SPX" }), "no JSON", "null", "{}"]) {
      await ports.bus.publish(CHANNELS.chainSnapshot, body);
      await chains.read(state);
    }
    expect(asked.length).toBe(6);
    await clock.advance(59_999);
    expect(chains.isDue).toBe(false);
    await clock.advance(1);
    expect(chains.isDue).toBe(true);
    await chains.read(state);
    expect(asked.at(-1)).toBe(draft.id);
    stop.abort();
    await ports.bus.publish(CHANNELS.chainSnapshot, "{}");
    expect(chains.isDue).toBe(false);
  });

  it("goes on without a store that is away, and asks it again", async () => {
    const { chains, state, failing, clock, printAt } = await open(valuesAt(T - 40));
    failing.isAway = true;
    await chains.readAll(state);
    expect(printAt(T)?.side.method).toBe("none:no_quote");
    failing.isAway = false;
    expect(chains.isDue).toBe(false);
    await clock.advance(1_000);
    expect(chains.isDue).toBe(true);
    await chains.read(state);
    expect(printAt(T + 10)?.side.method).toBe("stack:quote");
  });
});
