import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { ModelDefinition } from "../../../../src/domain/model/definition/model-definition.ts";
import { modelMessageSchema } from "../../../../src/domain/model/definition/model-message.ts";
import { ModelRun, NO_RECORD_TIMES } from "../../../../src/domain/model/definition/model-run.ts";
import { AS_OF_MS, byContract, LIMITS, moment, record, values } from "./records.ts";

interface Traced {
  readonly calls: number;
  readonly changed: readonly string[] | null;
}

/** Tells how it was called. */
function traced(overrides: Partial<ModelDefinition<Traced, { calls: number }>> = {}) {
  const definition: ModelDefinition<Traced, { calls: number }> = {
    name: "traced",
    version: 3,
    inputs: ["spot", "quotes"],
    schema: z.object({ calls: z.int(), changed: z.array(z.string()).nullable() }),
    full: () => ({ data: { calls: 1, changed: null }, state: { calls: 1 } }),
    incremental(_, state, changed) {
      state.calls += 1;
      return { data: { calls: state.calls, changed: changed.map(({ terms }) => terms.contract) }, state };
    },
    ...overrides,
  };
  return { definition, run: new ModelRun(definition, LIMITS) };
}

const first = record("C", 6_850, values());
const records = byContract([first, record("P", 6_850, values())]);

describe("a model of a symbol", () => {
  it("is computed in full at first and for each epoch, else from what changed", () => {
    const { run, definition } = traced();
    const steps = [
      run.step(moment(records), []),
      run.step(moment(records), [first]),
      run.step(moment(records), []),
      run.step(moment(records, { epoch: "SPX:2:def" }), []),
      run.step(moment(records, { epoch: "SPX:2:def" }), null),
    ];
    expect(steps.map(({ kind }) => kind)).toEqual(["full", "incremental", "incremental", "full", "full"]);
    expect(steps.map(({ message }) => message.data)).toEqual([
      { calls: 1, changed: null },
      { calls: 2, changed: [first.terms.contract] },
      { calls: 3, changed: [] },
      { calls: 1, changed: null },
      { calls: 1, changed: null },
    ]);
    for (const { message } of steps) expect(modelMessageSchema(definition).parse(message)).toEqual(message);
  });

  it("says what it is, of what, from when", () => {
    const { run } = traced();
    expect(run.step(moment(records), null).message).toEqual({
      model: "traced",
      version: 3,
      symbol: "SPX",
      epoch: "SPX:1767812400:abc",
      ts: AS_OF_MS / 1_000,
      status: "live",
      reasons: [],
      spot_pts: 6_850,
      as_of: {
        spot_ts: (AS_OF_MS - 500) / 1_000,
        quotes: { oldest_ts: (AS_OF_MS - 1_000) / 1_000, newest_ts: (AS_OF_MS - 1_000) / 1_000, contracts: 2 },
        trades: { oldest_ts: (AS_OF_MS - 1_000) / 1_000, newest_ts: (AS_OF_MS - 1_000) / 1_000, contracts: 2 },
        greeks: { oldest_ts: (AS_OF_MS - 1_000) / 1_000, newest_ts: (AS_OF_MS - 1_000) / 1_000, contracts: 2 },
        open_interest: { oldest_day: "2026-01-07", newest_day: "2026-01-07", contracts: 2 },
      },
      contracts: 2,
      data: { calls: 1, changed: null },
    });
  });

  it("of old inputs is stale and has its data; of older ones it has none, and is computed in full when they are back", () => {
    const { run } = traced();
    const at = (spotAgeMs: number) => run.step(moment(records, { spotMs: AS_OF_MS - spotAgeMs }), []);
    const steps = [at(0), at(5_001), at(60_001), at(0)];
    expect(steps.map(({ kind }) => kind)).toEqual(["full", "incremental", "skipped", "full"]);
    expect(steps.map(({ message: { status, reasons, data } }) => [status, reasons, data === null])).toEqual([
      ["live", [], false],
      ["stale", ["spot_stale"], false],
      ["none", ["spot_too_old"], true],
      ["live", [], false],
    ]);
  });

  it("without an epoch is none", () => {
    const { run, definition } = traced();
    const { kind, message } = run.step(moment(new Map(), { epoch: null, times: NO_RECORD_TIMES }), null);
    expect([kind, message.status, message.reasons, message.data]).toEqual(["skipped", "none", ["no_epoch"], null]);
    expect(modelMessageSchema(definition).parse(message)).toEqual(message);
  });

  it("whose computation fails is none, with the error beside it, and is computed in full the next time", () => {
    let isBroken = false;
    const { run } = traced({
      incremental() {
        if (isBroken) throw new Error("broken");
        return { data: { calls: 2, changed: [] }, state: { calls: 2 } };
      },
    });
    run.step(moment(records), []);
    isBroken = true;
    const { kind, message, error } = run.step(moment(records), []);
    expect([kind, message.status, message.reasons, message.data]).toEqual(["failed", "none", ["failed"], null]);
    expect(error).toEqual(new Error("broken"));
    expect(run.step(moment(records), []).kind).toBe("full");
  });

  it.each([
    ["no number", Number.NaN],
    ["no finite number", Number.POSITIVE_INFINITY],
    ["no whole number", 0.5],
  ])("whose data are %s is not published", (_, calls) => {
    const { run } = traced({ full: () => ({ data: { calls, changed: null }, state: { calls: 0 } }) });
    const { kind, message, error } = run.step(moment(records), []);
    expect([kind, message.data]).toEqual(["failed", null]);
    expect(String(error)).toContain("Cannot publish a traced model: its data must pass its schema, 'calls'");
  });

  it("that cannot be computed incrementally is computed in full each time", () => {
    const { definition } = traced();
    const { incremental: _, ...fullOnly } = definition;
    const run = new ModelRun(fullOnly, LIMITS);
    expect([run.step(moment(records), []).kind, run.step(moment(records), [first]).kind]).toEqual(["full", "full"]);
  });
});

describe("the schema of a message", () => {
  it("refuses another model, another version, and data that are not its own", () => {
    const { run, definition } = traced();
    const schema = modelMessageSchema(definition);
    const { message } = run.step(moment(records), []);
    expect(schema.safeParse(message).success).toBe(true);
    for (const change of [{ model: "gex" }, { version: 2 }, { data: {} }, { status: "fine" }, { ts: null }]) {
      expect(schema.safeParse({ ...message, ...change }).success, JSON.stringify(change)).toBe(false);
    }
  });
});
