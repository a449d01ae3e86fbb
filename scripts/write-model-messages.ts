/**
 * Writes the tables of fields in `docs/model-messages.md` anew, as the models' schemas describe them:
 *
 *     npm run model-messages
 */
import { readFileSync, writeFileSync } from "node:fs";
import { gexModel, heatmapModel, modelJsonSchema } from "../src/index.ts";
import { fieldTables, withFieldTables } from "./model-fields.ts";

const PAGE = "docs/model-messages.md";

const tables = fieldTables([gexModel(), heatmapModel()].map((model) => modelJsonSchema(model)));
writeFileSync(PAGE, withFieldTables(readFileSync(PAGE, "utf8"), tables));
