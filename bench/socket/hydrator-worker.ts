/** A hydrator on a thread of its own, with its own connection to Redis: told "start", "stop" and "close". */
import { parentPort, workerData } from "node:worker_threads";
import { openRedis } from "../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";

export type HydratorCommand = "start" | "stop" | "close";

const { url } = workerData as { readonly url: string };
const ports = openRedis({ url, clock: SYSTEM_CLOCK });
let stop = new AbortController();
let hydrating = Promise.resolve();

parentPort?.on("message", (command: HydratorCommand) => {
  void obey(command);
});

async function obey(command: HydratorCommand): Promise<void> {
  if (command === "start") {
    stop = new AbortController();
    hydrating = new WsHydrator(ports, { owner: "bench" }).run(stop.signal);
    return;
  }
  stop.abort();
  await hydrating;
  if (command === "stop") {
    parentPort?.postMessage("stopped");
    return;
  }
  await ports.close();
  parentPort?.close();
}
