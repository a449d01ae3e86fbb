import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeModel } from "../../../../src/domain/context/model.ts";
import type { ModelDefinition } from "../../../../src/domain/model/definition/model-definition.ts";
import { modelMessageSchema } from "../../../../src/domain/model/definition/model-message.ts";
import { type ModelMoment, ModelRun } from "../../../../src/domain/model/definition/model-run.ts";
import { type GexData, gexModel } from "../../../../src/domain/model/gex/index.ts";
import { heatmapModel } from "../../../../src/domain/model/heatmap/index.ts";
import { AS_OF_MS, arbitraryRecord, byContract, LIMITS, moment, record, SPOT, TODAY, values } from "./records.ts";

const gex = gexModel({ repriceEveryMs: 0, dividendYield: () => 0.012 });
const heatmap = heatmapModel({ dividendYield: () => 0.012 });
const models: readonly (readonly [string, ModelDefinition])[] = [
  ["gex", gex],
  ["heatmap", heatmap],
];

const spots = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -60, max: 60 }).map((steps) => SPOT + steps / 4) },
  { weight: 1, arbitrary: fc.constantFrom(1e-6, 0.5, 1e9) },
);
const positions = fc.option(
  fc
    .array(fc.tuple(arbitraryRecord, fc.integer({ min: -500, max: 500 })), { maxLength: 8 })
    .map((entries) => new Map(entries.map(([one, contracts]) => [one.terms.contract, contracts / 3]))),
);

/** The message of a model made from scratch. */
function fromScratch(definition: ModelDefinition, at: ModelMoment) {
  return new ModelRun(definition, LIMITS).step(at, null);
}

