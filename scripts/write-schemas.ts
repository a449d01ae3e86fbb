/**
 * Writes the JSON Schema of each model's messages, one file a model:
 *
 *     node scripts/write-schemas.ts FOLDER
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gexModel, heatmapModel, modelJsonSchema } from "../src/index.ts";

const [folder, ...others] = process.argv.slice(2);
if (folder === undefined || others.length > 0) {
  console.error("Usage: node scripts/write-schemas.ts FOLDER");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
for (const schema of [modelJsonSchema(heatmapModel()), modelJsonSchema(gexModel())]) {
  writeFileSync(join(folder, `${schema.title}.json`), `${JSON.stringify(schema, null, 2)}\n`);
}
