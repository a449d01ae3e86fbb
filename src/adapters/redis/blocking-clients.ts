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
   */
  async send(
    action: string,
    ms: number,
    signal: AbortSignal,
    ...[name, ...args]: readonly [string, ...(string | number)[]]
  ): Promise<unknown> {
    const client = await this.#take(action);
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
      throw translateError(action, this.#connection.label, error);
    } finally {
      signal.removeEventListener("abort", end);
      done.abort();
      await watch;
    }
  }

  close(): void {
    for (const client of this.#idle.splice(0)) client.disconnect();
  }

  async #take(action: string): Promise<Redis> {
    for (let client = this.#idle.pop(); client !== undefined; client = this.#idle.pop()) {
      if (client.status === "ready") return client;
    }
    return this.#connection.dial(action);
  }
}
