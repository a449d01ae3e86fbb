import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

/**
 * Uses a connection for a moment. It is not tried again where the server does not answer: that is for the caller.
 *
 * @throws what was wrong with the connection, if anything, else what `use` throws.
 */
export async function withClient<T>(url: string, use: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    maxRetriesPerRequest: 0,
    // It would wait for a server that loads its data, by whole seconds.
    enableReadyCheck: false,
    retryStrategy: () => null,
  });
  let broken: Error | undefined;
  client.on("error", (error) => {
    broken = error;
  });
  try {
    await client.connect();
    return await use(client);
  } catch (error) {
    throw broken ?? error;
  } finally {
    client.disconnect();
  }
}

/** `redis_version` of a server's INFO. */
export async function redisVersion(url: string): Promise<string> {
  const info = await withClient(url, (client) => client.info("server"));
  const version = /^redis_version:(\S+)/m.exec(info)?.[1];
  if (version === undefined) throw new Error("its INFO names no redis_version");
  return version;
}

/**
 * Waits until a server has loaded its data and takes commands.
 *
 * @param ended says why there is no use in waiting on, if so.
 */
export async function waitUntilReady(url: string, ended: () => string | undefined, limitMs = 20_000): Promise<void> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    try {
      await withClient(url, (client) => client.ping());
      return;
    } catch (error) {
      const reason = ended() ?? (performance.now() > giveUpAt ? `no answer in ${limitMs} ms (${error})` : undefined);
      if (reason !== undefined) throw new Error(`the server did not start: ${reason}`, { cause: error });
    }
    await sleep(10);
  }
}

/**
 * A TCP port of the loopback address that nobody listens on at the moment. It lies below the ports that systems give
 * to clients: with one of those, a client that tries to reconnect to a server that is down may get the server's own
 * port, meet itself there and keep the server from coming back.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error("Cannot find a free TCP port: one of 20000 to 31999 is required, 50 of them are taken");
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
