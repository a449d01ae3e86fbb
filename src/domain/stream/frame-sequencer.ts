import type { AssetClass } from "../instrument/resource.ts";
import type { StreamPosition } from "../market/batch.ts";
import { parsePayload } from "../wire/parse-payload.ts";
import type { GapCause } from "./gap.ts";
import type { RawDraft } from "./raw-entry.ts";

/** A frame of a recording that knows nothing of connections. */
export interface RecordedFrame {
  /** `undefined` where the recorder kept no time. */
  readonly receivedAtMs: number | undefined;
  readonly payload: string;
}

const OUTAGE: GapCause = "disconnect";

/**
 * Gives the frames of a bare recording the positions that a live source would have given them.
 *
 * A connection's epoch is the time at which it was made, in ms, so that the connections of one recording and of the next
 * day's follow one another, and the same recording always gets the same positions. Without times epochs count from 1: then
 * two recordings cannot be told apart, and each needs a log of its own.
 *
 * The provider greets every new socket with a status `connected`: such a frame ends the connection epoch before it and
 * starts the next. The gap between the two runs from the last receipt of the old epoch to the first status `success` of
 * the new one, which confirms the subscription. The control entries stand in order with the frames.
 *
 * @example
 * ```ts
 * const sequencer = new FrameSequencer("options");
 * sequencer.push({ receivedAtMs: 1766437799500, payload: '[{"ev":"T","sym":"O:SPXW251223P06870000","p":7.7,"s":1,"t":1766437799445}]' });
 * // [{ kind: "frame", position: { class: "options", shard: 0, epoch: 1766437799500, seq: 1 }, ... }]
 * ```
 */
export class FrameSequencer {
  readonly #class: AssetClass;
  #epoch = 0;
  /** The latest epoch that somebody else gave to entries of the same connection. */
  #taken = 0;
  #seq = 0;
  #lastReceivedAtMs: number | undefined;
  /** Set from a reconnect until the subscription is confirmed. */
  #outage: { readonly fromAtMs: number | undefined } | undefined;

  constructor(assetClass: AssetClass) {
    this.#class = assetClass;
  }

  /** The entries that the next frame makes: itself, and control entries before or behind it. */
  push(frame: RecordedFrame): readonly RawDraft[] {
    const { receivedAtMs, payload } = frame;
    const drafts: RawDraft[] = [];
    if (this.#taken >= this.#epoch) this.#startEpoch(receivedAtMs);
    // Most frames carry no status; looking for the end of its name is much cheaper than parsing, and than looking for all
    // of it: a "u" stands in no other name or ticker.
    const statuses = payload.includes('us"') ? statusesOf(payload) : [];

    if (statuses.includes("connected")) {
      if (this.#seq > 0) {
        this.#outage ??= { fromAtMs: this.#lastReceivedAtMs };
        drafts.push({ kind: "closed", position: this.#place(), receivedAtMs: this.#lastReceivedAtMs, cause: OUTAGE });
        this.#startEpoch(receivedAtMs);
      }
      drafts.push({ kind: "connected", position: this.#place(), receivedAtMs });
    }
    drafts.push({ kind: "frame", position: this.#place(), receivedAtMs, payload });
    this.#lastReceivedAtMs = receivedAtMs;
    if (this.#outage !== undefined && statuses.includes("success")) drafts.push(this.#gap(receivedAtMs));
    return drafts;
  }

  /** Takes note of an entry of the recording that has a place already: bare frames behind it get a later epoch. */
  pass(position: StreamPosition): void {
    if (position.class === this.#class && position.shard === 0) this.#taken = Math.max(this.#taken, position.epoch);
  }

  /** What is left to say at the end of the recording: a gap whose subscription was never confirmed has no end. */
  finish(): readonly RawDraft[] {
    return this.#outage === undefined ? [] : [this.#gap(undefined)];
  }

  #gap(toAtMs: number | undefined): RawDraft {
    const fromAtMs = this.#outage?.fromAtMs;
    this.#outage = undefined;
    const connection = `${this.#class}/0`;
    return {
      kind: "gap",
      position: this.#place(),
      receivedAtMs: toAtMs ?? this.#lastReceivedAtMs,
      gap: { connection, fromAtMs, toAtMs, cause: OUTAGE, scope: "all", instruments: undefined },
    };
  }

  #startEpoch(atMs: number | undefined): void {
    this.#epoch = Math.max(this.#epoch + 1, this.#taken + 1, Math.floor(atMs ?? 0));
    this.#seq = 0;
  }

  #place(): StreamPosition {
    this.#seq += 1;
    return { class: this.#class, shard: 0, epoch: this.#epoch, seq: this.#seq };
  }
}

function statusesOf(payload: string): readonly string[] {
  const parsed = parsePayload(payload, { onInvalid: "quarantine" });
  return parsed.ok ? parsed.statuses.map(({ status }) => status) : [];
}
