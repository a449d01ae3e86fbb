import { MemoryLogger, MemoryTelemetry } from "../../src/adapters/memory/index.ts";
import type { FrameContent } from "../../src/domain/overload/frame-content.ts";
import type { FrameDraft, RawDraft } from "../../src/domain/stream/raw-entry.ts";
import { RawSpool } from "../../src/workers/source/raw-spool.ts";
import type { RawSpoolOptions } from "../../src/workers/source/spool-options.ts";
import { quoteEvent, SAMPLE_MS, tradeEvent } from "./entries.ts";
import { FaultyLog } from "./faulty-log.ts";
import { type MemoryPipeline, memoryPipeline } from "./pipeline.ts";

export const PRODUCER = "options/0";
const NEVER = new AbortController().signal;

/** A spool on a memory log that fails on demand. */
export function spoolOn(options: Partial<RawSpoolOptions> = {}, pipeline: MemoryPipeline = memoryPipeline()) {
  const { clock } = pipeline;
  const log = new FaultyLog(pipeline.ports.log);
  const logger = new MemoryLogger();
  const telemetry = new MemoryTelemetry();
  const spool = new RawSpool({ log, clock, logger, telemetry }, { producer: PRODUCER, ...options });
  const stop = new AbortController();
  return { pipeline, clock, log, logger, telemetry, spool, stop, run: () => spool.run(stop.signal) };
}

/** Everything in the log. */
export async function stored(pipeline: MemoryPipeline): Promise<readonly RawDraft[]> {
  const { entries } = await pipeline.ports.log.read("0-0", 100_000, 0, NEVER);
  return entries.map(({ draft }) => draft);
}

/** A source that numbers what it receives, one millisecond apart, as one connection. */
export class Source {
  readonly #shard: number;
  #epoch = 1;
  #seq = 0;
  #atMs: number;

  constructor(shard = 0, fromAtMs: number = SAMPLE_MS) {
    this.#shard = shard;
    this.#atMs = fromAtMs;
  }

  trades(count = 1): [FrameDraft, FrameContent] {
    return this.#frame(count, 0);
  }

  quotes(count = 1): [FrameDraft, FrameContent] {
    return this.#frame(0, count);
  }

  mixed(): [FrameDraft, FrameContent] {
    return this.#frame(1, 1);
  }

  heartbeat(): [RawDraft] {
    return [{ kind: "heartbeat", ...this.#next() }];
  }

  /** The link breaks and comes back in the next epoch. */
  reconnect(): [RawDraft][] {
    const closed: RawDraft = { kind: "closed", ...this.#next(), cause: "disconnect" };
    this.#epoch += 1;
    this.#seq = 0;
    const connected: RawDraft = { kind: "connected", ...this.#next() };
    const place = this.#next();
    const gap = {
      connection: `options/${this.#shard}`,
      fromAtMs: closed.receivedAtMs,
      toAtMs: place.receivedAtMs,
      cause: "disconnect",
      scope: "all",
      instruments: undefined,
    } as const;
    return [[closed], [connected], [{ kind: "gap", ...place, gap }]];
  }

  #frame(trades: number, quotes: number): [FrameDraft, FrameContent] {
    const place = this.#next();
    const { receivedAtMs } = place;
    const events = [
      ...Array.from({ length: trades }, (_, index) => tradeEvent(receivedAtMs, { q: index })),
      ...Array.from({ length: quotes }, (_, index) => quoteEvent(receivedAtMs, { q: index })),
    ];
    const draft: FrameDraft = { kind: "frame", ...place, payload: JSON.stringify(events) };
    return [draft, { trades, quotes, values: 0, other: 0 }];
  }

  #next() {
    this.#seq += 1;
    this.#atMs += 1;
    const position = { class: "options", shard: this.#shard, epoch: this.#epoch, seq: this.#seq } as const;
    return { position, receivedAtMs: this.#atMs };
  }
}
