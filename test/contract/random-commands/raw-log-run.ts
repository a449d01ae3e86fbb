import { CURSOR_START, type Cursor, splitCursor } from "../../../src/domain/stream/cursor.ts";
import type { FrameDraft, RawDraft } from "../../../src/domain/stream/raw-entry.ts";
import type { RawLogRetention } from "../../../src/ports/raw-log.ts";
import { check } from "../../../src/testing/check.ts";
import { isAsciiOnly, type Place, type RawLogCommand } from "./raw-log-commands.ts";
import type { Between } from "./shapes.ts";
import type { Worlds } from "./worlds.ts";

const NEVER_ABORTED = new AbortController().signal;
/** More than a log here holds. */
const ALL = 10_000;

/** The raw log of both worlds, and what was appended to it. */
export class RawLogRun {
  readonly #worlds: Worlds;
  readonly #retention: RawLogRetention;
  /** The start, then every entry ever stored. */
  readonly #cursors: Cursor[] = [CURSOR_START];
  /** When each producer last stored something. */
  readonly storedAt: Map<string, Between> = new Map();
  /** Highest epoch, and latest receipt in it, of each connection. */
  readonly tails: Map<string, { readonly epoch: number; readonly receivedAtMs: number | undefined }> = new Map();
  /** Frames ever stored. */
  readonly frames: FrameDraft[] = [];

  constructor(worlds: Worlds, retention: RawLogRetention) {
    this.#worlds = worlds;
    this.#retention = retention;
  }

  /** The last entry ever stored. */
  get last(): Cursor {
    return this.#cursors.at(-1) ?? CURSOR_START;
  }

  cursorAt({ fromLast, shift }: Place): Cursor {
    const cursor = this.#cursors[Math.max(0, this.#cursors.length - 1 - fromLast)] ?? CURSOR_START;
    const { ms, n } = splitCursor(cursor);
    switch (shift) {
      case "at":
        return cursor;
      case "before":
        return `${ms}-${Math.max(0, n - 1)}`;
      case "behind":
        return `${ms}-${n + 1}`;
      case "early":
        return `${Math.max(0, ms - 1)}-${n + 3}`;
      case "far":
        return `${ms + 10_000_000}-0`;
      case "wrong":
        return `0${ms}-${n}`;
    }
  }

  async run(command: RawLogCommand): Promise<void> {
    const { op, client } = command;
    switch (op) {
      case "append":
        return this.#append(command);
      case "storedSeq":
        await this.#worlds.call(client, op, ({ log }) => log.storedSeq(command.producer));
        return;
      case "connectionTail":
        await this.#worlds.call(client, op, ({ log }) => log.connectionTail(command.connection));
        return;
      case "read": {
        const after = this.cursorAt(command.after);
        await this.#worlds.call(client, op, ({ log }) => log.read(after, command.limit, 0, NEVER_ABORTED));
        return;
      }
      case "countAfter": {
        const after = this.cursorAt(command.after);
        await this.#worlds.call(client, op, ({ log }) => log.countAfter(after));
        return;
      }
      case "trim": {
        const slowest = this.cursorAt(command.slowestReader);
        const lost = command.lost ? "trim-raw" : undefined;
        // Everything is too old for an age of 0 from the next millisecond on.
        if (this.#retention.maxAgeMs === 0) await this.#worlds.passBy(splitCursor(this.last).ms);
        await this.#worlds.call(client, op, ({ log }) => log.trim(slowest), { lost });
        return;
      }
    }
  }

  /** What memory holds. */
  async entries(): Promise<Awaited<ReturnType<Worlds["memory"]["log"]["read"]>>> {
    return this.#worlds.memory.log.read(CURSOR_START, ALL, 0, NEVER_ABORTED);
  }

  async #append({ client, lost, producer, ahead, drafts }: RawLogCommand & { readonly op: "append" }): Promise<void> {
    const worlds = this.#worlds;
    const before = await worlds.memory.log.storedSeq(producer);
    const given = drafts.map((draft) => (isAsciiOnly(this.#retention) ? asciiDraft(draft) : draft));
    const stream = worlds.redis.keys.of("rawStream");
    await worlds.call(client, "append", ({ log }) => log.append(producer, before + ahead, given), {
      lost: lost ? "append-raw" : undefined,
      doneAtMs: () => worlds.redis.lastEntryMs(stream),
    });
    const { during } = worlds;
    if ((await worlds.memory.log.storedSeq(producer)) === before) return;
    this.storedAt.set(producer, during);
    const behind = (await this.#readBehind(this.last)) ?? [];
    check.isTrue("an append that stores something stores entries", behind.length > 0);
    for (const { cursor, draft } of behind) {
      const { ms } = splitCursor(cursor);
      check.isTrue(
        `${cursor} was stored between ${during.from} and ${during.to}`,
        during.from <= ms && ms <= during.to,
      );
      this.#cursors.push(cursor);
      if (draft.kind === "frame") this.frames.push(draft);
      this.#noteTail(draft);
    }
  }

  #noteTail({ position, receivedAtMs }: RawDraft): void {
    const name = `${position.class}/${position.shard}`;
    const before = this.tails.get(name);
    if (before !== undefined && position.epoch < before.epoch) return;
    const times = [receivedAtMs, before?.epoch === position.epoch ? before.receivedAtMs : undefined];
    const known = times.filter((time) => time !== undefined);
    const latest = known.length === 0 ? undefined : Math.max(...known);
    this.tails.set(name, { epoch: position.epoch, receivedAtMs: latest });
  }

  async #readBehind(after: Cursor): Promise<Awaited<ReturnType<RawLogRun["entries"]>>["entries"] | undefined> {
    const read = await this.#worlds.call(0, "read", ({ log }) => log.read(after, ALL, 0, NEVER_ABORTED));
    return read.at(-1)?.entries;
  }
}

function asciiDraft(draft: RawDraft): RawDraft {
  return draft.kind === "frame" ? { ...draft, payload: draft.payload.replace(/[^ -~]/g, "~") } : draft;
}
