import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { BenchResult } from "../result.ts";
import type { MemoryReport } from "./memory-client.ts";
import { withProvider } from "./provider.ts";
import { nowMs } from "./provider-protocol.ts";

const INSTRUMENTS = 10_000;
const EVENTS_PER_SEC = 10_000;
const SECONDS = 40;
const RSS_LIMIT_MIB = 256;
/** What counts as flat, MB. */
const GROWTH_LIMIT_MB = 2;

/** What a source takes of memory, in a process of its own, while many instruments are active: at half time and in the end. */
export async function benchMemory(): Promise<readonly BenchResult[]> {
  return withProvider(async (provider) => {
    const subscribed = provider.next("subscribed");
    const client = fork(fileURLToPath(new URL("./memory-client.ts", import.meta.url)), [provider.url], {
      execArgv: ["--expose-gc"],
    });
    const exited = once(client, "exit");
    await Promise.race([subscribed, exited]);
    const spec = { eventsPerTrade: 5, contracts: INSTRUMENTS, eventsPerFrame: 1 };
    const pace = { kind: "pace", spec, eventsPerSec: EVENTS_PER_SEC, seconds: SECONDS, baseMs: nowMs() } as const;
    const sending = provider.tell(pace, "sent");
    await sleep((SECONDS * 1_000) / 2);
    const half = await reportOf(client);
    const { events } = await sending;
    await sleep(500);
    const end = await reportOf(client);
    client.send("stop");
    await exited;
    if (end.instruments < INSTRUMENTS)
      throw new Error(`Cannot measure: only ${end.instruments} instruments were active`);
    const rssMib = end.rss / 2 ** 20;
    const grownMb = (end.heapUsed - half.heapUsed) / 1e6;
    const load = `${INSTRUMENTS / 1_000} k active instruments at ${EVENTS_PER_SEC / 1_000} k msg/s`;
    return [
      {
        path: `memory of a source and its host, ${load}`,
        measured: `at most ${rssMib.toFixed(0)} MiB (${end.rows} of ${events} events received in ${SECONDS} s)`,
        yardstick: "resident memory of the process",
        target: `< ${RSS_LIMIT_MIB} MiB`,
        reached: rssMib < RSS_LIMIT_MIB,
      },
      {
        path: "the heap of the same, from half time on",
        measured: `${grownMb.toFixed(1)} MB grown (${(half.heapUsed / 1e6).toFixed(1)} at half, ${(end.heapUsed / 1e6).toFixed(1)} in the end)`,
        yardstick: "the heap at half, both after a forced collection",
        target: `${GROWTH_LIMIT_MB} MB`,
        reached: Math.abs(grownMb) <= GROWTH_LIMIT_MB,
      },
    ];
  });
}

async function reportOf(client: ChildProcess): Promise<MemoryReport> {
  const answered = once(client, "message");
  client.send("report");
  const [report] = (await answered) as [MemoryReport];
  return report;
}
