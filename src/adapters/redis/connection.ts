import type { Redis } from "ioredis";
import { ClosedError, isStrikewireError, UnavailableError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { parseRedisUrl, type RedisAddress } from "./address.ts";
import type { RedisConnectionOptions, RedisConnectionState } from "./connection-options.ts";
import { type DialOptions, dial } from "./dial.ts";
import { RedisKeys } from "./keys.ts";
import { translateError } from "./reply-errors.ts";
import type { RedisScript } from "./script.ts";

/** How long to wait for the last answers when a connection is closed. */
const QUIT_MS = 2_000;

/** A command: its name, then its arguments. */
export type RedisCommand = readonly [name: string, ...args: (string | number)[]];

/**
 * The way to one Redis: connects, connects again when the link is lost, and runs commands while it stands. A command is
 * sent once and never queued: while there is no link it fails at once, and where the link breaks before the answer it
 * fails with an `UnavailableError`, its outcome unknown. Who needs it done repeats it.
 */
export class RedisConnection {
  readonly keys: RedisKeys;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names the server, without credentials. */
  readonly label: string;
  readonly commandTimeoutMs: number;
  readonly #address: RedisAddress;
  readonly #dialing: DialOptions;
  readonly #reconnectMs: number;
  readonly #reconnectMaxMs: number;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(state: RedisConnectionState) => void>();
  readonly #running: Promise<void>;
  /** Connections that wait or listen. */
  readonly #others = new Set<Redis>();
  #client: Redis | undefined;
  #state: RedisConnectionState;

  /**
   * Begins to connect; `ready()` tells when it did.
   *
   * @throws {TypeError} for a URL that is none of Redis.
   */
  constructor(options: RedisConnectionOptions) {
    this.#address = parseRedisUrl(options.url);
    this.label = this.#address.label;
    this.keys = new RedisKeys(options.keyPrefix ?? "");
    this.clock = options.clock;
    this.logger = options.logger;
    this.commandTimeoutMs = options.commandTimeoutMs ?? 5_000;
    this.#dialing = {
      connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
      commandTimeoutMs: this.commandTimeoutMs,
      connectionName: options.connectionName ?? "strikewire",
      keyPrefix: options.keyPrefix ?? "",
      tls: options.tls,
    };
    this.#reconnectMs = options.reconnectMs ?? 50;
    this.#reconnectMaxMs = options.reconnectMaxMs ?? 2_000;
    this.#state = { kind: "connecting", sinceMs: this.clock.now(), attempts: 0, error: undefined };
    this.#running = this.#run();
  }

  get state(): RedisConnectionState {
    return this.#state;
  }

  /** Has `hear` called with every change of the state; the function returned takes that back. */
  onState(hear: (state: RedisConnectionState) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  /**
   * Resolves when commands can be sent. Waits for a server that is not there for as long as it takes.
   *
   * Rejects with the coded error of a server that refuses us, with a `ClosedError` after `close()`, and with the reason
   * of an aborted `signal`.
   */
  async ready(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const settle = (end: () => void): void => {
        forget();
        signal?.removeEventListener("abort", abort);
        end();
      };
      const look = (state: RedisConnectionState): void => {
        if (state.kind === "ready") settle(resolve);
        else if (state.kind === "refused") settle(() => reject(state.error));
        else if (state.kind === "closed") settle(() => reject(new ClosedError("connect to Redis")));
      };
      const abort = (): void => settle(() => reject(signal?.reason));
      const forget = this.onState(look);
      signal?.addEventListener("abort", abort, { once: true });
      look(this.#state);
    });
  }

  /** Sends one command. @param action completes "Cannot ...". */
  async command(action: string, ...[name, ...args]: RedisCommand): Promise<unknown> {
    const client = this.#current(action);
    try {
      return await client.call(name, ...args);
    } catch (error) {
      throw this.#failure(action, client, error, args[0]);
    }
  }

  /** Sends commands as one transaction: nobody else's comes between them. @returns the answer of each. */
  async transaction(action: string, commands: readonly RedisCommand[]): Promise<readonly unknown[]> {
    const client = this.#current(action);
    return this.#send(action, client, client.multi(), commands);
  }

  /**
   * Sends commands one behind the other; those of others may come between them. For reading: a server that is full takes
   * no transaction, whatever is in it. @returns the answer of each.
   */
  async commands(action: string, commands: readonly RedisCommand[]): Promise<readonly unknown[]> {
    const client = this.#current(action);
    return this.#send(action, client, client.pipeline(), commands);
  }

  /** Runs a script, and sends it to the server first where that does not know it. */
  async run(
    action: string,
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    const client = this.#current(action);
    try {
      // As one list: there may be more of them than a call takes arguments.
      return await client.call("EVALSHA", [script.sha, keys.length, ...keys, ...args]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw this.#failure(action, client, error);
    }
    try {
      return await client.call("EVAL", [script.lua, keys.length, ...keys, ...args]);
    } catch (error) {
      throw this.#failure(action, client, error);
    }
  }

  /**
   * A connection of its own, for commands that wait or listen. The caller ends it, at the latest `close()` does.
   *
   * @param signal gives up on a connection that does not stand yet.
   */
  async dial(action: string, signal: AbortSignal): Promise<Redis> {
    this.#current(action);
    const closing = this.#closing.signal;
    const dialing = { ...this.#dialing, commandTimeoutMs: undefined };
    const client = await dial(this.#address, dialing, AbortSignal.any([closing, signal])).catch((error: unknown) => {
      throw closing.aborted ? new ClosedError(action) : error;
    });
    if (closing.aborted) {
      client.disconnect();
      throw new ClosedError(action);
    }
    this.#others.add(client);
    client.once("end", () => this.#others.delete(client));
    return client;
  }

  /** Lets what is on its way come to its end, for two seconds at most, and ends the link. Idempotent. */
  async close(): Promise<void> {
    if (!this.#closing.signal.aborted) {
      this.#closing.abort();
      this.#turn({ kind: "closed" });
      for (const other of this.#others) other.disconnect();
      const client = this.#client;
      if (client !== undefined) await this.#quit(client);
    }
    await this.#running;
  }

  /** QUIT is answered behind everything that was sent before it, unless the server is stuck. */
  async #quit(client: Redis): Promise<void> {
    const answered = new AbortController();
    const patience = this.clock.sleep(Math.min(this.commandTimeoutMs, QUIT_MS), answered.signal);
    await Promise.race([client.quit().catch(() => undefined), patience]);
    answered.abort();
    client.disconnect();
  }

  #current(action: string): Redis {
    if (this.#closing.signal.aborted) throw new ClosedError(action);
    if (this.#client !== undefined) return this.#client;
    const { error } = this.#state.kind === "refused" ? this.#state : { error: undefined };
    if (error instanceof Error) throw error;
    throw new UnavailableError(`Cannot ${action}: Redis at ${this.label} must be connected, it is not`);
  }

  async #send(
    action: string,
    client: Redis,
    batch: ReturnType<Redis["pipeline"]>,
    commands: readonly RedisCommand[],
  ): Promise<readonly unknown[]> {
    try {
      for (const [name, ...args] of commands) batch.call(name, ...args);
      const answers = await batch.exec();
      return (answers ?? []).map(([error, answer], index) => {
        if (error !== null) throw this.#failure(action, client, error, commands[index]?.[1]);
        return answer;
      });
    } catch (error) {
      throw this.#failure(action, client, error);
    }
  }

  #failure(action: string, client: Redis, error: unknown, key?: string | number): Error {
    // Whoever does not answer for that long may never do: a fresh connection finds out.
    const isStuck = error instanceof Error && error.message === "Command timed out";
    // And whoever is a replica now stays one: the address may lead to another server meanwhile.
    const isReplica = error instanceof Error && /^(READONLY|MASTERDOWN) /.test(error.message);
    if (isStuck || isReplica || client.status !== "ready") this.#lose(client);
    return translateError(action, this.label, error, key === undefined ? "" : String(key));
  }

  /** Connects for as long as the connection is open. */
  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let attempts = 0;
    while (!signal.aborted) {
      const lost = await this.#connect(attempts);
      attempts = lost ? 0 : attempts + 1;
      const waitMs = Math.min(this.#reconnectMaxMs, this.#reconnectMs * 2 ** Math.min(attempts, 20));
      if (!signal.aborted) await this.clock.sleep(waitMs, signal);
    }
  }

  /** One link, from dialing to its loss. @returns whether there was one. */
  async #connect(attempts: number): Promise<boolean> {
    const { signal } = this.#closing;
    let client: Redis;
    try {
      client = await dial(this.#address, this.#dialing, signal);
    } catch (error) {
      if (!signal.aborted) this.#tellFailure(error, attempts);
      return false;
    }
    if (signal.aborted) {
      client.disconnect();
      return false;
    }
    const gone = new Promise<void>((resolve) => {
      client.once("end", () => resolve());
    });
    this.#client = client;
    if (attempts > 0) this.logger.info("Connected to Redis", { redis: this.label });
    this.#turn({ kind: "ready", sinceMs: this.clock.now() });
    if (client.status !== "end") await gone;
    this.#lose(client);
    return true;
  }

  /** From now on nothing is sent over a link that is gone, or as good as gone. */
  #lose(client: Redis): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    client.disconnect();
    if (this.#closing.signal.aborted) return;
    this.logger.warn("Lost the connection to Redis, connecting again", { redis: this.label });
    this.#turn({ kind: "connecting", sinceMs: this.clock.now(), attempts: 0, error: undefined });
  }

  /** Tells people about the first failure of a row, and about a refusal each time it changes. */
  #tellFailure(error: unknown, attempts: number): void {
    const before = this.#state;
    const sinceMs = before.kind === "connecting" ? before.sinceMs : this.clock.now();
    const refused = isStrikewireError(error, "STRIKEWIRE_STORAGE");
    if (refused && !(before.kind === "refused" && String(before.error) === String(error))) {
      this.logger.error(`Cannot use Redis at ${this.label}, trying again until that changes`, error);
    } else if (!refused && attempts === 0) {
      this.logger.error(`Cannot reach Redis at ${this.label}, trying again until it is there`, error);
    }
    this.#turn(
      refused
        ? { kind: "refused", sinceMs: this.clock.now(), error }
        : { kind: "connecting", sinceMs, attempts: attempts + 1, error },
    );
  }

  #turn(state: RedisConnectionState): void {
    if (this.#state.kind === "closed") return;
    this.#state = state;
    for (const hear of [...this.#listeners]) {
      try {
        hear(state);
      } catch (error) {
        this.logger.error("A listener for the state of a Redis connection threw", error);
      }
    }
  }
}
