/** Prints what the project promises about speed and memory, as ratios measured side by side in this run. */
import Table from "cli-table3";
import { benchParsePayload } from "./parse-payload.ts";
import { benchReplay } from "./replay.ts";
import { benchReplayHeap } from "./replay-heap.ts";
import type { BenchResult } from "./result.ts";

const suites: readonly (() => Promise<readonly BenchResult[]>)[] = [benchParsePayload, benchReplay, benchReplayHeap];

const table = new Table({ head: ["path", "measured", "held against", "target", ""], style: { head: [], border: [] } });
for (const suite of suites) {
  for (const { path, measured, yardstick, target, reached } of await suite()) {
    table.push([path, measured, yardstick, target, reached === undefined ? "" : reached ? "reached" : "MISSED"]);
  }
}
console.log(`Node ${process.version} on ${process.platform} ${process.arch}`);
console.log(table.toString());
