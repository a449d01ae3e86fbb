import { STATUS_PRODUCER } from "../../adapters/arguments.ts";
import { fieldsOf } from "../../adapters/redis/raw-entry-coding.ts";
import { type KeyCommand, type KeyReader, reading } from "../redis/key-reader.ts";
import { ageOf, ageOfId, leftOf, numberOf, textsOf } from "./figures.ts";
import type { HydratorState, ProducerState, RawState, StreamState, TradeStreamState } from "./inspection.ts";

const ENDS: readonly KeyCommand[] = [["XLEN"], ["XRANGE", "-", "+", "COUNT", 1], ["XREVRANGE", "+", "-", "COUNT", 1]];

/** The raw stream, who writes it and who reads it. */
export async function readRaw(
  reader: KeyReader,
  nowMs: number,
): Promise<{
  readonly raw: RawState | null;
  readonly producers: readonly ProducerState[];
  readonly hydrators: readonly HydratorState[];
}> {
  const { keys } = reader;
  const action = "look at the raw stream";
  const key = keys.of("rawStream");
  const [stream, state, sequences, used, partitions] = await reader.read(action, [
    reading(key, "rawStream", ...ENDS, ["XINFO GROUPS"]),
    reading(keys.of("rawState"), "rawState", ["HGETALL"]),
    reading(keys.of("producers"), "producers", ["HGETALL"]),
    reading(keys.of("producersUsed"), "producersUsed", ["ZRANGE", 0, -1, "WITHSCORES"]),
    reading(keys.of("hydrators"), "hydrators", ["SMEMBERS"]),
  ]);
  const { bytes, last_removed } = fieldsOf(textsOf(state));
  const groups = (stream?.[ENDS.length] ?? []) as readonly (readonly unknown[])[];
  const raw: RawState | null =
    stream === undefined
      ? null
      : {
          ...streamState(key, stream, nowMs),
          payload_bytes: numberOf(bytes),
          last_removed_id: last_removed ?? null,
          groups: groups.map(groupState),
        };
  const usedAt = fieldsOf(textsOf(used));
  // Counts of sources have sequences of their own there.
  const written = Object.entries(fieldsOf(textsOf(sequences))).filter(([name]) => !name.endsWith(STATUS_PRODUCER));
  const producers = written.map(([producer, seq]): ProducerState => {
    const atMs = numberOf(usedAt[producer]);
    return { producer, seq: numberOf(seq), used_age_ms: atMs === null ? null : Math.round(nowMs - atMs) };
  });
  producers.sort(
    (a, b) => (a.used_age_ms ?? Infinity) - (b.used_age_ms ?? Infinity) || (a.producer < b.producer ? -1 : 1),
  );
  return { raw, producers, hydrators: await readHydrators(reader, textsOf(partitions), raw, nowMs) };
}

async function readHydrators(
  reader: KeyReader,
  partitions: readonly string[],
  raw: RawState | null,
  nowMs: number,
): Promise<readonly HydratorState[]> {
  const sorted = [...partitions].sort((a, b) => Number(a) - Number(b));
  const found = await reader.read(
    "look at the hydrators",
    sorted.map((partition) => reading(reader.keys.of("hydrator", { partition }), "hydrator", ["HGETALL"])),
  );
  return sorted.map((partition, index) => {
    const { owner, lease_until, token, cursor, state_cursor, cursor_ts } = fieldsOf(textsOf(found[index]));
    const until = numberOf(lease_until);
    return {
      partition,
      owner: owner ?? null,
      lease_left_ms: until === null ? null : Math.round(until - nowMs),
      leases: numberOf(token),
      cursor: cursor ?? null,
      state_cursor: state_cursor ?? null,
      cursor_age_ms: ageOf(cursor_ts, nowMs),
      lag_entries: lagOf(cursor, raw),
    };
  });
}

/** Ids number the entries; behind a cursor that is older than all that is there stands all of it. */
function lagOf(cursor: string | undefined, raw: RawState | null): number | null {
  const [last, at] = [placeOf(raw?.last_id), placeOf(cursor)];
  if (raw === null || at === null) return null;
  return last === null ? 0 : Math.max(0, Math.min(raw.length, last - at));
}

function placeOf(id: string | null | undefined): number | null {
  return numberOf(id?.split("-")[1]);
}

/** The log of spot fetches. */
export async function readSpotStream(reader: KeyReader, nowMs: number): Promise<StreamState | null> {
  const key = reader.keys.of("spotStream");
  const [stream] = await reader.read("look at the log of spot fetches", [reading(key, "spotStream", ...ENDS)]);
  return stream === undefined ? null : streamState(key, stream, nowMs);
}

/** The trade streams that the index names and that are there, the latest print first. */
export async function readTrades(reader: KeyReader, nowMs: number): Promise<readonly TradeStreamState[]> {
  const { keys } = reader;
  const action = "look at the trade streams";
  const [index] = await reader.read(action, [reading(keys.of("tradesIndex"), "tradesIndex", ["ZRANGE", 0, -1])]);
  const named = textsOf(index).map((name) => {
    const [underlying = "", expiration = ""] = name.split(":");
    return { key: keys.of("trades", { UNDERLYING: underlying, EXPIRY: expiration }), underlying, expiration };
  });
  const found = await reader.read(
    action,
    named.map(({ key }) => reading(key, "trades", ["XLEN"], ["XREVRANGE", "+", "-", "COUNT", 1], ["PTTL"])),
  );
  const streams = named.flatMap((name, place): readonly TradeStreamState[] => {
    const [length, last, pttl] = found[place] ?? [];
    if (length === undefined) return [];
    return [{ ...name, length: Number(length), last_age_ms: ageOfId(idOf(last), nowMs), left_ms: leftOf(pttl) }];
  });
  return streams.sort((a, b) => (a.last_age_ms ?? Infinity) - (b.last_age_ms ?? Infinity) || (a.key < b.key ? -1 : 1));
}

function streamState(key: string, [length, first, last]: readonly unknown[], nowMs: number): StreamState {
  const [firstId, lastId] = [idOf(first), idOf(last)];
  return {
    key,
    length: Number(length),
    first_id: firstId,
    first_age_ms: ageOfId(firstId, nowMs),
    last_id: lastId,
    last_age_ms: ageOfId(lastId, nowMs),
  };
}

/** The id of the one entry that a range of at most one answered with. */
function idOf(range: unknown): string | null {
  const [entry] = (range ?? []) as readonly (readonly [id: string])[];
  return entry?.[0] ?? null;
}

function groupState(flat: readonly unknown[]): RawState["groups"][number] {
  const fieldOf = (name: string): unknown => flat[flat.indexOf(name) + 1];
  return {
    name: String(fieldOf("name")),
    lag_entries: numberOf(fieldOf("lag")),
    last_delivered_id: String(fieldOf("last-delivered-id")),
  };
}
