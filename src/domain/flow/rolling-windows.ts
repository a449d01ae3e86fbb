import { FLOW_BUCKETS, type FlowBucket, noBuckets } from "./flow-buckets.ts";
import { addFlow, FLOW_FIELDS, type FlowSums, noFlow, type OpenFlowSums } from "./flow-sums.ts";

/** Lengths of the rolling windows in ms, ascending. */
export const ROLLING_WINDOWS_MS: readonly number[] = Object.freeze([1_000, 10_000, 60_000]);

const BUCKET_MS = 100;
const LONGEST_BUCKETS = 600;
/** Buckets behind the longest window, so that one event stamped ahead does not push out what is still to be read. */
const SLACK_BUCKETS = 60;
const RING_BUCKETS = LONGEST_BUCKETS + SLACK_BUCKETS;

const FIELDS = FLOW_FIELDS.length;
/** Prints and contracts of each. */
const APART_FIELDS = 2 * FLOW_BUCKETS.length;

/** The sums over one window. */
export interface WindowSums extends FlowSums {
  /** 1000, 10000 or 60000. */
  readonly lengthMs: number;
}

/**
 * What traded in one underlying over the last 1 s, 10 s and 60 s of event time, in buckets of 100 ms. The same events
 * give exactly the same sums in whatever order and over however many shards they came, as long as the sums of
 * `premiumMicros` stay below 2^53.
 *
 * Times are event times as whole ms since the Unix epoch, as plain numbers. Holds 66 s behind its newest event, 74 KB.
 *
 * @example
 * ```ts
 * const windows = new RollingWindows();
 * windows.add(60_000, flowOf(4.2, 10, { side: "B", confidence: null }, null));
 * windows.read(61_000).map((window) => window.contracts); // [0, 10, 10]
 * ```
 */
export class RollingWindows {
  readonly #sums = new Float64Array(RING_BUCKETS * FIELDS);
  /** Prints and contracts of each kind that is counted apart; made with the first of them. */
  #apart: Float64Array | undefined;
  #newest = Number.NEGATIVE_INFINITY;

  /**
   * Adds to the bucket of event time `tMs`. A late event lands in its own bucket, one ahead moves the ring on.
   *
   * @param kind where it is counted apart as well.
   * @returns `false` for an event that is older than the ring: no window can show it any more, and it is left out.
   * @throws {RangeError} unless `tMs` is a whole number from 0 on and all sums are whole; nothing changes then.
   */
  add(tMs: number, sums: FlowSums, kind?: FlowBucket): boolean {
    return this.#apply(tMs, sums, 1) && this.#noteApart(tMs, kind, sums.contracts, 1);
  }

  /**
   * Counts a print apart that is in no sum: a late report.
   *
   * @returns `false` for one that is older than the ring.
   * @throws {RangeError} unless both are whole numbers from 0 on.
   */
  addApart(tMs: number, kind: FlowBucket, contracts: number): boolean {
    return this.#apply(tMs, noFlow(), 1) && this.#noteApart(tMs, kind, contracts, 1);
  }

  /**
   * Takes back what was added at event time `tMs`, for a cancel: the time of the cancelled print, not of the cancel.
   *
   * @returns `false` where that print is older than the ring: it has left every window already.
   * @throws {RangeError} as `add`.
   */
  subtract(tMs: number, sums: FlowSums, kind?: FlowBucket): boolean {
    return this.#apply(tMs, sums, -1) && this.#noteApart(tMs, kind, sums.contracts, -1);
  }

