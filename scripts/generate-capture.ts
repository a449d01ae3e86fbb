/**
 * Writes a synthetic capture, and beside it what its generator knows about it and the chains of its market near its end:
 *
 *     node scripts/generate-capture.ts PATH.jsonl [--seed N] [--frames N]
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { BUNDLED_FRAMES, BUNDLED_SEED, generateCapture, generateChains } from "../src/simulator/index.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string" }, frames: { type: "string" } },
});
const [path] = positionals;
if (path === undefined || positionals.length > 1 || !path.endsWith(".jsonl")) {
  console.error("Usage: node scripts/generate-capture.ts PATH.jsonl [--seed N] [--frames N]");
  process.exit(2);
}
const seed = Number(values.seed ?? BUNDLED_SEED);
const { lines, truth } = generateCapture({ seed, frames: Number(values.frames ?? BUNDLED_FRAMES) });
const truthPath = path.replace(/\.jsonl$/, ".truth.json");
const chainsPath = path.replace(/\.jsonl$/, ".chain.jsonl");
writeFileSync(path, `${lines.join("\n")}\n`);
writeFileSync(truthPath, `${JSON.stringify(truth, null, 2)}\n`);
writeFileSync(chainsPath, `${generateChains(seed).join("\n")}\n`);
console.log(
  `${path}: ${truth.frames} frames, ${truth.trades} trades, ${truth.quotes} quotes; ${truthPath}, ${chainsPath}`,
);
