import { Redis, type RedisOptions } from "ioredis";
import { StorageError } from "../../domain/errors.ts";
import type { RedisAddress } from "./address.ts";
import { accessError, translateError } from "./reply-errors.ts";
import { checkServer } from "./server-check.ts";

export interface DialOptions {
  readonly connectTimeoutMs: number;
  /** `undefined` for connections whose commands may wait: their callers keep the time. */
  readonly commandTimeoutMs: number | undefined;
  readonly connectionName: string | undefined;
  /** In front of the keys and channels that we must have access to. */
  readonly keyPrefix: string;
  /** Settings of TLS beyond `rediss://`: an authority, a client certificate. */
  readonly tls: RedisOptions["tls"];
}

/**
 * Makes one connection and looks the server over. It is never tried again by itself: a connection that is lost stays
 * lost, with every command that was on its way rejected and none sent twice.
 *
 * @throws {StorageError} where the server, or what it says to our credentials, makes trying again pointless.
 * @throws {UnavailableError} where it cannot be reached, or `signal` aborts before it was.
 */
export async function dial(
  { label, options }: RedisAddress,
  dialing: DialOptions,
  signal: AbortSignal,
): Promise<Redis> {
  const { connectTimeoutMs, commandTimeoutMs, connectionName, keyPrefix, tls } = dialing;
  const client = new Redis({
    ...options,
    ...(tls === undefined ? {} : { tls }),
    ...(connectionName === undefined ? {} : { connectionName }),
    ...(commandTimeoutMs === undefined ? {} : { commandTimeout: commandTimeoutMs }),
    connectTimeout: connectTimeoutMs,
    // A server that is stuck does not close its end, and must not hold up the next connection.
    disconnectTimeout: 0,
    lazyConnect: true,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    // It would wait for a server that loads its data by whole seconds; `checkServer` looks.
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  let broken: Error | undefined;
  client.on("error", (error: Error) => {
    broken = error;
  });
  const giveUp = (reason: string): void => {
    broken ??= new Error(reason);
    client.disconnect();
  };
  // A server that accepts and then says nothing would hold up the handshake for good.
  const timer = setTimeout(() => giveUp(`no answer in ${connectTimeoutMs} ms`), connectTimeoutMs);
  const abort = (): void => giveUp("nobody needs the connection any more");
  signal.addEventListener("abort", abort, { once: true });
  try {
    const connecting = client.connect();
    if (signal.aborted) abort();
    await connecting;
    // ioredis takes a database that is not there for a trifle, and would go on in the first one.
    if (broken !== undefined) throw broken;
    await checkServer(client, label, keyPrefix);
    return client;
  } catch (error) {
    client.disconnect();
    throw dialError(label, error instanceof StorageError ? error : (broken ?? error));
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

function dialError(label: string, error: unknown): Error {
  // During the handshake ioredis does not always keep the kind of an error.
  const message = error instanceof Error ? error.message : String(error);
  if (/^(NOAUTH|WRONGPASS|NOPERM) /.test(message)) return accessError("connect", label, message);
  return translateError("connect", label, error);
}
