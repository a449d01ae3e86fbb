import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { encodeModel } from "../../src/domain/context/model.ts";
import { type ModelJsonSchema, modelJsonSchema } from "../../src/domain/model/definition/model-message.ts";
import { ModelRun } from "../../src/domain/model/definition/model-run.ts";
import { gexModel } from "../../src/domain/model/gex/index.ts";
import { heatmapModel } from "../../src/domain/model/heatmap/index.ts";
import { byContract, LIMITS, moment, record, values } from "../domain/model/definition/records.ts";

const require = createRequire(`${process.cwd()}/x.js`);

/** As a user's program finds it, by the package's own name. */
function published(name: string): ModelJsonSchema {
  return require(`strikewire/schemas/${name}.json`);
}

const models = [heatmapModel(), gexModel()] as const;

describe.each(models.map((definition) => [definition.name, definition] as const))(
  "the JSON Schema of %s messages",
  (name, definition) => {
    const run = new ModelRun<object>(definition, LIMITS);
    const records = byContract(
      (["C", "P"] as const).flatMap((right) => [6_840, 6_850, 6_860].map((strike) => record(right, strike, values()))),
    );
    const { message } = run.step(moment(records), null);
    const text = encodeModel(message);
    const schema = z.fromJSONSchema(published(name));

    it("is in the package, and is that of the code", () => {
      expect(published(name)).toEqual(JSON.parse(JSON.stringify(modelJsonSchema(definition))));
      expect(published(name)).toMatchObject({ title: name, $schema: "https://json-schema.org/draft/2020-12/schema" });
    });

    it("allows what is published, and fields that a later version may add", () => {
      expect(message.data).not.toBeNull();
      expect(schema.safeParse(JSON.parse(text)).error).toBeUndefined();
      expect(schema.safeParse({ ...JSON.parse(text), more: 1 }).error).toBeUndefined();
      expect(schema.safeParse({ ...JSON.parse(text), data: null, status: "none" }).error).toBeUndefined();
    });

    it("refuses another model, another version, and what lacks a field at any depth", () => {
      const without = (field: string): unknown => {
        return JSON.parse(text, (key, value) => (key === field ? undefined : value));
      };
      for (const change of [{ model: "other" }, { version: 2 }, { ts: "now" }]) {
        expect(schema.safeParse({ ...JSON.parse(text), ...change }).success, JSON.stringify(change)).toBe(false);
      }
      for (const field of ["epoch", "spot_ts", "rate", name === "gex" ? "walls" : "mid_pts"]) {
        expect(schema.safeParse(without(field)).success, field).toBe(false);
      }
    });
  },
);
