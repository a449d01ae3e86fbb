import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { AssetClass } from "../../domain/instrument/resource.ts";
import { type Random, seededRandom } from "../../domain/random.ts";
import { Agenda } from "../market/agenda.ts";
import type { Market } from "../market/market.ts";
import { CONNECTED } from "../wire/status.ts";
import { Audience } from "./audience.ts";
import { loggedMessage, parseClientRequest, parseTopic } from "./client-request.ts";
import { Conditions } from "./conditions.ts";
import { Connection } from "./connection.ts";
import type { Fault } from "./fault.ts";
import { applyFault } from "./fault-desk.ts";
import { checkedFault } from "./fault-schedule.ts";
import { Listener } from "./listener.ts";
import { MarketFeed } from "./market-feed.ts";
import { AUTHENTICATION_TIMEOUT, GOING_AWAY } from "./protocol.ts";
import { drawFault, SURVIVABLE_FAULTS } from "./random-faults.ts";
import { ServerLog, type SimulatorLog } from "./server-log.ts";
import { Session } from "./session.ts";
import { type SimulatorOptions, type SimulatorSettings, simulatorSettings } from "./simulator-options.ts";

/** An open connection as it stands. */
export interface ConnectionView {
  readonly id: number;
  readonly assetClass: AssetClass;
  readonly isAuthenticated: boolean;
  readonly topics: readonly string[];
  /** Bytes that have not left this process. */
  readonly bufferedBytes: number;
}

/** A provider on this machine. */
export interface Simulator {
  /** `ws://127.0.0.1:N`, to which `/options`, `/stocks` or `/indices` is added. */
  readonly url: string;
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
 * Trades and quotes of options and of the funds' shares, and values of indices. Bars (`A`, `AM`) and price bands can be
 * subscribed to and never come. A market lists no new contracts: restart a simulator that is to run for days.
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
  readonly #random: Random;
  readonly #faultRandom: Random;
  readonly #audience = new Audience();
  readonly #conditions = new Conditions();
  readonly #agenda = new Agenda(0);
  readonly #connections = new Set<Connection>();
  readonly #feed: MarketFeed;
  readonly #session: Session;
  readonly #listener: Listener;
  readonly #stop = new AbortController();
  /** What the server's time is ahead of the clock's. */
  readonly #offsetMs: number;
  readonly #startedAt: number;
  #connected = 0;
  /** Restarts under way. */
  #outages = 0;
  #failure: { readonly error: unknown } | undefined;
  #running: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(settings: SimulatorSettings) {
    const { clock, seed, log, startMs, delayMs, host, port } = settings;
    this.#settings = settings;
    this.#random = seededRandom(seed);
    this.#faultRandom = this.#random.fork("faults");
    this.log = new ServerLog(log);
    this.#offsetMs = startMs - clock.now();
    this.#startedAt = clock.monotonic();
    this.#feed = new MarketFeed(startMs - delayMs, settings, this.#audience, this.log, this.#random);
    const context = {
      settings,
      audience: this.#audience,
      conditions: this.#conditions,
      connections: () => this.#connections,
      elapsedMs: () => this.#elapsedMs(),
      later: (delay: number, run: () => void) => this.#agenda.schedule(this.#elapsedMs() + delay, run),
    };
    this.#session = new Session(context);
    this.#listener = new Listener(host, port, (_request, response) => response.writeHead(404).end(), {
      admit: (assetClass) => {
        const isRefusing = this.#conditions.holds("refuse", assetClass, this.#elapsedMs());
        return isRefusing ? this.#conditions.refusal : "open";
      },
      opened: (assetClass, webSocket, socket) => this.#opened(assetClass, webSocket, socket),
      rejected: (path, why) => this.log.add({ kind: "rejected", atMs: clock.now(), path, why }),
    });
  }

  get port(): number {
    return this.#listener.port;
  }

  get url(): string {
    return `ws://${this.#settings.host}:${this.port}`;
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
    return [...this.#connections].map(({ id, assetClass, account, topics, bufferedBytes }) => ({
      id,
      assetClass,
      isAuthenticated: account !== undefined,
      topics: [...topics],
      bufferedBytes,
    }));
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
    const open = [...this.#connections];
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
    const open = [...this.#connections];
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

  #opened(assetClass: AssetClass, webSocket: WebSocket, socket: Duplex): void {
    const { settings, log } = { settings: this.#settings, log: this.log };
    const { clock, bufferBytes, frames, unkindness, authTimeoutMs } = settings;
    const id = ++this.#connected;
    const connection = new Connection(id, assetClass, webSocket, socket, {
      log,
      random: this.#random.fork(`connection ${id}`),
      now: () => clock.now(),
      elapsedMs: () => this.#elapsedMs(),
      bufferBytes,
      frames,
      mixesFrames: unkindness.mixedFrames,
      onEnd: (ended) => this.#leaveAll(ended),
    });
    this.#connections.add(connection);
    log.add({ kind: "connected", atMs: clock.now(), connection: id, assetClass });
    webSocket.on("error", () => undefined);
    webSocket.on("message", (data) => {
      if (connection.isOpen) this.#received(connection, String(data));
    });
    webSocket.once("close", (code, reason) => this.#closed(connection, code, String(reason)));
    connection.say([CONNECTED]);
    this.#agenda.schedule(this.#elapsedMs() + authTimeoutMs, () => {
      if (connection.account !== undefined) return;
      connection.end({ why: "no authentication", status: AUTHENTICATION_TIMEOUT });
    });
  }

  #received(connection: Connection, text: string): void {
    const request = parseClientRequest(text);
    const { id } = connection;
    this.log.add({
      kind: "received",
      atMs: this.#settings.clock.now(),
      connection: id,
      text: loggedMessage(text, request),
    });
    if (request !== undefined) this.#session.answer(connection, request);
  }

  #closed(connection: Connection, code: number, reason: string): void {
    this.#connections.delete(connection);
    connection.gone();
    this.log.add({
      kind: "closed",
      atMs: this.#settings.clock.now(),
      connection: connection.id,
      by: connection.ending === undefined ? "client" : "server",
      code,
      reason: connection.ending?.why ?? reason,
      undelivered: connection.undelivered,
    });
  }

  #leaveAll(connection: Connection): void {
    for (const topic of [...connection.topics]) {
      const parsed = parseTopic(topic);
      if (parsed !== undefined) this.#audience.leave(connection, parsed);
    }
  }

  #apply(fault: Fault): void {
    this.log.add({ kind: "fault", atMs: this.#settings.clock.now(), fault });
    applyFault(fault, {
      conditions: this.#conditions,
      connections: () => this.#connections,
      elapsedMs: () => this.#elapsedMs(),
      restart: (downMs) => {
        this.#restart(downMs).catch((error: unknown) => this.#fail(error));
      },
    });
  }

  async #restart(downMs: number): Promise<void> {
    const { signal } = this.#stop;
    this.#outages += 1;
    for (const connection of [...this.#connections]) connection.end({ why: "restart" });
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
