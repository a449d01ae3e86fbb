import type { Redis } from "ioredis";
import type { RedisConnection } from "./connection.ts";
import { translateError } from "./reply-errors.ts";

/** Connections for commands that wait: each holds one for as long as it waits, and hands it on when it is done. */
export class BlockingClients {
  readonly #connection: RedisConnection;
  readonly #idle: Redis[] = [];

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  /**
   * Sends a command that waits for at most `ms`, to which the time of an ordinary command is added. An abort of `signal`
   * breaks its connection: the answer is `undefined` then.
   *
   * @param key what the command is about.
   */
  async send(
    action: string,
    key: string,
    ms: number,
    signal: AbortSignal,
    ...[name, ...args]: readonly [string, ...(string | number)[]]
  ): Promise<unknown> {
    const client = await this.#take(action, signal);
    if (client === undefined) return undefined;
    const done = new AbortController();
    const end = (): void => client.disconnect();
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
    const watch = this.#connection.clock
      .sleep(ms + this.#connection.commandTimeoutMs, done.signal)
      .then(() => !done.signal.aborted && end());
    try {
      const answer = await client.call(name, ...args);
      this.#idle.push(client);
      return answer;
    } catch (error) {
      client.disconnect();
      if (signal.aborted) return undefined;
      throw translateError(action, this.#connection.label, error, key);
    } finally {
      signal.removeEventListener("abort", end);
      done.abort();
      await watch;
    }
  }

  close(): void {
    for (const client of this.#idle.splice(0)) client.disconnect();
  }

  /** @returns `undefined` on an abort. */
  async #take(action: string, signal: AbortSignal): Promise<Redis | undefined> {
    for (let client = this.#idle.pop(); client !== undefined; client = this.#idle.pop()) {
      if (client.status === "ready") return client;
    }
    try {
      return await this.#connection.dial(action, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }
}
