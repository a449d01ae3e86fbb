import { CHANNELS } from "../../../domain/channels.ts";
import { endsFetching } from "../../../domain/context/fetch-backoff.ts";
import { EXCHANGE_CALENDAR, TradingCalendar } from "../../../domain/market/trading-calendar.ts";
import type { BusMessage } from "../../../ports/message-bus.ts";
import { listen } from "../../listen.ts";
import { WorkGroup } from "../../work-group.ts";
import type { ChainWorkerConfig, ChainWorkerOptions, ChainWorkerPorts } from "./chain-worker-ports.ts";
import { SymbolChain } from "./symbol-chain.ts";

/** Exchanges tell of closings days ahead. */
const HOLIDAYS_EVERY_MS = 21_600_000;
const RETRY_MS = 60_000;
/** The worker whose heartbeat tells that a source streams. */
const SOURCE_WORKER = "ws";

/**
 * Fetches option chains and keeps the epochs that follow from them: which contracts there are, what they stand at, and for
 * how long that counts.
 *
 * For each symbol: the nearest expirations and the strikes around spot, fetched at a cadence that follows the provider; the
 * contracts as they came, and what the fetch was like; a new epoch where the contracts are others, or where one is forced;
 * the same epoch kept alive where they are the same, or where nothing can be fetched. A feed that brings nothing although
 * it should is met with a fetch, and then with a new epoch. What targeted sources want follows the active epochs.
 *
 * Each symbol has a heartbeat, `chain/SPX`. A worker runs once.
 *
 * @example
 * ```ts
 * const { config } = readConfig({ code: { chainSymbols: ["I:SPX"] } });
 * const rest = new MassiveRest({ apiKey: "key", clock: SYSTEM_CLOCK });
 * const memory = openMemory({ clock: SYSTEM_CLOCK });
 * const ports = { ...memory, chainProvider: rest, reference: rest };
 * await new ChainWorker(config, ports, { host: "host-1", pid: 4711 }).run(AbortSignal.timeout(10_000));
 * ```
 */
export class ChainWorker {
  readonly #ports: ChainWorkerPorts;
  readonly #symbols: readonly SymbolChain[];
  #calendar: TradingCalendar = EXCHANGE_CALENDAR;
  #isRunning = false;

  /**
   * @throws {RangeError} for a setting that is out of its limits.
   * @throws {TypeError} for a symbol that is none.
   */
  constructor(config: ChainWorkerConfig, ports: ChainWorkerPorts, options: ChainWorkerOptions) {
    this.#ports = ports;
    const surroundings = { calendar: () => this.#calendar, isLinkAlive: () => this.#isLinkAlive() };
    const byName = new Map(config.chainSymbols.map((underlying) => [underlying.replace(/^I:/, ""), underlying]));
    this.#symbols = [...byName.values()].map((underlying) => {
      return new SymbolChain(underlying, config, ports, options, surroundings);
    });
  }

  /**
   * Works until `signal` aborts.
   *
   * Rejects with the `RestError` of a provider that does not know the key (401) or whose plan lacks the chain (403), and with
   * the error of a store that refuses for good; the heartbeat of that symbol says `failed` then, and the others stop.
   *
   * @throws {TypeError} on a second call.
   */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#isRunning) throw new TypeError("Cannot run a chain worker: it must not have run before, it has");
    this.#isRunning = true;
    const group = new WorkGroup(signal);
    const commands = {
      channel: CHANNELS.chainCommand,
      what: "commands",
      hear: (message: BusMessage) => this.#hear(message),
    };
    const besides = group.attemptAll([listen(commands, this.#ports, group.signal), this.#learnHolidays(group.signal)]);
    await group.attemptAll(this.#symbols.map((symbol) => symbol.run(group.signal)));
    group.stop();
    await besides;
    group.throwFailure();
  }

  /** Makes a new epoch of a symbol's next chain, whether or not its geometry is another. @returns whether it is ours. */
  force(symbol: string): boolean {
    const chain = this.#symbols.find((one) => one.symbol === symbol.replace(/^I:/, ""));
    chain?.force();
    return chain !== undefined;
  }

  #hear(message: BusMessage): void {
    if (message.kind !== "message") return;
    const [command, symbol = "", ...rest] = message.body.trim().split(/\s+/);
    if (command === "force" && symbol !== "" && rest.length === 0) {
      if (!this.force(symbol)) this.#ports.logger.info("Heard a command for another worker", { symbol });
    } else this.#ports.logger.warn("Heard a command that is none", { command: message.body.slice(0, 100) });
  }

  /** Days that the provider tells of come before those of the rules. */
  async #learnHolidays(signal: AbortSignal): Promise<void> {
    const { clock, logger, reference } = this.#ports;
    while (!signal.aborted) {
      let waitMs = HOLIDAYS_EVERY_MS;
      try {
        const holidays = await reference.upcomingHolidays(signal);
        const ofStocks = holidays.filter(({ exchange }) => exchange === "NYSE");
        this.#calendar = new TradingCalendar(ofStocks);
      } catch (error) {
        if (signal.aborted) return;
        // The symbols find out themselves that the key is refused.
        if (!endsFetching(error)) waitMs = RETRY_MS;
        logger.warn("Cannot ask for holidays, going by the rules", { reason: String(error) });
      }
      await clock.sleep(waitMs, signal);
    }
  }

  async #isLinkAlive(): Promise<boolean> {
    const beats = await this.#ports.heartbeats.all();
    return beats.some(({ worker, status }) => worker === SOURCE_WORKER && status === "ok");
  }
}
