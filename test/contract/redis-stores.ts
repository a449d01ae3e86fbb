import { setTimeout as sleep } from "node:timers/promises";
import { SILENT_LOGGER } from "../../src/adapters/memory/index.ts";
import { RedisConnection } from "../../src/adapters/redis/connection.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import type { ContractOptions, OpenedStore, SharedStore } from "../../src/testing/index.ts";
import { withClient } from "../support/redis/connection.ts";
import { openKeyspace } from "../support/redis/keyspace.ts";
import { vitestRunner } from "./memory-stores.ts";

/** Contract options for clients of the run's Redis: a part of it of its own, and connections of its own, per test. */
export function redisOptions<Client, Settings extends readonly unknown[] = []>(
  connect: (connection: RedisConnection, ...settings: Settings) => Client,
): ContractOptions<Client, Settings> {
  const start = async (settings: Settings) => {
    const { url, prefix, clear } = openKeyspace();
    const connections: RedisConnection[] = [];
    const offsetMs = await clockOffsetMs(url);
    return {
      async client(): Promise<Client> {
        const options = { url, keyPrefix: prefix, connectionName: prefix, clock: SYSTEM_CLOCK, logger: SILENT_LOGGER };
        const connection = new RedisConnection(options);
        connections.push(connection);
        await connection.ready();
        return connect(connection, ...settings);
      },
      breakConnections: () => breakSubscribers(url, prefix),
      time: {
        now: () => Date.now() + offsetMs,
        elapse,
        async dispose() {
          await Promise.all(connections.map((connection) => connection.close()));
          await clear();
        },
      },
    };
  };
  return {
    runner: vitestRunner,
    limits: { fixedLifetimes: "a server's clock cannot be advanced; the keys' TTLs are tested apart" },
    // Calls take a round trip each, on a machine that may be busy.
    shortMs: 1_000,
    async open(...settings): Promise<OpenedStore<Client>> {
      const { client, time, breakConnections } = await start(settings);
      return { ...time, subject: await client(), breakConnections };
    },
    async openShared(...settings): Promise<SharedStore<Client>> {
      const { client, time } = await start(settings);
      return { ...time, first: await client(), second: await client() };
    },
  };
}

/** Waits by the clock, since timers may fire early, and a little longer: a key lives through its last millisecond. */
async function elapse(ms: number): Promise<void> {
  const untilMs = Date.now() + ms + 2;
  for (let leftMs = ms + 2; leftMs > 0; leftMs = untilMs - Date.now()) await sleep(leftMs);
}

/** What must be added to this machine's clock to get the server's, within a round trip. */
async function clockOffsetMs(url: string): Promise<number> {
  return withClient(url, async (client) => {
    const before = Date.now();
    const [seconds, micros] = await client.time();
    const serverMs = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
    const offsetMs = serverMs - before;
    // One machine, one clock: the difference is the way there.
    return Math.abs(offsetMs) < 50 ? 0 : offsetMs;
  });
}

async function breakSubscribers(url: string, name: string): Promise<void> {
  await withClient(url, async (client) => {
    const list = String(await client.call("CLIENT", "LIST", "TYPE", "pubsub"));
    for (const line of list.split("\n")) {
      const id = /^id=(\d+) /.exec(line)?.[1];
      if (id !== undefined && line.includes(` name=${name} `)) await client.call("CLIENT", "KILL", "ID", id);
    }
  });
}
