import { type Random, seededRandom } from "../../domain/random.ts";
import { Agenda } from "../market/agenda.ts";
import type { Market } from "../market/market.ts";
import { OpenInterest } from "../rest/open-interest.ts";
import { RestServer } from "../rest/rest-server.ts";
import { Audience } from "./audience.ts";
import { Clients, type ConnectionView } from "./clients.ts";
import { Conditions } from "./conditions.ts";
import type { Fault } from "./fault.ts";
import { applyFault } from "./fault-desk.ts";
import { checkedFault } from "./fault-schedule.ts";
import { Listener } from "./listener.ts";
import { MarketFeed } from "./market-feed.ts";
import { GOING_AWAY } from "./protocol.ts";
import { drawFault, SURVIVABLE_FAULTS } from "./random-faults.ts";
import { ServerLog, type SimulatorLog } from "./server-log.ts";
import { type SimulatorOptions, type SimulatorSettings, simulatorSettings } from "./simulator-options.ts";

/** A provider on this machine. */
export interface Simulator {
  /** `ws://127.0.0.1:N`, to which `/options`, `/stocks` or `/indices` is added. */
  readonly url: string;
  /** `http://127.0.0.1:N`, the base of the REST side. */
  readonly restUrl: string;
  readonly port: number;
  /** What it sent to whom, and what it did not. */
  readonly log: SimulatorLog;
  /** What it serves: contracts, true rates, spots. */
  readonly market: Market;
  connections(): readonly ConnectionView[];
  /** Makes something go wrong, now. @throws {TypeError} for a fault that is none. */
  inject(fault: Fault): void;
  /** Cuts every connection, closes the port, and opens it again after `downMs` (0) of the clock: resolves then. */
  restart(downMs?: number): Promise<void>;
  /**
   * Ends every connection with a close frame, at the latest after a second, and closes the port. Rejects where the
   * simulator failed while it ran.
   */
  close(): Promise<void>;
}

