import { CHANNELS } from "../../domain/channels.ts";
import { ChunkedDeque } from "../../domain/chunked-deque.ts";
import {
  type LoggedSpotFetch,
  replacesSpot,
  type SpotAnalytics,
  type SpotFetch,
  type SpotValue,
} from "../../domain/context/spot.ts";
import type { TrailPoint } from "../../domain/context/trail.ts";
import { type Cursor, compareCursors } from "../../domain/stream/cursor.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ProducerId } from "../../ports/raw-log.ts";
import type { SpotPutResult } from "../../ports/spot-store.ts";
import type { BusChannels } from "./bus-channels.ts";
import { frozenCopy } from "./frozen-copy.ts";
import { ProducerSequences } from "./producer-sequences.ts";
import { Trails } from "./trail.ts";

const MAX_TRAIL = 300;

/** The spot values of a database, what its clients share. Every method is one atomic step. */
export class SpotTable {
  readonly #clock: Clock;
  readonly #bus: BusChannels;
  readonly #maxFetches: number;
  readonly #producers = new ProducerSequences();
  readonly #latest = new Map<string, SpotValue>();
  readonly #trails = new Trails(MAX_TRAIL);
  readonly #fetches = new ChunkedDeque<LoggedSpotFetch>();
  readonly #symbolFrames = new Map<string, number>();
  #frames = 0;
  #bytes = 0;
  #errors = 0;
  #lastTs: number | null = null;
  #latencyLastMs: number | null = null;
  // The last cursor given.
  #ms = 0;
  #n = 0;

  constructor(clock: Clock, bus: BusChannels, maxFetches: number) {
    this.#clock = clock;
    this.#bus = bus;
    this.#maxFetches = maxFetches;
  }

  put(producer: ProducerId, seq: number, fetch: SpotFetch): SpotPutResult {
    if (!this.#producers.advance(producer, seq)) return { status: "already" };
    const { receivedAtMs, latencyMs, payload, values, errors } = fetch;
    this.#frames += 1;
    this.#bytes += payload.length;
    this.#errors += errors;
    this.#lastTs = receivedAtMs / 1_000;
    this.#latencyLastMs = latencyMs;
    this.#fetches.pushBounded(Object.freeze({ cursor: this.#nextCursor(), receivedAtMs, payload }), this.#maxFetches);
    return { status: "stored", stale: values.filter((value) => !this.#store(value)).length };
  }

  fail(producer: ProducerId, seq: number): "stored" | "already" {
    if (!this.#producers.advance(producer, seq)) return "already";
    this.#errors += 1;
    return "stored";
  }

  storedSeq(producer: ProducerId): number {
    return this.#producers.stored(producer);
  }

  latest(symbol: string): SpotValue | null {
    return this.#latest.get(symbol) ?? null;
  }

  all(): ReadonlyMap<string, SpotValue> {
    return new Map([...this.#latest].sort(byName));
  }

  trail(symbol: string): readonly TrailPoint[] {
    return this.#trails.points(symbol);
  }

  analytics(): SpotAnalytics {
    return {
      frames: this.#frames,
      bytes: this.#bytes,
      errors: this.#errors,
      last_ts: this.#lastTs,
      latency_last_ms: this.#latencyLastMs,
      symbol_frames: new Map([...this.#symbolFrames].sort(byName)),
    };
  }

  fetches(after: Cursor, limit: number): readonly LoggedSpotFetch[] {
    let first = this.#fetches.length;
    for (let entry = this.#fetches.at(first - 1); entry !== undefined; entry = this.#fetches.at(first - 1)) {
      if (compareCursors(entry.cursor, after) <= 0) break;
      first -= 1;
    }
    return this.#fetches.slice(first, first + limit);
  }

  /** Whether the value was not older than what stood there. */
  #store(value: SpotValue): boolean {
    const { symbol, ts } = value;
    this.#symbolFrames.set(symbol, (this.#symbolFrames.get(symbol) ?? 0) + 1);
    const current = this.#latest.get(symbol);
    if (current !== undefined && !replacesSpot(value, current)) return false;
    const body = JSON.stringify(value);
    // Kept as the text has it, which knows no -0: what is read and what is announced are the same.
    this.#latest.set(symbol, frozenCopy<SpotValue>(JSON.parse(body)));
    this.#trails.add(symbol, { ts, value: value.value });
    this.#bus.publish(CHANNELS.spot, body);
    return true;
  }

  #nextCursor(): Cursor {
    const ms = Math.floor(this.#clock.now());
    this.#n = ms > this.#ms ? 0 : this.#n + 1;
    this.#ms = Math.max(ms, this.#ms);
    return `${this.#ms}-${this.#n}`;
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
