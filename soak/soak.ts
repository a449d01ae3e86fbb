import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type FaultKind, startSimulator } from "../src/simulator/index.ts";
import { PlainStreams } from "../test/support/accounts/plain-streams.ts";
import { type AccountSums, SourceAccounts } from "../test/support/accounts/source-accounts.ts";
import { until } from "../test/support/until.ts";
import { type Watch, watchSamples } from "./leaks.ts";
import type { ProcessSample, SoakLine, SoakSourceOptions } from "./source-lines.ts";

export interface SoakOptions {
  readonly seconds: number;
  /** Option trades and quotes published in a second. */
  readonly eventsPerSecond: number;
  /** Mean time between two faults. */
  readonly faultEveryMs: number;
  readonly seed: number;
  readonly redis: { readonly url: string; readonly prefix: string };
  /** Hears how it goes. */
  readonly onSample?: (sample: ProcessSample) => void;
}

export interface SoakReport {
  readonly watches: readonly Watch[];
  /** What does not balance; none if all is well. */
  readonly findings: readonly string[];
  readonly sums: AccountSums;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  /** Rows that the host had. */
  readonly rows: number;
  readonly samples: readonly ProcessSample[];
}

const PROGRAM = fileURLToPath(new URL("./source.ts", import.meta.url));
const POLL_MS = 500;
const SAMPLES = 60;
/** To hydrate what is left and to close; one that takes longer is ended, and told as no orderly end. */
const LONGEST_END_MS = 60_000;
const KEPT_PRINTS = 500_000;

/**
 * Runs a source and its hydrator, in a process of their own, against a server that does something bad every few seconds;
 * then ends the server and the source, waits until all is hydrated, and settles the accounts.
 */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const { seconds, eventsPerSecond, faultEveryMs, seed, redis, onSample } = options;
  const accounts = new SourceAccounts();
  const faults: Partial<Record<FaultKind, number>> = {};
  const simulator = await startSimulator({
    seed,
    eventsPerSecond,
    quotesPerTrade: 1,
    randomFaults: { everyMs: faultEveryMs },
    log: { payloads: "all", maxEntries: 1 },
  });
  simulator.log.listen((entry) => {
    accounts.sent(entry);
    if (entry.kind === "fault") faults[entry.fault.kind] = (faults[entry.fault.kind] ?? 0) + 1;
  });
  const streams = new PlainStreams(redis.url, redis.prefix);
  const source: SoakSourceOptions = {
    redisUrl: redis.url,
    keyPrefix: redis.prefix,
    wsUrl: simulator.url,
    sampleMs: Math.max(1_000, (seconds * 1_000) / SAMPLES),
  };
  const child = spawn(process.execPath, ["--expose-gc", PROGRAM, JSON.stringify(source)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "close");
  const lines: SoakLine[] = [];
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = JSON.parse(text) as SoakLine;
    if (line.kind !== "log") lines.push(line);
    else if (line.reason === "maintenance") isNoticed = true;
    if (line.kind === "sample") onSample?.(line.sample);
  });
  let isNoticed = false;
  try {
    const endsAtMs = performance.now() + seconds * 1_000;
    while (performance.now() < endsAtMs && child.exitCode === null) {
      await sleep(POLL_MS);
      await streams.poll(accounts);
      accounts.forget(KEPT_PRINTS);
    }
    // Ended while it is connected, so that the accounts go to the very end.
    await until("a subscription", () => simulator.connections().some(({ topics }) => topics.length > 0));
    isNoticed = false;
    await simulator.close();
    await until("it notices", () => isNoticed || child.exitCode !== null);
    child.kill("SIGTERM");
    const impatience = setTimeout(() => child.kill("SIGKILL"), LONGEST_END_MS);
    await exited;
    clearTimeout(impatience);
    await streams.poll(accounts);
    const { findings, sums } = accounts.settle(await streams.hash("massive:ws:analytics"));
    const samples = lines.flatMap((line) => (line.kind === "sample" ? [line.sample] : []));
    const ended = lines.find((line) => line.kind === "ended");
    return {
      watches: [...watchSamples(samples), endWatch(ended), warningWatch(lines)],
      findings,
      sums,
      faults,
      rows: ended?.rows ?? 0,
      samples,
    };
  } finally {
    await simulator.close();
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await exited;
    streams.close();
  }
}

function endWatch(ended: Extract<SoakLine, { kind: "ended" }> | undefined): Watch {
  const { failure, before = {}, after = {} } = ended ?? { failure: "no orderly end" };
  const seen = failure ?? JSON.stringify(after);
  const allowed = JSON.stringify(before);
  return { what: "left when all is closed", seen, allowed, isGood: seen === allowed };
}

function warningWatch(lines: readonly SoakLine[]): Watch {
  const warnings = lines.flatMap((line) => (line.kind === "warning" ? [line.message] : []));
  const isGood = warnings.length === 0;
  return { what: "warnings of the runtime", seen: warnings.join("; ") || "none", allowed: "none", isGood };
}