/**
 * Starts a server that behaves like the provider, as far as that is known: statuses and their wording, subscription
 * semantics, one connection for each class and account. It serves a seeded market; the same seed, steps of the clock and
 * behaviour of the clients give the same frames, byte for byte.
 *
 * Trades and quotes of options and of the funds' shares, values of indices, and the bars of all of them by second and
 * minute (`A`, `AM`). Price bands can be subscribed to and never come. The REST side on the same port shows what the stream
 * published: chains, spots, the contract list, the market's status. New expirations are not listed: restart a simulator that is to run for days.
 *
 * @throws {RangeError | TypeError} for options out of their limits. Rejects where the port is taken.
 * @example
 * ```ts
 * const simulator = await startSimulator({ eventsPerSecond: 200, badKeys: ["stolen"] });
 * const feed = new WebSocket(`${simulator.url}/options`);
 * // ...
 * simulator.inject({ kind: "cut" });
 * await simulator.close();
 * ```
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const server = new SimulatorServer(simulatorSettings(options));
  await server.start();
  return server;
}

class SimulatorServer implements Simulator {
  readonly log: ServerLog;
  readonly #settings: SimulatorSettings;
  readonly #faultRandom: Random;
  readonly #conditions = new Conditions();
  readonly #agenda = new Agenda(0);
  readonly #feed: MarketFeed;
  readonly #clients: Clients;
  readonly #rest: RestServer;
  readonly #listener: Listener;
  readonly #stop = new AbortController();
  /** What the server's time is ahead of the clock's. */
  readonly #offsetMs: number;
  readonly #startedAt: number;
  /** Restarts under way. */
  #outages = 0;
  #failure: { readonly error: unknown } | undefined;
  #running: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(settings: SimulatorSettings) {
    const { clock, seed, log, startMs, delayMs, host, port } = settings;
    this.#settings = settings;
    const random = seededRandom(seed);
    const audience = new Audience();
    this.#faultRandom = random.fork("faults");
    this.log = new ServerLog(log);
    this.#offsetMs = startMs - clock.now();
    this.#startedAt = clock.monotonic();
    this.#feed = new MarketFeed(startMs - delayMs, settings, audience, this.log, random);
    this.#clients = new Clients({
      settings,
      audience,
      conditions: this.#conditions,
      log: this.log,
      random,
      elapsedMs: () => this.#elapsedMs(),
      later: (delay, run) => this.#agenda.schedule(this.#elapsedMs() + delay, run),
    });
    const feed = this.#feed;
    this.#rest = new RestServer({
      settings,
      source: {
        market: feed.market,
        book: feed.book,
        openInterest: new OpenInterest(startMs - delayMs),
        hours: settings.hours,
        isDelayed: delayMs > 0,
        nowMs: () => feed.nowMs,
      },
      log: this.log,
      elapsedMs: () => this.#elapsedMs(),
      later: (delay, run) => this.#agenda.schedule(this.#elapsedMs() + delay, run),
      fail: (error) => this.#fail(error),
    });
    this.#listener = new Listener(host, port, (request, response) => this.#rest.handle(request, response), {
      admit: (assetClass) => {
        if (this.#stop.signal.aborted) return "drop";
        const isRefusing = this.#conditions.holds("refuse", assetClass, this.#elapsedMs());
        return isRefusing ? this.#conditions.refusal : "open";
      },
      opened: (assetClass, webSocket, socket) => this.#clients.add(assetClass, webSocket, socket),
      rejected: (path, why) => this.log.add({ kind: "rejected", atMs: clock.now(), path, why }),
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  get url(): string {
    return `ws://${this.#settings.host}:${this.port}`;
  }

  get restUrl(): string {
    return `http://${this.#settings.host}:${this.port}`;
  }

  get market(): Market {
    return this.#feed.market;
  }

  async start(): Promise<void> {
    await this.#listener.open();
    const { clock, schedule } = this.#settings;
    this.log.add({ kind: "started", atMs: clock.now(), url: this.url });
    for (const { atMs, fault } of schedule) this.#agenda.schedule(atMs, () => this.#apply(fault));
    this.#scheduleRandomFault();
    this.#running = this.#run().catch((error: unknown) => this.#fail(error));
  }

  connections(): readonly ConnectionView[] {
    return this.#clients.view();
  }

  inject(fault: Fault): void {
    this.#apply(checkedFault(fault));
  }

  async restart(downMs = 0): Promise<void> {
    this.log.add({ kind: "fault", atMs: this.#settings.clock.now(), fault: { kind: "restart", downMs } });
    await this.#restart(downMs);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    const open = this.#clients.all();
    for (const connection of open) connection.end({ why: "shutdown", code: GOING_AWAY, reason: "shutdown" });
    await Promise.all(open.map(({ closed }) => closed));
    await this.#listener.close();
    this.log.add({ kind: "stopped", atMs: this.#settings.clock.now(), url: this.url });
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #run(): Promise<void> {
    const { clock, tickMs } = this.#settings;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const startedAt = clock.monotonic();
      this.#tick();
      // A tick that took long leaves the sockets a turn all the same.
      await clock.sleep(Math.max(1, tickMs - (clock.monotonic() - startedAt)), signal);
    }
  }

  #tick(): void {
    const { clock, delayMs, skewMs } = this.#settings;
    const elapsedMs = this.#elapsedMs();
    this.#agenda.runUntil(elapsedMs);
    const open = this.#clients.all();
    for (const connection of open) connection.cork();
    const nowMs = clock.now() + this.#offsetMs - delayMs;
    this.#feed.advanceTo(nowMs, skewMs + this.#conditions.skewMs(elapsedMs));
    for (const connection of open) {
      connection.flush();
      connection.uncork();
    }
  }

  #elapsedMs(): number {
    return this.#settings.clock.monotonic() - this.#startedAt;
  }

  #apply(fault: Fault): void {
    this.log.add({ kind: "fault", atMs: this.#settings.clock.now(), fault });
    applyFault(fault, {
      conditions: this.#conditions,
      rest: this.#rest.faults,
      connections: () => this.#clients.all(),
      elapsedMs: () => this.#elapsedMs(),
      restart: (downMs) => {
        this.#restart(downMs).catch((error: unknown) => this.#fail(error));
      },
    });
  }

  async #restart(downMs: number): Promise<void> {
    const { signal } = this.#stop;
    this.#outages += 1;
    for (const connection of this.#clients.all()) connection.end({ why: "restart" });
    await Promise.all([this.#listener.close(), this.#settings.clock.sleep(downMs, signal)]);
    this.#outages -= 1;
    // Outages may overlap: the last one to end opens the port.
    if (this.#outages === 0 && !signal.aborted) await this.#listener.open();
  }

  /** Ends the simulator for a reason that `close` tells: nobody is to wait for a server that does nothing. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stop.abort();
    // Never rejects.
    void this.#listener.close();
  }

  #scheduleRandomFault(): void {
    const { randomFaults } = this.#settings;
    if (randomFaults === undefined) return;
    const random = this.#faultRandom;
    const delayMs = randomFaults.everyMs * (0.5 + random.next());
    this.#agenda.schedule(this.#elapsedMs() + delayMs, () => {
      this.#apply(drawFault(randomFaults.kinds ?? SURVIVABLE_FAULTS, random));
      this.#scheduleRandomFault();
    });
  }
}
