/** Prints what the project promises about speed and memory, as ratios measured side by side in this run. */
import Table from "cli-table3";
import { benchGeometry } from "./geometry.ts";
import { benchModels } from "./models.ts";
import { benchParsePayload } from "./parse-payload.ts";
import { benchBystander } from "./redis/bystander.ts";
import { benchChain } from "./redis/chain.ts";
import { benchHydration } from "./redis/hydration.ts";
import { benchPromotion } from "./redis/promotion.ts";
import { benchRawAppend } from "./redis/raw-append.ts";
import { benchSubstrate } from "./redis/substrate.ts";
import { benchReplay } from "./replay.ts";
import { benchReplayHeap } from "./replay-heap.ts";
import { benchRestPage } from "./rest-page.ts";
import type { BenchResult } from "./result.ts";
import { benchScheduler } from "./scheduler.ts";
import { benchSimulator } from "./simulator.ts";
import { benchLatency } from "./socket/latency.ts";
import { benchMemory } from "./socket/memory.ts";
import { benchHydratedSocket } from "./socket/redis.ts";
import { benchRows } from "./socket/rows.ts";
import { benchSocketSides } from "./socket/sides.ts";
import { benchTradeSide } from "./trade-side.ts";
import { benchTradeSideAccuracy } from "./trade-side-accuracy.ts";

/** By name: `npm run bench -- raw-append substrate` runs some of them. */
const suites: Readonly<Record<string, () => Promise<readonly BenchResult[]>>> = {
  "parse-payload": benchParsePayload,
  "rest-page": benchRestPage,
  replay: benchReplay,
  "replay-heap": benchReplayHeap,
  "raw-append": benchRawAppend,
  hydration: benchHydration,
  bystander: benchBystander,
  substrate: benchSubstrate,
  promotion: benchPromotion,
  chain: benchChain,
  scheduler: benchScheduler,
  geometry: benchGeometry,
  "trade-side": benchTradeSide,
  "trade-side-accuracy": benchTradeSideAccuracy,
  simulator: benchSimulator,
  "socket-rows": benchRows,
  "socket-sides": benchSocketSides,
  latency: benchLatency,
  memory: benchMemory,
  "socket-redis": benchHydratedSocket,
  models: benchModels,
};
const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => suites[name] === undefined);
if (unknown.length > 0) {
  throw new RangeError(
    `Cannot measure: one of ${Object.keys(suites).join(", ")} is required, current value is ${unknown.join(", ")}`,
  );
}

const table = new Table({ head: ["path", "measured", "held against", "target", ""], style: { head: [], border: [] } });
for (const [name, suite] of Object.entries(suites)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  for (const { path, measured, yardstick, target, reached } of await suite()) {
    table.push([path, measured, yardstick, target, reached === undefined ? "" : reached ? "reached" : "MISSED"]);
  }
}
console.log(`Node ${process.version} on ${process.platform} ${process.arch}`);
console.log(table.toString());