  /**
   * The sums of every window, ascending by length, as of event time `asOfMs`; changes nothing.
   *
   * With `asOf` the start of the bucket that `asOfMs` lies in, the window of N ms covers the buckets whose start `s`
   * has `asOf - N < s <= asOf`, each as a whole: the event times from `asOf - N + 100` up to but not including
   * `asOf + 100`.
   *
   * @throws {RangeError} unless `asOfMs` is a whole number from 0 on, and where it is so far (6 s or more) behind the
   * newest event that the ring no longer holds its longest window.
   */
  read(asOfMs: number): readonly WindowSums[] {
    const asOf = bucketOf(asOfMs, "read rolling windows", "asOfMs");
    if (asOf < this.#newest - SLACK_BUCKETS) {
      const earliestMs = (this.#newest - SLACK_BUCKETS) * BUCKET_MS;
      throw new RangeError(
        `Cannot read rolling windows: 'asOfMs' must be at least ${earliestMs}, near the newest event, current value is ${asOfMs}`,
      );
    }
    const windows: WindowSums[] = [];
    const sums = noFlow();
    let bucket = Math.min(asOf, this.#newest);
    for (const lengthMs of ROLLING_WINDOWS_MS) {
      // A longer window goes on from where the shorter one ended.
      for (const end = asOf - lengthMs / BUCKET_MS; bucket > end; bucket--) {
        if (bucket >= 0) this.#addBucket(sums, bucket);
      }
      const window = noFlow();
      addFlow(window, sums, 1);
      windows.push({ lengthMs, ...window });
    }
    return windows;
  }

  /** Adds everything that another shard holds: the same as if this one had seen its events too. */
  merge(other: RollingWindows): void {
    if (other.#newest > this.#newest) this.#advance(other.#newest);
    if (other.#apart !== undefined) this.#apart ??= new Float64Array(RING_BUCKETS * APART_FIELDS);
    for (let bucket = other.#newest; bucket >= 0 && bucket > this.#newest - RING_BUCKETS; bucket--) {
      addColumns(this.#sums, other.#sums, indexOf(bucket), FIELDS);
      if (this.#apart !== undefined) addColumns(this.#apart, other.#apart, apartIndex(bucket), APART_FIELDS);
    }
  }

  #apply(tMs: number, sums: FlowSums, sign: 1 | -1): boolean {
    const bucket = bucketOf(tMs, "add to rolling windows", "tMs");
    requireWhole(sums);
    if (bucket > this.#newest) this.#advance(bucket);
    else if (bucket <= this.#newest - RING_BUCKETS) return false;
    // In the order of `FLOW_FIELDS`.
    let at = indexOf(bucket);
    this.#add(at++, sign * sums.prints);
    this.#add(at++, sign * sums.contracts);
    this.#add(at++, sign * sums.premiumMicros);
    this.#add(at++, sign * sums.boughtPrints);
    this.#add(at++, sign * sums.boughtContracts);
    this.#add(at++, sign * sums.boughtPremiumMicros);
    this.#add(at++, sign * sums.soldPrints);
    this.#add(at++, sign * sums.soldContracts);
    this.#add(at++, sign * sums.soldPremiumMicros);
    this.#add(at++, sign * sums.ratedContracts);
    this.#add(at++, sign * sums.boughtEdge);
    this.#add(at++, sign * sums.soldEdge);
    this.#add(at++, sign * sums.deltaPrints);
    this.#add(at, sign * sums.deltaMicros);
    return true;
  }

  #add(at: number, more: number): void {
    this.#sums[at] = (this.#sums[at] ?? 0) + more;
  }

  #noteApart(tMs: number, kind: FlowBucket | undefined, contracts: number, sign: 1 | -1): true {
    if (kind === undefined) return true;
    this.#apart ??= new Float64Array(RING_BUCKETS * APART_FIELDS);
    const at = apartIndex(Math.floor(tMs / BUCKET_MS)) + 2 * FLOW_BUCKETS.indexOf(kind);
    this.#apart[at] = (this.#apart[at] ?? 0) + sign;
    this.#apart[at + 1] = (this.#apart[at + 1] ?? 0) + sign * contracts;
    return true;
  }

  #addBucket(sums: OpenFlowSums, bucket: number): void {
    let at = indexOf(bucket);
    for (const field of FLOW_FIELDS) sums[field] += this.#sums[at++] ?? 0;
    if (this.#apart === undefined) return;
    sums.buckets ??= noBuckets();
    at = apartIndex(bucket);
    for (const kind of FLOW_BUCKETS) {
      sums.buckets[kind].prints += this.#apart[at++] ?? 0;
      sums.buckets[kind].contracts += this.#apart[at++] ?? 0;
    }
  }

  #advance(newest: number): void {
    if (newest - this.#newest >= RING_BUCKETS) {
      this.#sums.fill(0);
      this.#apart?.fill(0);
    } else {
      for (let bucket = this.#newest + 1; bucket <= newest; bucket++) {
        this.#sums.fill(0, indexOf(bucket), indexOf(bucket) + FIELDS);
        this.#apart?.fill(0, apartIndex(bucket), apartIndex(bucket) + APART_FIELDS);
      }
    }
    this.#newest = newest;
  }
}

function bucketOf(tMs: number, action: string, name: string): number {
  if (!Number.isSafeInteger(tMs) || tMs < 0) {
    throw new RangeError(`Cannot ${action}: '${name}' must be a whole number of ms from 0 on, current value is ${tMs}`);
  }
  return Math.floor(tMs / BUCKET_MS);
}

/** Where the numbers of a bucket start. */
function indexOf(bucket: number): number {
  return (bucket % RING_BUCKETS) * FIELDS;
}

/** The same of what is counted apart. */
function apartIndex(bucket: number): number {
  return (bucket % RING_BUCKETS) * APART_FIELDS;
}

function addColumns(to: Float64Array, from: Float64Array | undefined, first: number, count: number): void {
  for (let at = first; at < first + count; at++) to[at] = (to[at] ?? 0) + (from?.[at] ?? 0);
}

function requireWhole(sums: FlowSums): void {
  if (areWhole(sums)) return;
  for (const name of FLOW_FIELDS) {
    const value = sums[name];
    if (Number.isInteger(value)) continue;
    throw new RangeError(`Cannot add to rolling windows: '${name}' must be a whole number, current value is ${value}`);
  }
}

/** One by one, since a loop over names takes ten times as long. */
function areWhole(sums: FlowSums): boolean {
  return (
    Number.isInteger(sums.prints) &&
    Number.isInteger(sums.contracts) &&
    Number.isInteger(sums.premiumMicros) &&
    Number.isInteger(sums.boughtPrints) &&
    Number.isInteger(sums.boughtContracts) &&
    Number.isInteger(sums.boughtPremiumMicros) &&
    Number.isInteger(sums.soldPrints) &&
    Number.isInteger(sums.soldContracts) &&
    Number.isInteger(sums.soldPremiumMicros) &&
    Number.isInteger(sums.ratedContracts) &&
    Number.isInteger(sums.boughtEdge) &&
    Number.isInteger(sums.soldEdge) &&
    Number.isInteger(sums.deltaPrints) &&
    Number.isInteger(sums.deltaMicros)
  );
}
