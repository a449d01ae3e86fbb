import { Redis } from "ioredis";
import { SILENT_LOGGER } from "../../../src/adapters/memory/index.ts";
import { RedisConnection } from "../../../src/adapters/redis/connection.ts";
import { RedisEpochStore } from "../../../src/adapters/redis/epoch-store.ts";
import { RedisKeys } from "../../../src/adapters/redis/keys.ts";
import { RedisSubstrateStore } from "../../../src/adapters/redis/substrate-store.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system/index.ts";
import type { EpochDraft, EpochId } from "../../../src/domain/epoch/substrate.ts";
import type { Logger } from "../../../src/ports/logger.ts";
import { openKeyspace } from "./keyspace.ts";

/** Clients of epochs on a connection of their own. */
export interface RedisEpochs {
  readonly connection: RedisConnection;
  readonly epochs: RedisEpochStore;
  readonly substrate: RedisSubstrateStore;
  /** Stages an epoch and makes it the active one in the place of `expected`. */
  activate(draft: EpochDraft, expected?: EpochId | null): Promise<EpochId>;
}

/** A part of the run's Redis with epochs in it, and a plain client to look at its keys with. */
export interface EpochKeyspace extends RedisEpochs {
  readonly keys: RedisKeys;
  readonly plain: Redis;
  /** More clients. */
  connect(logger?: Logger): Promise<RedisEpochs>;
  /** When keys end, ms since the Unix epoch, -1 for never; all keys, without the prefix. */
  ends(): Promise<Readonly<Record<string, number>>>;
  /** The server's clock, ms. */
  serverMs(): Promise<number>;
  close(): Promise<void>;
}

export async function openEpochs(): Promise<EpochKeyspace> {
  const { url, prefix, clear } = openKeyspace();
  const plain = new Redis(url);
  const connections: RedisConnection[] = [];
  const connect = async (logger: Logger = SILENT_LOGGER): Promise<RedisEpochs> => {
    const connection = new RedisConnection({ url, keyPrefix: prefix, clock: SYSTEM_CLOCK, logger });
    connections.push(connection);
    await connection.ready();
    const epochs = new RedisEpochStore(connection);
    return {
      connection,
      epochs,
      substrate: new RedisSubstrateStore(connection),
      async activate(draft, expected = null) {
        await epochs.stage(draft);
        const outcome = await epochs.promote(expected, draft.id);
        if (outcome === "lost") throw new Error(`the promotion of ${draft.id} was lost`);
        return draft.id;
      },
    };
  };
  return {
    ...(await connect()),
    keys: new RedisKeys(prefix),
    plain,
    connect,
    async ends() {
      const names = await plain.keys(`${prefix}*`);
      const ends = names.map(async (key) => [key.slice(prefix.length), Number(await plain.call("PEXPIRETIME", key))]);
      return Object.fromEntries(await Promise.all(ends)) as Record<string, number>;
    },
    async serverMs() {
      const [seconds, micros] = await plain.time();
      return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
    },
    async close() {
      await Promise.all(connections.map((connection) => connection.close()));
      await clear();
      plain.disconnect();
    },
  };
}