describe.each(models)("%s", (_, definition) => {
  it("has only finite numbers and passes its schema, whatever the records hold", () => {
    let computed = 0;
    fc.assert(
      fc.property(
        fc.array(arbitraryRecord, { maxLength: 40 }),
        spots,
        positions,
        fc.integer({ min: 0, max: 70_000 }),
        (given, spotPts, dealerPositions, spotAgeMs) => {
          const at = moment(byContract(given), { spotPts, spotMs: AS_OF_MS - spotAgeMs, dealerPositions });
          const { kind, message, error } = fromScratch(definition, at);
          expect(error).toBeUndefined();
          if (kind === "full") computed += 1;
          // Refuses what JSON does not have, and reads back what a reader gets.
          const read: unknown = JSON.parse(encodeModel(message));
          expect(modelMessageSchema(definition).parse(read)).toEqual(read);
          expect(message.data === null).toBe(message.status === "none");
        },
      ),
      { numRuns: 300, seed: 7 },
    );
    expect(computed).toBeGreaterThan(100);
  });

  it.each(["2026-13-45", "2026-02-30", "", "0000-01-01", "9999-12-31"])(
    "has the others where one expires on %j",
    (expiration) => {
      const good = [record("C", SPOT, values()), record("P", SPOT, values())];
      const bad = record("C", SPOT + 5, values(), { expiration });
      const { message, error } = fromScratch(definition, moment(byContract([...good, bad])));
      expect(error).toBeUndefined();
      const read: unknown = JSON.parse(encodeModel(message));
      expect(modelMessageSchema(definition).parse(read)).toEqual(read);
      expect(JSON.stringify(read)).toContain(`"expiration":"${TODAY}"`);
    },
  );

  it("is the same however the records came, to the last bit, at one instant and spot", () => {
    let incremental = 0;
    fc.assert(
      fc.property(
        fc.array(arbitraryRecord, { minLength: 12, maxLength: 40 }),
        fc.array(fc.array(arbitraryRecord, { maxLength: 6 }), { minLength: 1, maxLength: 5 }),
        positions,
        (given, updates, dealerPositions) => {
          const records = new Map(byContract(given));
          const run = new ModelRun(definition, LIMITS);
          run.step(moment(records, { dealerPositions }), null);
          for (const update of updates) {
            // Within an epoch no contract comes.
            const changed = [...byContract(update).values()].filter(({ terms }) => records.has(terms.contract));
            for (const one of changed) records.set(one.terms.contract, one);
            const at = moment(records, { dealerPositions });
            const step = run.step(at, changed);
            if (step.kind === "incremental") incremental += 1;
            expect(JSON.stringify(step.message)).toBe(JSON.stringify(fromScratch(definition, at).message));
          }
        },
      ),
      { numRuns: 150, seed: 8 },
    );
    expect(incremental).toBeGreaterThan(100);
  });

  it("is the same when instant and spot moved on the way", () => {
    const steps = fc.record({
      afterMs: fc.integer({ min: 0, max: 25_000 }),
      spotPts: fc.integer({ min: -20, max: 20 }).map((points) => SPOT + points),
      update: fc.array(arbitraryRecord, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(
        fc.array(arbitraryRecord, { minLength: 12, maxLength: 40 }),
        fc.array(steps, { minLength: 1, maxLength: 5 }),
        (given, updates) => {
          const records = new Map(byContract(given));
          const run = new ModelRun(definition, LIMITS);
          let asOfMs = AS_OF_MS;
          run.step(moment(records), null);
          for (const { afterMs, spotPts, update } of updates) {
            asOfMs += afterMs;
            const changed = [...byContract(update).values()].filter(({ terms }) => records.has(terms.contract));
            for (const one of changed) records.set(one.terms.contract, one);
            const at = moment(records, { asOfMs, spotPts, spotMs: asOfMs });
            expect(withoutRepricedTs(run.step(at, changed).message)).toBe(
              withoutRepricedTs(fromScratch(definition, at).message),
            );
          }
        },
      ),
      { numRuns: 100, seed: 9 },
    );
  });
});

/** When flips were computed may be earlier, where nothing that they follow from has changed since. */
function withoutRepricedTs(message: object): string {
  return JSON.stringify(message, (name, value) => (name === "repriced" ? { ...value, ts: 0 } : value));
}

/** Adds up numbers in their order, passing over what does not count. */
function sum(amounts: readonly (number | null)[]): number | null {
  const known = amounts.filter((amount) => amount !== null);
  return known.length === 0 ? null : known.reduce((total, amount) => total + amount);
}

const AMOUNTS = ["gex_usd_per_pct", "vex_usd_per_vol_point", "chex_usd_per_day", "delta_to_close_usd"] as const;

describe("gex", () => {
  it("has cells whose sums are the series, whose sums are the totals, to the last bit", () => {
    fc.assert(
      fc.property(fc.array(arbitraryRecord, { minLength: 5, maxLength: 60 }), positions, (given, dealerPositions) => {
        const data = fromScratch(gex, moment(byContract(given), { dealerPositions })).message.data as GexData | null;
        for (const basis of data === null ? [] : [data.open_interest, data.volume, data.flow]) {
          if (basis === null) continue;
          for (const name of AMOUNTS) {
            for (const side of ["calls", "puts"] as const) {
              expect(basis.cells.map((cells) => sum(cells[name][side]))).toEqual(
                basis.by_series.map((series) => series[name][side]),
              );
              expect(sum(basis.by_series.map((series) => series[name][side]))).toEqual(basis.totals[name][side]);
            }
            const { calls, puts, net } = basis.totals[name];
            expect(net).toEqual(sum([calls, puts]));
          }
          expect(basis.by_series.map(({ root, expiration }) => [root, expiration])).toEqual(
            basis.cells.map(({ root, expiration }) => [root, expiration]),
          );
        }
      }),
      { numRuns: 100, seed: 10 },
    );
  });

  it("counts every contract once, used or missing with its reason", () => {
    fc.assert(
      fc.property(fc.array(arbitraryRecord, { minLength: 1, maxLength: 60 }), (given) => {
        const records = byContract(given);
        const data = fromScratch(gex, moment(records)).message.data as GexData | null;
        if (data === null) return;
        expect(Object.values(data.greeks).reduce((total, count) => total + count)).toBe(records.size);
        for (const { counts } of [data.open_interest, data.volume]) {
          expect(counts.contracts).toBe(records.size);
          for (const name of AMOUNTS) {
            const missing = Object.values(counts[name].missing).reduce((total, count) => total + count);
            expect(counts[name].used + missing).toBe(records.size);
          }
        }
      }),
      { numRuns: 50, seed: 11 },
    );
  });
});
