import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Simulator, startSimulator } from "../src/simulator/index.ts";
import type { BenchResult } from "./result.ts";

const RATE = 200_000;
const MEASURED_MS = 4_000;

/** The simulated provider at 200,000 events/s over a socket to another process, by the model and from a loop. */
export async function benchSimulator(): Promise<readonly BenchResult[]> {
  return [await serve("from the model", 0), await serve("from a loop of 1 s", 1_000)];
}

async function serve(how: string, loopMs: number): Promise<BenchResult> {
  const simulator = await startSimulator({
    eventsPerSecond: RATE,
    loopMs,
    quotesPerConnection: 1e6,
    bufferBytes: 1e9,
    market: { stockEventsPerSecond: 0, indexIntervalMs: 0 },
  });
  const folder = await mkdtemp(join(tmpdir(), "strikewire-bench-"));
  try {
    const topics = [...simulator.market.trueRates("Q").keys()].map((ticker) => `Q.${ticker}`);
    await writeFile(join(folder, "topics"), topics.join());
    const reader = fork(fileURLToPath(new URL("./simulator-reader.ts", import.meta.url)), [
      `${simulator.url}/options`,
      join(folder, "topics"),
    ]);
    while ((simulator.connections()[0]?.topics.length ?? 0) < topics.length) await sleep(100);
    const measured = await measure(simulator);
    await simulator.close();
    if (reader.exitCode === null) await once(reader, "exit");
    return {
      path: `simulate ${RATE / 1_000} k events/s ${how}, to one client`,
      measured: `${Math.round(measured.perSecond / 1_000)} k/s sent, with ${measured.cores.toFixed(2)} of a core`,
      yardstick: "",
      target: "",
      reached: undefined,
    };
  } finally {
    await simulator.close();
    await rm(folder, { recursive: true });
  }
}

async function measure(simulator: Simulator): Promise<{ readonly perSecond: number; readonly cores: number }> {
  const sent = simulator.log.totals().sent;
  const cpu = process.cpuUsage();
  const startedAtMs = performance.now();
  await sleep(MEASURED_MS);
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: (simulator.log.totals().sent - sent) / seconds, cores: (user + system) / 1e6 / seconds };
}
