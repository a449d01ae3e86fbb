import { fieldsOf, readTail } from "../../adapters/redis/raw-entry-coding.ts";
import { readConnectionGauges } from "../../adapters/redis/source-gauges.ts";
import { readMissing } from "../../domain/context/missing-data.ts";
import { isStrikewireError } from "../../domain/errors.ts";
import { gapFields } from "../gap-fields.ts";
import { type KeyReader, reading } from "../redis/key-reader.ts";
import { textsOf } from "./figures.ts";
import type { ConnectionState } from "./inspection.ts";

/** The connections that sources told of or the raw log knows, by name, and how many topics are wanted. */
export async function readSources(
  reader: KeyReader,
  nowMs: number,
): Promise<{ readonly connections: readonly ConnectionState[]; readonly wanted_topics: number | null }> {
  const { keys } = reader;
  const action = "look at the sources";
  const tailsKey = keys.of("connections");
  const [index, stored, wanted] = await reader.read(action, [
    reading(keys.of("connectionsIndex"), "connectionsIndex", ["ZRANGE", 0, -1]),
    reading(tailsKey, "connections", ["HGETALL"]),
    reading(keys.of("subscriptions"), "subscriptions", ["SCARD"]),
  ]);
  const tails = fieldsOf(textsOf(stored));
  const names = [...new Set([...textsOf(index), ...Object.keys(tails)])].sort();
  const gaugesKeys = names.map((name) => {
    const [assetClass = "", shard = ""] = name.split("/");
    return keys.of("connectionAnalytics", { class: assetClass, shard });
  });
  const found = await reader.read(
    action,
    gaugesKeys.map((key) => reading(key, "connectionAnalytics", ["HGETALL"])),
  );
  const connections = names.map((connection, place): ConnectionState => {
    const key = gaugesKeys[place] ?? "";
    const fields = fieldsOf(textsOf(found[place]));
    const text = tails[connection];
    const gauges = readable(reader, key, () => readConnectionGauges(action, key, fields));
    const tail = text === undefined ? null : readable(reader, tailsKey, () => readTail(action, tailsKey, text));
    return {
      connection,
      state: gauges?.state ?? null,
      connection_epoch: gauges?.connection_epoch ?? null,
      subs_active: gauges?.subs_active ?? null,
      queue_events: gauges?.queue_events ?? null,
      queue_bytes: gauges?.queue_bytes ?? null,
      queue_ms: gauges?.queue_ms ?? null,
      lag_ms: gauges?.lag_ms ?? null,
      staleness_p50_ms: gauges?.staleness_p50_ms ?? null,
      staleness_p99_ms: gauges?.staleness_p99_ms ?? null,
      last_close_code: gauges?.last_close_code ?? null,
      last_status: gauges?.last_status ?? null,
      missing: (readMissing(gauges?.missing ?? "[]") ?? []).map(gapFields),
      last_age_ms: gauges?.last_ts == null ? null : Math.round(nowMs - gauges.last_ts * 1_000),
      stored_epoch: tail?.epoch ?? null,
      stored_age_ms: tail?.receivedAtMs === undefined ? null : Math.round(nowMs - tail.receivedAtMs),
    };
  });
  return { connections, wanted_topics: wanted === undefined ? null : Number(wanted[0]) };
}

/** `null` for what is none of ours, whose key is a problem then. */
function readable<T>(reader: KeyReader, key: string, read: () => T | null): T | null {
  try {
    return read();
  } catch (error) {
    if (!isStrikewireError(error)) throw error;
    reader.addProblem(key, `holds what is not ours (${error.message})`);
    return null;
  }
}
