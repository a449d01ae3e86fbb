import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fieldTables, modelFields, withFieldTables } from "../../scripts/model-fields.ts";
import { gexModel, heatmapModel, modelJsonSchema } from "../../src/index.ts";

const page = readFileSync("docs/model-messages.md", "utf8");
const schemas = [gexModel(), heatmapModel()].map((model) => modelJsonSchema(model));

describe("the page on model messages", () => {
  it("has the fields of the schemas in the schemas' words: npm run model-messages", () => {
    expect(withFieldTables(page, fieldTables(schemas))).toBe(page);
  });

  it("has a row of every name", () => {
    for (const { path } of schemas.flatMap((schema) => modelFields(schema))) {
      const [name = ""] = path.split(".").slice(-1);
      expect(page).toMatch(new RegExp(`^\\| \`(?:\\S*[….])?${name}\` \\| \\S.* \\|$`, "m"));
    }
  });

  it("refuses to write tables that it has no place for", () => {
    expect(() => withFieldTables("## gex\n\nNo table.\n", fieldTables(schemas).slice(1, 2))).toThrow(TypeError);
    expect(() => withFieldTables(page, [{ heading: "another", fields: [] }])).toThrow(TypeError);
  });
});

describe("the JSON Schemas of models", () => {
  it.each(schemas.map((schema) => [schema.title, schema] as const))("describe every field of %s", (_, schema) => {
    const fields = modelFields(schema);
    expect(fields.length).toBeGreaterThan(80);
    expect(fields.filter(({ description = "" }) => description === "").map(({ path }) => path)).toEqual([]);
  });
});
