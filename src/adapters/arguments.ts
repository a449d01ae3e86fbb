import type { ConnectionId } from "../domain/market/batch.ts";
import { isDate } from "../domain/market/trading-day.ts";
import { compareCursors } from "../domain/stream/cursor.ts";
import type { RawDraft } from "../domain/stream/raw-entry.ts";
import type { HydrationStep } from "../ports/hydration-store.ts";
import type { ProducerId, RawLogRetention } from "../ports/raw-log.ts";

/** @throws {RangeError} unless `limit` is a positive safe integer. */
export function assertLimit(action: string, limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new RangeError(`Cannot ${action}: 'limit' must be a positive integer, current value is ${limit}`);
  }
}

/** What names of producers end in that count for sources, and those of the raw log must not: both are kept in one place. */
export const STATUS_PRODUCER = "/status";

/** @throws {TypeError} for a name that a producer of the raw log must not have. */
export function assertProducer(action: string, producer: ProducerId): void {
  if (!producer.endsWith(STATUS_PRODUCER)) return;
  throw new TypeError(
    `Cannot ${action}: 'producer' must not end in "${STATUS_PRODUCER}", current value is ${JSON.stringify(producer)}`,
  );
}

/** @throws {RangeError} for a shard that no key can have. */
export function assertShard(action: string, { shard }: ConnectionId): void {
  assertWhole(action, "shard", shard, 0, MAX_SHARD);
}

/** @throws {RangeError} unless `firstSeq` is a positive safe integer. */
export function assertFirstSeq(firstSeq: number): void {
  if (!Number.isSafeInteger(firstSeq) || firstSeq < 1) {
    throw new RangeError(
      `Cannot append to the raw log: 'firstSeq' must be a positive safe integer, current value is ${firstSeq}`,
    );
  }
}

/**
 * @throws {RangeError} unless the step leads forward or has nothing that its repeat would add once more, says what it is,
 * and counts in whole numbers.
 * @throws {TypeError} for trades or totals of an expiration that is no date.
 */
export function assertStep(step: HydrationStep): void {
  if (step.deferred === true && step.totals.length + step.ledgers.length > 0) {
    throw new RangeError(
      `Cannot commit a step: a deferred one must have no totals and ledgers, current value has ${step.totals.length} and ${step.ledgers.length}`,
    );
  }
  const ahead = compareCursors(step.next, step.prev);
  if (ahead < 0 || (ahead === 0 && (step.deferred === true || addsSomething(step)))) {
    throw new RangeError(
      `Cannot commit a step: 'next' must stand behind 'prev' ${step.prev}, or at it where there is nothing but totals and ledgers, current value is ${step.next}`,
    );
  }
  for (const [name, by] of Object.entries(step.counters)) {
    if (!Number.isSafeInteger(by) || by < 0) {
      throw new RangeError(
        `Cannot commit a step: 'counters.${name}' must be an integer of at least 0, current value is ${by}`,
      );
    }
  }
  const dates = new Set<string>();
  let last: string | undefined;
  for (const { trade } of step.trades) {
    if (trade.expiration !== last) dates.add(trade.expiration);
    last = trade.expiration;
  }
  for (const { expiration } of step.totals) dates.add(expiration);
  for (const date of dates) {
    if (!isDate(date)) {
      throw new TypeError(
        `Cannot commit a step: 'expiration' must be a date YYYY-MM-DD, current value is ${JSON.stringify(date)}`,
      );
    }
  }
}

/** Whether a step has something that would be there twice after a repeat: what is absolute would not. */
function addsSomething({ trades, counters, gaps, quarantine }: HydrationStep): boolean {
  return trades.length + gaps.length + quarantine.length > 0 || Object.values(counters).some((by) => by !== 0);
}

/** Retention where none is given: 100,000 entries, 1 GiB. */
const DEFAULT_RETENTION: RawLogRetention = { softMaxEntries: 100_000, hardMaxBytes: 1_073_741_824 };

const APPEND = "append to the raw log";

/** What fifteen digits hold. */
const MAX_COUNT = 999_999_999_999_999;
const MAX_SHARD = 999_999_999;
/** The last instant that a JavaScript date can name, ms. */
const MAX_TIME_MS = 8_640_000_000_000_000;

/** @throws {RangeError} for an entry with a time or a place that could not be read back. */
export function assertDrafts(entries: readonly RawDraft[]): void {
  for (const draft of entries) {
    const { shard, epoch, seq } = draft.position;
    assertWhole(APPEND, "position.shard", shard, 0, MAX_SHARD);
    assertWhole(APPEND, "position.epoch", epoch, 0, MAX_COUNT);
    assertWhole(APPEND, "position.seq", seq, 1, MAX_COUNT);
    assertTime("receivedAtMs", draft.receivedAtMs);
    if (draft.kind !== "gap") continue;
    assertTime("gap.fromAtMs", draft.gap.fromAtMs);
    assertTime("gap.toAtMs", draft.gap.toAtMs);
  }
}

function assertWhole(action: string, name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(
    `Cannot ${action}: '${name}' must be an integer from ${least} to ${most}, current value is ${value}`,
  );
}

function assertTime(name: string, ms: number | undefined): void {
  if (ms === undefined || (ms >= 1 && ms <= MAX_TIME_MS)) return;
  throw new RangeError(
    `Cannot append to the raw log: '${name}' must be a number of milliseconds from 1 to ${MAX_TIME_MS}, current value is ${ms}`,
  );
}

/**
 * The retention given, or the default.
 *
 * @throws {RangeError} for a bound that is no integer of at least 0.
 */
export function resolveRetention(retention: RawLogRetention = DEFAULT_RETENTION): RawLogRetention {
  for (const name of ["softMaxEntries", "hardMaxBytes", "maxAgeMs"] as const) {
    const bound = retention[name] ?? 0;
    if (!Number.isSafeInteger(bound) || bound < 0) {
      throw new RangeError(
        `Cannot open a raw log: '${name}' must be an integer of at least 0, current value is ${bound}`,
      );
    }
  }
  return { ...retention };
}
