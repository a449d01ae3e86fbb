import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { AssetClass } from "../../domain/instrument/resource.ts";
import type { Random } from "../../domain/random.ts";
import { CONNECTED } from "../wire/status.ts";
import type { Audience } from "./audience.ts";
import { loggedMessage, parseClientRequest, parseTopic } from "./client-request.ts";
import type { Conditions } from "./conditions.ts";
import { Connection } from "./connection.ts";
import { AUTHENTICATION_TIMEOUT } from "./protocol.ts";
import type { ServerLog } from "./server-log.ts";
import { Session } from "./session.ts";
import type { SimulatorSettings } from "./simulator-options.ts";

/** What the clients of a server share. */
export interface ClientsContext {
  readonly settings: SimulatorSettings;
  readonly audience: Audience;
  readonly conditions: Conditions;
  readonly log: ServerLog;
  /** Each connection's own chance comes from here. */
  readonly random: Random;
  /** Ms since the server's start. */
  readonly elapsedMs: () => number;
  /** Does something later on the server's clock. */
  readonly later: (delayMs: number, run: () => void) => void;
}

/** An open connection as it stands. */
export interface ConnectionView {
  readonly id: number;
  readonly assetClass: AssetClass;
  readonly isAuthenticated: boolean;
  readonly topics: readonly string[];
  /** Bytes that have not left this process. */
  readonly bufferedBytes: number;
}

/** Everybody who is connected, from the first word to the last. */
export class Clients {
  readonly #context: ClientsContext;
  readonly #session: Session;
  readonly #open = new Set<Connection>();
  #connected = 0;

  constructor(context: ClientsContext) {
    this.#context = context;
    this.#session = new Session({ ...context, connections: () => this.#open });
  }

  /** Oldest first; those that are ending are among them until their sockets are gone. */
  all(): readonly Connection[] {
    return [...this.#open];
  }

  view(): readonly ConnectionView[] {
    return this.all().map(({ id, assetClass, account, topics, bufferedBytes }) => ({
      id,
      assetClass,
      isAuthenticated: account !== undefined,
      topics: [...topics],
      bufferedBytes,
    }));
  }

  /** Takes in a new socket. */
  add(assetClass: AssetClass, webSocket: WebSocket, socket: Duplex): void {
    const { settings, log, random, elapsedMs, later } = this.#context;
    const { clock, bufferBytes, frames, unkindness, authTimeoutMs } = settings;
    const id = ++this.#connected;
    const connection = new Connection(id, assetClass, webSocket, socket, {
      log,
      random: random.fork(`connection ${id}`),
      now: () => clock.now(),
      elapsedMs,
      bufferBytes,
      frames,
      mixesFrames: unkindness.mixedFrames,
      onEnd: (ended) => this.#leaveAll(ended),
    });
    this.#open.add(connection);
    log.add({ kind: "connected", atMs: clock.now(), connection: id, assetClass });
    // What a socket fails with shows in how it closes.
    webSocket.on("error", () => undefined);
    webSocket.on("message", (data) => {
      if (connection.isOpen) this.#received(connection, String(data));
    });
    webSocket.once("close", (code, reason) => this.#closed(connection, code, String(reason)));
    connection.say([CONNECTED]);
    later(authTimeoutMs, () => {
      if (connection.account !== undefined || !connection.isOpen) return;
      connection.end({ why: "no authentication", status: AUTHENTICATION_TIMEOUT });
    });
  }

  #received(connection: Connection, text: string): void {
    const { settings, log } = this.#context;
    const request = parseClientRequest(text);
    log.add({
      kind: "received",
      atMs: settings.clock.now(),
      connection: connection.id,
      text: loggedMessage(text, request),
    });
    if (request !== undefined) this.#session.answer(connection, request);
  }

  #closed(connection: Connection, code: number, reason: string): void {
    const { settings, log } = this.#context;
    this.#open.delete(connection);
    connection.gone();
    log.add({
      kind: "closed",
      atMs: settings.clock.now(),
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
      if (parsed !== undefined) this.#context.audience.leave(connection, parsed);
    }
  }
}
