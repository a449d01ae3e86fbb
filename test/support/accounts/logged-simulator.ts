import { type LogEntry, type Simulator, type SimulatorOptions, startSimulator } from "../../../src/simulator/index.ts";
import { until } from "../until.ts";

/** A server that keeps its whole log. */
export class LoggedSimulator {
  readonly simulator: Simulator;
  readonly entries: readonly LogEntry[];

  private constructor(simulator: Simulator, entries: readonly LogEntry[]) {
    this.simulator = simulator;
    this.entries = entries;
  }

  static async start(options: SimulatorOptions): Promise<LoggedSimulator> {
    const log = { payloads: "all", maxEntries: 1 } as const;
    const entries: LogEntry[] = [];
    const simulator = await startSimulator({ quotesPerTrade: 1, ...options, log });
    // Before the first connection there is nothing to account for.
    simulator.log.listen((entry) => entries.push(entry));
    return new LoggedSimulator(simulator, entries);
  }

  /** The latest connection. */
  get latest(): number {
    return this.entries.reduce((id, entry) => (entry.kind === "connected" ? entry.connection : id), 0);
  }

  /** Waits until so many further frames with prints were sent, to one connection if given. */
  async flows(frames = 20, connection?: number): Promise<void> {
    const count = (): number =>
      this.entries.filter((entry) => {
        if (entry.kind !== "frame" || entry.events === 0) return false;
        return connection === undefined || entry.connection === connection;
      }).length;
    const before = count();
    await until(`${frames} further frames`, () => count() >= before + frames);
  }

  /** Waits until a subscription stands. */
  async subscribed(): Promise<void> {
    await until("a subscription", () => this.simulator.connections().some(({ topics }) => topics.length > 0));
  }
}
