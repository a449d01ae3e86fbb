import { type LogEntry, type Simulator, type SimulatorOptions, startSimulator } from "../../../src/simulator/index.ts";
import { until } from "../until.ts";

/** A server that keeps its whole log. */
export class LoggedSimulator {
  readonly simulator: Simulator;
  readonly #entries: LogEntry[] = [];
  /** Frames with events that were sent, by connection: the log is too long to be counted again and again. */
  readonly #dataFrames = new Map<number, number>();
  #latest = 0;

  private constructor(simulator: Simulator) {
    this.simulator = simulator;
    // Before the first connection there is nothing to account for.
    simulator.log.listen((entry) => {
      this.#entries.push(entry);
      if (entry.kind === "connected") this.#latest = entry.connection;
      if (entry.kind !== "frame" || entry.events === 0) return;
      this.#dataFrames.set(entry.connection, (this.#dataFrames.get(entry.connection) ?? 0) + 1);
    });
  }

  static async start(options: SimulatorOptions): Promise<LoggedSimulator> {
    const log = { payloads: "all", maxEntries: 1 } as const;
    return new LoggedSimulator(await startSimulator({ quotesPerTrade: 1, ...options, log }));
  }

  /** The log, oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** The latest connection; 0 before the first. */
  get latest(): number {
    return this.#latest;
  }

  /** Waits until so many further frames with events were sent, to one connection if given. */
  async flows(frames = 20, connection?: number): Promise<void> {
    const count = (): number => {
      if (connection !== undefined) return this.#dataFrames.get(connection) ?? 0;
      return [...this.#dataFrames.values()].reduce((sum, sent) => sum + sent, 0);
    };
    const before = count();
    await until(`${frames} further frames`, () => count() >= before + frames);
  }

  /** Waits until a subscription stands. */
  async subscribed(): Promise<void> {
    await until("a subscription", () => this.simulator.connections().some(({ topics }) => topics.length > 0));
  }
}
