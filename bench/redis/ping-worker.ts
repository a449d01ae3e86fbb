/** A client that only asks whether the server is there, on a thread of its own, and tells how long the answers took. */
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { Redis } from "ioredis";

const { url } = workerData as { readonly url: string };
const client = new Redis(url);
await client.ping();
const latenciesMs: number[] = [];
let running = true;
parentPort?.once("message", () => {
  running = false;
});
parentPort?.postMessage("ready");
while (running) {
  const startedAtMs = performance.now();
  await client.ping();
  latenciesMs.push(performance.now() - startedAtMs);
  await sleep(1);
}
parentPort?.postMessage(latenciesMs);
client.disconnect();
