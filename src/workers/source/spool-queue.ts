import { ChunkedDeque } from "../../domain/chunked-deque.ts";
import { connectionName, type StreamPosition } from "../../domain/market/batch.ts";
import { addContent, type FrameContent, isQuotesOnly } from "../../domain/overload/frame-content.ts";
import { nextShedLevel, type ShedLevel, type ShedMarks } from "../../domain/overload/shed-level.ts";
import type { GapDraft, RawDraft } from "../../domain/stream/raw-entry.ts";
import { ShedStretch } from "./shed-stretch.ts";

/** What a queue has shed since it was made. */
export interface ShedCounts extends FrameContent {
  readonly frames: number;
}

/** What a frame takes beside its text. */
const FRAME_BYTES = 256;

interface Waiting {
  /** A stretch becomes a draft when its turn comes: until then it may grow. */
  content: RawDraft | ShedStretch;
  readonly bytes: number;
  /** Monotonic, ms. */
  readonly sinceMs: number;
}

/** One connection, as the log will see it. */
interface Lane {
  epoch: number;
  /** By how much the places of this epoch move up because frames before them were shed. */
  missing: number;
  /** What frames are shed into, while it goes on. */
  stretch: ShedStretch | undefined;
}

/**
 * Entries on their way to the log, in order, bounded by shedding whole frames.
 *
 * What is shed takes no place in the log: those behind it move up, and the positions in the log stay without a hole. So a
 * hole keeps its one meaning, that something was lost which nobody told. The first frame of a stretch leaves its place to
 * a gap entry that tells the stretch. It stands in front of everything that was received after the first loss, so that a
 * log is true wherever it breaks off; when its turn to be appended comes, what is shed from then on is another stretch.
 */
export class SpoolQueue {
  readonly #marks: ShedMarks;
  readonly #lanes = new Map<string, Lane>();
  readonly #shed = { frames: 0, trades: 0, quotes: 0, values: 0, other: 0 };
  readonly #items = new ChunkedDeque<Waiting>();
  #frames = 0;
  #bytes = 0;
  #level: ShedLevel = "none";

  constructor(marks: ShedMarks) {
    this.#marks = marks;
  }

  get length(): number {
    return this.#items.length;
  }

  get frames(): number {
    return this.#frames;
  }

  /** Of the frames, as the marks count them. */
  get bytes(): number {
    return this.#bytes;
  }

  get level(): ShedLevel {
    return this.#level;
  }

  get shed(): ShedCounts {
    return { ...this.#shed };
  }

  /** Since when the oldest entry waits; `undefined` where there is none. */
  get oldestSinceMs(): number | undefined {
    return this.#items.at(0)?.sinceMs;
  }

  /** @returns the place that the entry will have in the log; `undefined` for a frame that was shed. */
  push(draft: RawDraft, content: FrameContent, nowMs: number): StreamPosition | undefined {
    const lane = this.#laneOf(draft.position);
    if (draft.kind === "frame" && this.#isShed(content)) {
      this.#shedFrame(lane, draft, content, nowMs);
      return undefined;
    }
    const placed = lane.missing === 0 ? draft : { ...draft, position: moved(draft.position, lane.missing) };
    const bytes = draft.kind === "frame" ? draft.payload.length + FRAME_BYTES : 0;
    if (draft.kind === "frame") this.#frames += 1;
    this.#bytes += bytes;
    this.#items.push({ content: placed, bytes, sinceMs: nowMs });
    this.#settleLevel();
    return placed.position;
  }

  /** The oldest entries, at least one if there is any, as they will be from now on; they stay until `drop`. */
  head(maxEntries: number, maxBytes: number): RawDraft[] {
    const drafts: RawDraft[] = [];
    let bytes = 0;
    for (const item of this.#items) {
      if (drafts.length >= maxEntries) break;
      bytes += item.bytes;
      if (bytes > maxBytes && drafts.length > 0) break;
      if (item.content instanceof ShedStretch) item.content = this.#sealed(item.content);
      drafts.push(item.content);
    }
    return drafts;
  }

  /** Forgets the oldest entries: the log has them. */
  drop(count: number): void {
    for (const { content, bytes } of this.#items.slice(0, count)) {
      this.#bytes -= bytes;
      if (!(content instanceof ShedStretch) && content.kind === "frame") this.#frames -= 1;
    }
    this.#items.dropHead(count);
    this.#settleLevel();
  }

  #isShed(content: FrameContent): boolean {
    return this.#level === "all" || (this.#level === "quotes" && isQuotesOnly(content));
  }

  #shedFrame(lane: Lane, frame: RawDraft, content: FrameContent, nowMs: number): void {
    this.#shed.frames += 1;
    addContent(this.#shed, content);
    if (lane.stretch !== undefined) {
      lane.stretch.add(frame.receivedAtMs, "quotes");
      lane.missing += 1;
      return;
    }
    const scope = this.#level === "all" ? "all" : "quotes";
    lane.stretch = new ShedStretch(moved(frame.position, lane.missing), frame.receivedAtMs, scope);
    this.#items.push({ content: lane.stretch, bytes: 0, sinceMs: nowMs });
  }

  #sealed(stretch: ShedStretch): GapDraft {
    for (const lane of this.#lanes.values()) if (lane.stretch === stretch) lane.stretch = undefined;
    return stretch.draft();
  }

  #settleLevel(): void {
    const level = nextShedLevel(this.#level, this.#bytes, this.#marks);
    if (level === this.#level) return;
    this.#level = level;
    for (const lane of this.#lanes.values()) lane.stretch = undefined;
  }

  #laneOf(position: StreamPosition): Lane {
    const name = connectionName(position);
    let lane = this.#lanes.get(name);
    if (lane === undefined || lane.epoch !== position.epoch) {
      lane = { epoch: position.epoch, missing: 0, stretch: undefined };
      this.#lanes.set(name, lane);
    }
    return lane;
  }
}

function moved(position: StreamPosition, missing: number): StreamPosition {
  return missing === 0 ? position : { ...position, seq: position.seq - missing };
}
