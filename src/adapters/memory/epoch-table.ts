import { ChunkedDeque } from "../../domain/chunked-deque.ts";
import {
  type EpochDraft,
  type EpochId,
  type EpochMeta,
  mergeValues,
  type SubstrateRecord,
} from "../../domain/epoch/substrate.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EpochPromotion } from "../../ports/epoch-store.ts";
import { DirtyContracts } from "./dirty-contracts.ts";
import { frozenCopy } from "./frozen-copy.ts";

const GRACE_MS = 300_000;
const META_LIFE_MS = 86_400_000;
const MAX_TIMELINE = 1_000;

/** One epoch: `meta` is replaced whole, `records` are in ticker order. Meta and records are frozen. */
export interface StoredEpoch {
  meta: EpochMeta;
  readonly records: Map<string, SubstrateRecord>;
  readonly dirty: DirtyContracts;
  hadStreamedUpdates: boolean;
}

/** The epochs of a database, what its clients share. Every method is one atomic step. */
export class EpochTable {
  readonly #clock: Clock;
  readonly #staged = new Map<EpochId, StoredEpoch>();
  /** Active now or before. */
  readonly #promoted = new Map<EpochId, StoredEpoch>();
  readonly #activeOf = new Map<string, EpochId>();
  readonly #timelines = new Map<string, ChunkedDeque<StoredEpoch>>();
  #token = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A number that no lease of this database had before. */
  nextToken(): number {
    this.#token += 1;
    return this.#token;
  }

  active(symbol: string): EpochId | null {
    const epoch = this.#activeOf.get(symbol);
    return epoch !== undefined && this.readable(epoch) !== undefined ? epoch : null;
  }

  /** The active epochs of all symbols. */
  allActive(): readonly StoredEpoch[] {
    return [...this.#activeOf.values()].flatMap((epoch) => this.readable(epoch) ?? []);
  }

  isActive(epoch: EpochId): boolean {
    const stored = this.readable(epoch);
    return stored !== undefined && stored.meta.supersededAtMs === null;
  }

  /** An epoch that was promoted and has not expired. */
  readable(epoch: EpochId): StoredEpoch | undefined {
    const stored = this.#promoted.get(epoch);
    return stored !== undefined && this.#clock.now() < stored.meta.validUntilMs ? stored : undefined;
  }

  meta(epoch: EpochId): EpochMeta | null {
    const meta = this.#promoted.get(epoch)?.meta;
    return meta === undefined || isForgotten(meta, this.#clock.now()) ? null : meta;
  }

  stage(draft: EpochDraft): void {
    this.#sweep();
    if (this.#promoted.has(draft.id)) {
      throw new TypeError(`Cannot stage an epoch: its id must be new, "${draft.id}" is active or was`);
    }
    const { records, ...rest } = frozenCopy(draft);
    const sorted = [...records].sort((a, b) => (a.terms.contract < b.terms.contract ? -1 : 1));
    const byContract = new Map(sorted.map((record) => [record.terms.contract, record]));
    this.#staged.set(draft.id, {
      meta: Object.freeze({ ...rest, contractCount: byContract.size, supersededAtMs: null, streamedAtMs: null }),
      records: byContract,
      dirty: new DirtyContracts(),
      hadStreamedUpdates: false,
    });
  }

  /** @returns what to announce; `null` where the promotion is lost. */
  promote(expected: EpochId | null, next: EpochId): EpochPromotion | null {
    this.#sweep();
    const nowMs = this.#clock.now();
    const staged = this.#staged.get(next);
    if (staged === undefined) return null;
    const { symbol, forced } = staged.meta;
    const last = this.#activeOf.get(symbol) ?? null;
    if (expected !== this.active(symbol) && expected !== last) return null;
    const previous = this.#promoted.get(last ?? "");
    const before = [...(previous?.records.keys() ?? [])];
    const kept = before.filter((contract) => staged.records.has(contract)).length;
    if (previous !== undefined) {
      carryOver(previous, staged);
      supersede(previous, nowMs);
    }
    this.#staged.delete(next);
    this.#promoted.set(next, staged);
    this.#activeOf.set(symbol, next);
    for (const contract of staged.records.keys()) staged.dirty.mark(contract);
    const timeline = this.#timelines.get(symbol) ?? new ChunkedDeque();
    this.#timelines.set(symbol, timeline);
    timeline.pushBounded(staged, MAX_TIMELINE);
    const added = staged.records.size - kept;
    return { symbol, epoch: next, previous: last, added, removed: before.length - kept, forced };
  }

  renew(epoch: EpochId, validUntilMs: number): void {
    const stored = this.readable(epoch);
    if (stored === undefined || stored.meta.supersededAtMs !== null) return;
    stored.meta = Object.freeze({ ...stored.meta, validUntilMs: Math.max(stored.meta.validUntilMs, validUntilMs) });
  }

  timeline(symbol: string): readonly EpochMeta[] {
    const timeline = this.#timelines.get(symbol);
    return timeline?.last(timeline.length).map((stored) => stored.meta) ?? [];
  }

  /** Lets go of what can no longer be read. */
  #sweep(): void {
    const nowMs = this.#clock.now();
    for (const [epoch, { meta }] of this.#staged) if (nowMs >= meta.validUntilMs) this.#staged.delete(epoch);
    for (const [epoch, stored] of this.#promoted) {
      if (nowMs < stored.meta.validUntilMs) continue;
      stored.records.clear();
      stored.dirty.clear();
      if (isForgotten(stored.meta, nowMs)) this.#promoted.delete(epoch);
    }
  }
}

function isForgotten({ supersededAtMs }: EpochMeta, nowMs: number): boolean {
  return supersededAtMs !== null && nowMs >= supersededAtMs + META_LIFE_MS;
}

/** The draft came later: of equal versions it has the later writer, but for open interest, which is pinned. */
function carryOver(from: StoredEpoch, into: StoredEpoch): void {
  for (const [contract, { terms: _terms, ...values }] of from.records) {
    const draft = into.records.get(contract);
    if (draft === undefined) continue;
    const { terms, ...drafted } = draft;
    into.records.set(contract, Object.freeze(mergeValues({ terms, ...values }, drafted).record));
  }
}

/** An epoch that is still valid can be read for the grace time; one that has expired stays so. */
function supersede(stored: StoredEpoch, nowMs: number): void {
  const { meta } = stored;
  const validUntilMs = nowMs < meta.validUntilMs ? nowMs + GRACE_MS : meta.validUntilMs;
  stored.meta = Object.freeze({ ...meta, validUntilMs, supersededAtMs: nowMs });
}
