import { readFile } from "node:fs/promises";
import { SYSTEM_CLOCK } from "../../adapters/system/clock.ts";
import type { Hours } from "../../simulator/rest/market-hours.ts";
import { parseSchedule, type ScheduledFault } from "../../simulator/server/fault-schedule.ts";
import { type Simulator, startSimulator } from "../../simulator/server/simulator.ts";
import { errorMessage } from "../error-message.ts";
import { listenForInterruption } from "../interruption.ts";
import { printOut } from "../print-out.ts";
import { LogFile } from "./log-file.ts";
import { simulatorStatus } from "./simulator-status.ts";

/** The options of `strikewire simulate`, parsed. */
export interface SimulateFlags {
  readonly port: number;
  readonly rate: number;
  readonly quotesPerTrade: number;
  readonly seed: number;
  /** Contracts of the SPX chain, at least. */
  readonly chainSize?: number;
  readonly hours?: Hours;
  /** Length of the loop, in seconds. */
  readonly loop?: number;
  /** A file with a schedule. */
  readonly faults?: string;
  /** Mean time between random faults, in seconds. */
  readonly randomFaults?: number;
  readonly kind?: true;
  readonly delayed?: true;
  readonly badKey?: readonly string[];
  readonly log?: string;
}

const DELAY_MS = 900_000;

/** How often a line about the state is printed: soon at first, then rarely. */
const FIRST_STATUS_MS = 2_000;
const STATUS_MS = 10_000;

/**
 * Serves a simulated provider until it is told to stop.
 *
 * @returns 0: to be stopped is how it ends.
 * @throws where the port is taken, the schedule is wrong or the log cannot be written.
 */
export async function simulateCommand(flags: SimulateFlags): Promise<number> {
  const schedule = flags.faults === undefined ? [] : await readSchedule(flags.faults);
  const file = flags.log === undefined ? undefined : await LogFile.create(flags.log);
  const interruption = listenForInterruption();
  try {
    const simulator = await startSimulator({
      port: flags.port,
      seed: flags.seed,
      eventsPerSecond: flags.rate,
      quotesPerTrade: flags.quotesPerTrade,
      chainSize: flags.chainSize ?? 0,
      hours: flags.hours ?? "always",
      loopMs: 1_000 * (flags.loop ?? 0),
      badKeys: flags.badKey ?? [],
      kind: flags.kind === true,
      delayMs: flags.delayed ? DELAY_MS : 0,
      schedule,
      ...(flags.randomFaults === undefined ? {} : { randomFaults: { everyMs: 1_000 * flags.randomFaults } }),
      log: { maxEntries: 1_000, payloads: file === undefined ? "none" : "sent" },
    });
    if (file !== undefined) {
      for (const entry of simulator.log.entries()) file.append(entry);
      simulator.log.listen((entry) => file.append(entry));
    }
    try {
      await report(simulator, interruption.signal, file);
    } finally {
      await simulator.close();
    }
  } finally {
    interruption.dispose();
    await file?.close();
  }
  return 0;
}

async function report(simulator: Simulator, signal: AbortSignal, file: LogFile | undefined): Promise<void> {
  await printOut(`Listening at ${simulator.url}/{options,stocks,indices}\nand for requests at ${simulator.restUrl}\n`);
  let before = { atMs: SYSTEM_CLOCK.monotonic(), totals: simulator.log.totals() };
  let waitMs = FIRST_STATUS_MS;
  for (;;) {
    await Promise.race([SYSTEM_CLOCK.sleep(waitMs, signal), file?.failed ?? new Promise<never>(() => undefined)]);
    if (signal.aborted) return;
    const now = { atMs: SYSTEM_CLOCK.monotonic(), totals: simulator.log.totals() };
    await printOut(`${simulatorStatus(simulator.connections(), before, now)}\n`);
    before = now;
    waitMs = STATUS_MS;
  }
}

async function readSchedule(path: string): Promise<readonly ScheduledFault[]> {
  try {
    return parseSchedule(await readFile(path, "utf8"));
  } catch (cause) {
    throw new Error(`Cannot read the faults in "${path}": ${errorMessage(cause)}`, { cause });
  }
}
