import { z } from "zod";
import { CHANNELS } from "../../domain/channels.ts";
import { symbolField } from "../../domain/context/fields.ts";
import { checkedMessage } from "../../domain/context/message.ts";
import {
  type LoggedSpotFetch,
  type SpotAnalytics,
  type SpotFetch,
  type SpotValue,
  spotFetchSchema,
  spotValueSchema,
} from "../../domain/context/spot.ts";
import { type TrailPoint, trailMember } from "../../domain/context/trail.ts";
import { type Cursor, splitCursor } from "../../domain/stream/cursor.ts";
import { secondsText } from "../../domain/stream/receipt-seconds.ts";
import type { ProducerId } from "../../ports/raw-log.ts";
import type { SpotPutResult, SpotStore } from "../../ports/spot-store.ts";
import { assertLimit } from "../arguments.ts";
import { assertSeq } from "../context-arguments.ts";
import type { RedisConnection } from "./connection.ts";
import { CountedFields, readSeq, readTrail } from "./context-fields.ts";
import { readJson } from "./json-value.ts";
import { fieldsOf, type StreamEntry } from "./raw-entry-coding.ts";
import { RedisClient } from "./redis-client.ts";
import { FAIL_SPOT_FETCH } from "./scripts/fail-spot-fetch.ts";
import { PUT_SPOT_FETCH } from "./scripts/put-spot-fetch.ts";
import { readSpotEntry } from "./spot-entry.ts";

const DEFAULT_MAX_FETCHES = 100_000;
const SYMBOL_FRAMES = "frames:";

const spotMapSchema: z.ZodType<Readonly<Record<string, SpotValue>>> = z.record(symbolField, spotValueSchema);

/** Spot values as strings, their trails as sorted sets and the log of fetches as a stream; a fetch is one script. */
export class RedisSpotStore extends RedisClient implements SpotStore {
  readonly #maxFetches: number;

  /**
   * @param options.maxSpotFetches fetches kept in the log, the newest, about; default 100,000.
   * @throws {RangeError} unless it is a positive integer.
   */
  constructor(connection: RedisConnection, options: { readonly maxSpotFetches?: number | undefined } = {}) {
    super(connection);
    this.#maxFetches = options.maxSpotFetches ?? DEFAULT_MAX_FETCHES;
    if (!Number.isSafeInteger(this.#maxFetches) || this.#maxFetches < 1) {
      throw new RangeError(
        `Cannot open a spot store: 'maxSpotFetches' must be a positive integer, current value is ${this.#maxFetches}`,
      );
    }
  }

  async put(producer: ProducerId, seq: number, fetch: SpotFetch): Promise<SpotPutResult> {
    const action = "store a spot fetch";
    this.assertOpen(action);
    assertSeq(action, seq);
    const { receivedAtMs, latencyMs, payload, values, errors } = checkedMessage(action, spotFetchSchema, fetch);
    const { keys } = this;
    const names = [keys.of("spotAnalytics"), keys.of("spotStream"), keys.of("spotAll"), keys.of("spotSymbols")];
    const args: (string | number)[] = [
      producer,
      seq,
      keys.of("spot", { SYMBOL: "" }),
      keys.of("spotTrail", { SYMBOL: "" }),
      keys.channel(CHANNELS.spot),
      this.#maxFetches,
      secondsText(receivedAtMs),
      receivedAtMs / 1_000,
      payload,
      payload.length,
      errors,
      latencyMs ?? "",
    ];
    for (const value of values) {
      const { symbol, as_of_ns, ts } = value;
      args.push(symbol, as_of_ns, ts, trailMember({ ts, value: value.value }), JSON.stringify(value));
    }
    const stale = Number(await this.run(action, PUT_SPOT_FETCH, names, args));
    return stale < 0 ? { status: "already" } : { status: "stored", stale };
  }

  async fail(producer: ProducerId, seq: number): Promise<"stored" | "already"> {
    const action = "count a failed spot fetch";
    this.assertOpen(action);
    assertSeq(action, seq);
    const counted = await this.run(action, FAIL_SPOT_FETCH, [this.keys.of("spotAnalytics")], [producer, seq]);
    return counted === 1 ? "stored" : "already";
  }

  async storedSeq(producer: ProducerId): Promise<number> {
    const action = "read a producer's stored sequence";
    const key = this.keys.of("spotAnalytics");
    return readSeq(action, key, producer, await this.command(action, "HGET", key, `seq:${producer}`));
  }

  async latest(symbol: string): Promise<SpotValue | null> {
    const action = "read a spot value";
    this.assertOpen(action);
    // What is no symbol may be the rest of another key's name.
    if (!symbolField.safeParse(symbol).success) return null;
    const key = this.keys.of("spot", { SYMBOL: symbol });
    const json = await this.command(action, "GET", key);
    return typeof json === "string" ? readJson(action, key, "a spot value", spotValueSchema, json) : null;
  }

  async all(): Promise<ReadonlyMap<string, SpotValue>> {
    const action = "read the spot values";
    const key = this.keys.of("spotAll");
    const json = await this.command(action, "GET", key);
    if (typeof json !== "string") return new Map();
    const values = readJson(action, key, "spot values by symbol", spotMapSchema, json);
    return new Map(Object.entries(values).sort(byName));
  }

  async trail(symbol: string): Promise<readonly TrailPoint[]> {
    const action = "read a spot trail";
    const key = this.keys.of("spotTrail", { SYMBOL: symbol });
    return readTrail(action, key, (await this.command(action, "ZRANGE", key, 0, -1)) as readonly string[]);
  }

  async analytics(): Promise<SpotAnalytics> {
    const action = "read the spot analytics";
    const key = this.keys.of("spotAnalytics");
    const fields = fieldsOf((await this.command(action, "HGETALL", key)) as readonly string[]);
    const counted = new CountedFields(action, key, fields);
    const bySymbol = Object.keys(fields).filter((field) => field.startsWith(SYMBOL_FRAMES));
    return {
      frames: counted.count("frames"),
      bytes: counted.count("bytes"),
      errors: counted.count("errors"),
      last_ts: counted.gauge("last_ts"),
      latency_last_ms: counted.gauge("latency_last_ms"),
      symbol_frames: new Map(
        bySymbol.map((field) => [field.slice(SYMBOL_FRAMES.length), counted.count(field)] as const).sort(byName),
      ),
    };
  }

  async fetches(after: Cursor, limit: number): Promise<readonly LoggedSpotFetch[]> {
    const action = "read the log of spot fetches";
    this.assertOpen(action);
    assertLimit(action, limit);
    const { ms, n } = splitCursor(after);
    const key = this.keys.of("spotStream");
    const entries = await this.command(action, "XRANGE", key, `(${ms}-${n}`, "+", "COUNT", limit);
    return (entries as readonly StreamEntry[]).map((entry) => readSpotEntry(action, key, entry));
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
