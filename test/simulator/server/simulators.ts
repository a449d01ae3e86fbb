import { afterEach } from "vitest";
import { ManualClock } from "../../../src/adapters/memory/manual-clock.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../../src/simulator/index.ts";
import type { TestClient } from "./client.ts";

/** A simulator whose time stands still until a test moves it. */
export interface RunningSimulator {
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  /** Of the options socket. */
  readonly url: string;
}

const running: Simulator[] = [];

/** Starts a kind simulator, by default without a busy market; it is closed after the test. */
export async function started(options: SimulatorOptions = {}): Promise<RunningSimulator> {
  const clock = new ManualClock();
  const simulator = await startSimulator({ clock, kind: true, eventsPerSecond: 500, ...options });
  running.push(simulator);
  return { simulator, clock, url: `${simulator.url}/options` };
}

/** Closes what a test file's simulators leave open. */
export function closeAfterEach(): void {
  afterEach(async () => {
    for (const simulator of running.splice(0)) await simulator.close();
  });
}

/** Whether everything that the server handed to a socket has arrived there. */
export function hasAll(client: TestClient, simulator: Simulator, connection: number): boolean {
  return client.frames.length === simulator.log.frames(connection).length;
}
