import type { Cursor } from "../../domain/stream/cursor.ts";
import type { RawLog } from "../../ports/raw-log.ts";

/** Full parts in a row behind which there is a backlog: fewer come in one burst of a live feed, too. */
const FULL_PARTS_OF_BACKLOG = 4;

/** What a read of the log answers with. */
export type LogPart = Awaited<ReturnType<RawLog["read"]>>;

/** A read that was begun before anybody asked for it. */
interface Ahead {
  readonly after: Cursor;
  /** `undefined` where it failed: whoever needs the part asks again. */
  readonly part: Promise<LogPart | undefined>;
}

/**
 * Reads a log part by part, and while there is a backlog one part ahead, so that the log works while a part is folded.
 * What is ahead was read at most one part too early: entries that retention removes meanwhile are here all the same.
 */
export class ReadAhead {
  readonly #log: Pick<RawLog, "read">;
  readonly #limit: number;
  readonly #signal: AbortSignal;
  #ahead: Ahead | undefined;
  #fullParts = 0;

  constructor(log: Pick<RawLog, "read">, limit: number, signal: AbortSignal) {
    this.#log = log;
    this.#limit = limit;
    this.#signal = signal;
  }

  /** The entries behind `after`, as `RawLog.read` gives them. */
  async read(after: Cursor, blockMs: number): Promise<LogPart> {
    const part = (await this.#take(after)) ?? (await this.#log.read(after, this.#limit, blockMs, this.#signal));
    const last = part.entries.at(-1);
    const isFull = last !== undefined && part.entries.length === this.#limit;
    this.#fullParts = isFull ? this.#fullParts + 1 : 0;
    if (isFull) this.#begin(last.cursor);
    return part;
  }

  /** Whether more is written than was read for a while. */
  get isBehind(): boolean {
    return this.#fullParts >= FULL_PARTS_OF_BACKLOG;
  }

  /** What was read ahead; nothing where that was not this, failed, or found the end of the log: then it is time to wait. */
  async #take(after: Cursor): Promise<LogPart | undefined> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead?.after !== after) return undefined;
    const part = await ahead.part;
    if (part === undefined || part.entries.length > 0 || part.trimmed !== undefined) return part;
    // However full the part is that comes next: it was not waiting.
    this.#fullParts = 0;
    return undefined;
  }

  #begin(after: Cursor): void {
    const part = this.#log.read(after, this.#limit, 0, this.#signal).catch(() => undefined);
    this.#ahead = { after, part };
  }
}
