import type { RedisConnection } from "../../adapters/redis/index.ts";
import { KeyReader } from "../redis/key-reader.ts";
import { findingsOf } from "./findings.ts";
import type { Inspection } from "./inspection.ts";
import { readAccounts } from "./read-accounts.ts";
import { readChains } from "./read-chains.ts";
import { readEpochs } from "./read-epochs.ts";
import { readServer } from "./read-server.ts";
import { readSources } from "./read-sources.ts";
import { readRaw, readSpotStream, readTrades } from "./read-streams.ts";
import { readHeartbeats, readModels } from "./read-workers.ts";

/**
 * Reads how it stands with a system, one part after the other: numbers of two parts may be some milliseconds apart.
 *
 * @param prefix in front of its keys, as the connection has it.
 * @throws {UnavailableError} where the server does not answer.
 */
export async function inspect(connection: RedisConnection, prefix: string): Promise<Inspection> {
  const reader = new KeyReader(connection);
  const { nowMs, server } = await readServer(connection);
  const stream = await readRaw(reader, nowMs);
  const sources = await readSources(reader, nowMs);
  const accounts = await readAccounts(reader);
  const trades = await readTrades(reader, nowMs);
  const spot = await readSpotStream(reader, nowMs);
  const fetches = await readChains(reader, nowMs);
  const epochs = await readEpochs(reader, fetches.chains, nowMs);
  const models = await readModels(
    reader,
    epochs.map(({ symbol }) => symbol),
    nowMs,
  );
  const heartbeats = await readHeartbeats(reader, nowMs);
  const { problems } = reader;
  const read = {
    ...{ schema_version: 1 as const, at_ms: nowMs, prefix, server },
    ...stream,
    ...sources,
    ...accounts,
    ...{ trades, spot },
    ...fetches,
    ...{ epochs, models, heartbeats },
  };
  return { ...read, findings: findingsOf({ ...read, problems }), problems };
}
