/** A source and a host in a process of their own, and nothing else: tells how much memory they take when it is asked. */
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { WsFeedConnector } from "../../src/adapters/ws/index.ts";
import { ConnectionManager } from "../../src/workers/source/connection-manager.ts";

/** What is told. */
export interface MemoryReport {
  readonly rows: number;
  readonly instruments: number;
  /** The most so far, bytes. */
  readonly rss: number;
  /** After a forced collection, bytes. */
  readonly heapUsed: number;
}

const SAMPLE_MS = 250;

const [wsUrl] = process.argv.slice(2);
const stop = new AbortController();
const instruments = new Set<string>();
let rows = 0;
let rss = 0;
const sampling = setInterval(() => {
  rss = Math.max(rss, process.memoryUsage.rss());
}, SAMPLE_MS);

process.on("message", (request) => {
  if (request === "stop") {
    stop.abort();
    return;
  }
  rss = Math.max(rss, process.memoryUsage.rss());
  globalThis.gc?.();
  const { heapUsed } = process.memoryUsage();
  process.send?.({ rows, instruments: instruments.size, rss, heapUsed } satisfies MemoryReport);
});

const manager = new ConnectionManager(
  { apiKey: "bench", ...(wsUrl === undefined ? {} : { wsUrl }), wsResources: ["options_trades", "options_quotes"] },
  { feed: new WsFeedConnector(), clock: SYSTEM_CLOCK },
);
for await (const batch of manager.run(stop.signal)) {
  rows += batch.rows.length;
  for (const row of batch.rows)
    instruments.add(row.type === "optionTrade" ? row.contract : row.type === "nbbo" ? row.instrument : row.symbol);
}
clearInterval(sampling);
process.disconnect();
