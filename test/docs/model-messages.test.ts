import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gexModel, heatmapModel, MISSING_REASONS, modelJsonSchema, TILE_FLAGS, TILE_REASONS } from "../../src/index.ts";
import { codeIn, rowsOf } from "./wiring-tables.ts";

const page = readFileSync("docs/model-messages.md", "utf8");
const [frame = "", gex = "", heatmap = ""] = page.split(/^## /m).slice(1);

/** Names in code in the tables of a section, one each: `walls.call_wall_net` are two. */
function namedIn(...sections: readonly string[]): ReadonlySet<string> {
  const cells = sections.flatMap((text) => text.split("\n").filter((line) => line.startsWith("| ")));
  const names = cells.flatMap((line) => codeIn(line)).flatMap((code) => code.replace(/^…/, "").split("."));
  return new Set(names.filter((name) => /^[a-z_]+$/.test(name)));
}

/** Every name of a property in a JSON Schema. */
function propertiesOf(schema: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (typeof schema !== "object" || schema === null) return found;
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === "properties") for (const name of Object.keys(value)) found.add(name);
    propertiesOf(value, found);
  }
  return found;
}

describe("the page on model messages", () => {
  it.each([
    ["gex", modelJsonSchema(gexModel()), gex, []],
    ["heatmap", modelJsonSchema(heatmapModel()), heatmap, TILE_FLAGS],
  ])("has every field of %s, and none that is not there", (_, schema, section, values) => {
    const fields = propertiesOf(schema);
    const named = namedIn(frame, section);
    expect([...fields].filter((name) => !named.has(name))).toEqual([]);
    expect([...named].filter((name) => !fields.has(name) && !values.some((value) => value === name))).toEqual([]);
  });

  it("has every reason in its order, and the bits of the flags", () => {
    const column = (text: string, first: string) =>
      rowsOf(new Map([["page", text]]), first).map(({ cells }) => Object.values(cells));
    expect(column(gex, "reason").map(([reason]) => reason)).toEqual(MISSING_REASONS.map((name) => `\`${name}\``));
    expect(column(heatmap, "reason").map(([reason]) => reason)).toEqual(TILE_REASONS.map((name) => `\`${name}\``));
    expect(column(heatmap, "bit").map(([bit, flag]) => [bit, flag])).toEqual(
      TILE_FLAGS.map((name, index) => [String(1 << index), `\`${name}\``]),
    );
  });
});
