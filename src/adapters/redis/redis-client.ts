import { PortClient } from "../port-client.ts";
import type { RedisCommand, RedisConnection } from "./connection.ts";
import type { RedisKeys } from "./keys.ts";
import type { RedisScript } from "./script.ts";

/** One client of a port on a connection that it shares with others: closing the client leaves the connection. */
export abstract class RedisClient extends PortClient {
  protected readonly connection: RedisConnection;
  protected readonly keys: RedisKeys;

  constructor(connection: RedisConnection) {
    super();
    this.connection = connection;
    this.keys = connection.keys;
  }

  /** @param action completes "Cannot ...". @throws {ClosedError} after `close()`. */
  protected async command(action: string, ...command: RedisCommand): Promise<unknown> {
    this.assertOpen(action);
    return this.connection.command(action, ...command);
  }

  protected async transaction(action: string, commands: readonly RedisCommand[]): Promise<readonly unknown[]> {
    this.assertOpen(action);
    return this.connection.transaction(action, commands);
  }

  /** Like a transaction, but for reading, and others may come between. */
  protected async commands(action: string, commands: readonly RedisCommand[]): Promise<readonly unknown[]> {
    this.assertOpen(action);
    return this.connection.commands(action, commands);
  }

  protected async run(
    action: string,
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
  ): Promise<unknown> {
    this.assertOpen(action);
    return this.connection.run(action, script, keys, args);
  }
}
