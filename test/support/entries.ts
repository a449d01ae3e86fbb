import type { Gap } from "../../src/domain/stream/gap.ts";
import type { RawDraft, RawEntry } from "../../src/domain/stream/raw-entry.ts";

/** The day of the sample trade, 2025-12-22 16:00 Eastern, in ms. */
export const SAMPLE_MS = 1_766_437_200_000;

/** One provider trade event of the sample contract, with anything changed. */
export function tradeEvent(tMs: number, change: Record<string, unknown> = {}): Record<string, unknown> {
  return { ev: "T", sym: "O:SPXW251223P06870000", x: 302, p: 7.7, s: 1, c: [209], t: tMs, q: 1, ...change };
}

/** One provider quote event of the sample contract, with anything changed. */
export function quoteEvent(tMs: number, change: Record<string, unknown> = {}): Record<string, unknown> {
  const sides = { bx: 302, ax: 302, bp: 7.6, ap: 7.8, bs: 10, as: 20 };
  return { ev: "Q", sym: "O:SPXW251223P06870000", ...sides, t: tMs, q: 2, ...change };
}

/** Writes a raw log by hand: each call is the next entry of one connection, in the epoch last begun. */
export class EntryWriter {
  readonly entries: RawEntry[] = [];
  #epoch = 1;
  #seq = 0;

  get drafts(): readonly RawDraft[] {
    return this.entries.map(({ draft }) => draft);
  }

  /** A frame of these events, or of this text. */
  frame(receivedAtMs: number | undefined, content: readonly Record<string, unknown>[] | string): this {
    const payload = typeof content === "string" ? content : JSON.stringify(content);
    return this.#push({ kind: "frame", position: this.#place(), receivedAtMs, payload });
  }

  heartbeat(receivedAtMs: number): this {
    return this.#push({ kind: "heartbeat", position: this.#place(), receivedAtMs });
  }

  /** The link breaks, and comes back in the next epoch with a gap between. */
  reconnect(downAtMs: number, upAtMs: number): this {
    this.#push({ kind: "closed", position: this.#place(), receivedAtMs: downAtMs, cause: "disconnect" });
    this.#epoch += 1;
    this.#seq = 0;
    this.#push({ kind: "connected", position: this.#place(), receivedAtMs: upAtMs });
    const bounds = { fromAtMs: downAtMs, toAtMs: upAtMs };
    const gap = {
      connection: "options/0",
      ...bounds,
      cause: "disconnect",
      scope: "all",
      instruments: undefined,
    } as const;
    return this.#push({ kind: "gap", position: this.#place(), receivedAtMs: upAtMs, gap });
  }

  /** Data may be missing, and the link is up all the same. */
  gap(atMs: number, gap: Gap): this {
    return this.#push({ kind: "gap", position: this.#place(), receivedAtMs: atMs, gap });
  }

  /** Loses entries. */
  skip(count: number): this {
    this.#seq += count;
    return this;
  }

  /** The last entry once more. */
  repeatLast(): this {
    const last = this.entries.at(-1);
    if (last === undefined) throw new RangeError("Cannot repeat an entry: there is none");
    return this.#push(last.draft);
  }

  #place() {
    this.#seq += 1;
    return { class: "options", shard: 0, epoch: this.#epoch, seq: this.#seq } as const;
  }

  #push(draft: RawDraft): this {
    this.entries.push({ cursor: `1000-${this.entries.length + 1}`, draft });
    return this;
  }
}
