/** Hydrates until it is ended, and prints what it logs: a test does to it what happens to processes. */
import { openRedis } from "../../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system/index.ts";
import type { WsHydratorOptions } from "../../../src/workers/hydrator/options.ts";
import { WsHydrator } from "../../../src/workers/hydrator/ws-hydrator.ts";

/** The one argument, as JSON. */
export interface HydratorProcessOptions {
  readonly url: string;
  readonly keyPrefix: string;
  readonly hydrator: WsHydratorOptions;
}

const { url, keyPrefix, hydrator }: HydratorProcessOptions = JSON.parse(process.argv[2] ?? "{}");
const print = (message: string): void => {
  process.stdout.write(`${message}\n`);
};
const logger = { debug: print, info: print, warn: print, error: print };
// The pipe closes with the process that started this one.
process.stdin.on("end", () => process.exit()).resume();
await new WsHydrator(openRedis({ url, keyPrefix, clock: SYSTEM_CLOCK, logger }), hydrator).run(
  new AbortController().signal,
);
