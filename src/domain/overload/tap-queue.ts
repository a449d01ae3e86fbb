import { ChunkedDeque } from "../chunked-deque.ts";
import { type DataBatch, SCHEMA_VERSION, type Watermark } from "../market/batch.ts";
import type { Nbbo, Row } from "../market/rows.ts";
import { type Gap, joinedGap } from "../stream/gap.ts";
import { ConflatedQuotes, type TakenQuotes } from "./conflated-quotes.ts";

/** How far behind a host may fall. */
export interface TapLimits {
  /** Age of the oldest batch at which quotes are conflated, ms; at one and a half times that, the oldest batches go. */
  readonly stalenessMs: number;
  readonly maxRows: number;
}

/** Rows by kind. */
export interface RowCounts {
  trades: number;
  quotes: number;
  values: number;
}

/** What became of the rows offered to a host: each is in one of the three, or waits. */
export interface TapCounts {
  readonly emitted: Readonly<RowCounts>;
  /** Quotes that a later one of the same instrument took the place of. */
  readonly conflated: number;
  readonly shed: Readonly<RowCounts>;
}

/** A batch that waits. */
interface Waiting {
  readonly connection: string;
  batch: DataBatch<Row>;
  /** Receipt of the oldest of its rows, or when it was pushed; monotonic. */
  readonly sinceMs: number;
}

/** What of one connection was shed since its last batch. */
interface Loss {
  fromAtMs: number | undefined;
  toAtMs: number | undefined;
  rows: number;
}

// Loads, as shares of what is allowed at most.
const SOFT = 2 / 3;
const EASED = 1 / 3;
const RECOVERED = 1 / 6;
/** So much a host can take in one go: it was busy for a moment, and nothing is given up before there is more. */
const GRACE_ROWS = 1_024;
/** Then it goes down to here: a host that is a little too slow is to find rows between two gaps. */
const EASED_ROWS = Math.floor(GRACE_ROWS * EASED);
/** So many batches without rows wait at most: gaps of different kinds in turns do not become one. */
const MOST_BARE = 4_096;

/**
 * Batches on their way to a host that may be slow, or may have stopped to ask for them.
 *
 * Once it is behind, quotes are conflated: of each instrument only the last one waits. At the bound the oldest batches
 * are shed, and a batch without rows tells the gap. Batches without rows of one connection, one behind the other, become
 * one, unless they tell different gaps. All of it is between this queue and its host: nobody else waits for either.
 *
 * Times are monotonic, ms: a wall clock that is set makes nothing older.
 */
export class TapQueue {
  readonly #limits: TapLimits;
  readonly #waiting = new ChunkedDeque<Waiting>();
  #rows = 0;
  /** Batches without rows that wait. */
  #bare = 0;
  #isConflating = false;
  readonly #quotes = new ConflatedQuotes();
  readonly #losses = new Map<string, Loss>();
  /** The last batch of each connection among those that wait. */
  readonly #last = new Map<string, Waiting>();
  /** What was last said of each connection, or will be said first. */
  readonly #watermarks = new Map<string, Watermark>();
  readonly #emitted: RowCounts = { trades: 0, quotes: 0, values: 0 };
  readonly #shed: RowCounts = { trades: 0, quotes: 0, values: 0 };

  constructor(limits: TapLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && this.#quotes.size === 0 && this.#losses.size === 0;
  }

  /** Rows that wait, conflated quotes included. */
  get rows(): number {
    return this.#rows + this.#quotes.size;
  }

  get counts(): TapCounts {
    return { emitted: { ...this.#emitted }, conflated: this.#quotes.conflated, shed: { ...this.#shed } };
  }

  /**
   * @param connection `{class}/{shard}`
   * @param sinceMs receipt of the oldest of its rows.
   */
  push(connection: string, batch: DataBatch<Row>, nowMs: number, sinceMs: number = nowMs): void {
    if (!this.#watermarks.has(connection)) this.#watermarks.set(connection, batch.meta.watermark);
    if (this.#isConflating && isQuotes(batch)) this.#quotes.add(connection, batch, sinceMs);
    else this.#append(connection, batch, sinceMs);
    this.#judge(nowMs);
  }

  /** The next batch: first the gaps of what was shed, then what waits, in order of receipt. */
  shift(nowMs: number): DataBatch<Row> | undefined {
    this.#judge(nowMs);
    for (const [connection, loss] of this.#losses) {
      this.#losses.delete(connection);
      return lossBatch(connection, loss, this.#lastSaidOf(connection));
    }
    const waiting = this.#waiting.at(0);
    const quotesSinceMs = this.#quotes.sinceMs;
    if (quotesSinceMs !== undefined && (waiting === undefined || quotesSinceMs <= waiting.sinceMs)) {
      const taken = this.#quotes.take();
      if (taken === undefined) return undefined;
      this.#emitted.quotes += taken.rows.length;
      return conflatedBatch(taken, this.#lastSaidOf(taken.connection));
    }
    if (waiting === undefined) return undefined;
    this.#forgetFirst(waiting);
    countRows(this.#emitted, waiting.batch);
    this.#watermarks.set(waiting.connection, waiting.batch.meta.watermark);
    return waiting.batch;
  }

  #append(connection: string, batch: DataBatch<Row>, sinceMs: number): void {
    const last = this.#last.get(connection);
    const joined = last === undefined ? undefined : joinedBatch(last.batch, batch);
    if (last !== undefined && joined !== undefined) {
      last.batch = joined;
      return;
    }
    const waiting = { connection, batch, sinceMs };
    this.#waiting.push(waiting);
    this.#last.set(connection, waiting);
    this.#rows += batch.rows.length;
    if (batch.rows.length === 0) this.#bare += 1;
  }

  #lastSaidOf(connection: string): Watermark {
    const watermark = this.#watermarks.get(connection);
    if (watermark === undefined) throw new TypeError(`Cannot tell a watermark of ${connection}: nothing was pushed`);
    return watermark;
  }

  #judge(nowMs: number): void {
    const load = this.#load(nowMs);
    if (load >= SOFT && !this.#isConflating && this.#rows > GRACE_ROWS) this.#conflate();
    else if (load <= RECOVERED && this.#quotes.size === 0) this.#isConflating = false;
    if (this.#bare > MOST_BARE) while (this.#bare > MOST_BARE * EASED) this.#shedFirst();
    if (load < 1 || this.#rows <= GRACE_ROWS) return;
    while (this.#rows > EASED_ROWS && this.#load(nowMs) > EASED) this.#shedFirst();
  }

  #load(nowMs: number): number {
    const first = this.#waiting.at(0);
    const ageMs = first === undefined ? 0 : nowMs - first.sinceMs;
    const longestMs = this.#limits.stalenessMs / SOFT;
    return Math.max(ageMs / longestMs, this.#rows / this.#limits.maxRows);
  }

  #conflate(): void {
    this.#isConflating = true;
    this.#waiting.removeWhere((item) => {
      const { connection, batch, sinceMs } = item;
      if (!isQuotes(batch)) return false;
      this.#rows -= batch.rows.length;
      this.#unlist(item);
      this.#quotes.add(connection, batch, sinceMs);
      return true;
    });
  }

  #shedFirst(): void {
    const first = this.#waiting.at(0);
    if (first === undefined) return;
    this.#forgetFirst(first);
    const { connection, batch } = first;
    const { rows, meta } = batch;
    if (rows.length === 0 && meta.gap === undefined) return;
    countRows(this.#shed, batch);
    const loss = this.#losses.get(connection) ?? { fromAtMs: undefined, toAtMs: undefined, rows: 0 };
    // The wall clock may have stepped back.
    for (const atMs of [meta.gap?.fromAtMs, meta.gap?.toAtMs, rows[0]?.receivedAtMs, rows.at(-1)?.receivedAtMs]) {
      if (atMs === undefined) continue;
      loss.fromAtMs = Math.min(loss.fromAtMs ?? atMs, atMs);
      loss.toAtMs = Math.max(loss.toAtMs ?? atMs, atMs);
    }
    loss.rows += batch.rows.length;
    this.#losses.set(connection, loss);
  }

  /** It is no longer the last of its connection, if it was. */
  #unlist(waiting: Waiting): void {
    if (this.#last.get(waiting.connection) === waiting) this.#last.delete(waiting.connection);
  }

  #forgetFirst(first: Waiting): void {
    this.#waiting.dropHead(1);
    this.#rows -= first.batch.rows.length;
    if (first.batch.rows.length === 0) this.#bare -= 1;
    this.#unlist(first);
  }
}

/** Of two batches of one connection without rows the one that says as much; `undefined` where there is none. */
function joinedBatch(first: DataBatch<Row>, second: DataBatch<Row>): DataBatch<Row> | undefined {
  if (first.rows.length > 0 || second.rows.length > 0) return undefined;
  const [one, other] = [first.meta.gap, second.meta.gap];
  if (one === undefined) return second;
  const gap = other === undefined ? one : joinedGap(one, other);
  return gap === undefined ? undefined : { rows: [], meta: { ...second.meta, gap } };
}

function isQuotes(batch: DataBatch<Row>): batch is DataBatch<Nbbo> {
  return batch.rows[0]?.type === "nbbo";
}

function countRows(counts: RowCounts, { rows }: DataBatch<Row>): void {
  const type = rows[0]?.type;
  if (type === "nbbo") counts.quotes += rows.length;
  else if (type === "indexValue") counts.values += rows.length;
  else counts.trades += rows.length;
}

function lossBatch(connection: string, { fromAtMs, toAtMs, rows }: Loss, last: Watermark): DataBatch<Row> {
  const gap: Gap = { connection, fromAtMs, toAtMs, cause: "shed", scope: "all", instruments: undefined };
  const watermark = partial(last, `${rows} rows of ${connection} were shed because the host was behind`);
  return { rows: [], meta: { source: "Ws", quality: "Prelim", watermark, schemaVersion: SCHEMA_VERSION, gap } };
}

/** Other batches of the connection may have overtaken these quotes: the watermark stays what it was. */
function conflatedBatch({ rows, meta }: TakenQuotes, last: Watermark): DataBatch<Row> {
  const late = rows.flatMap(({ quoteTsNs }, index) => (quoteTsNs < last.watermarkTsNs ? [index] : []));
  const { lateRows: _, ...rest } = meta;
  const watermark = partial(
    last,
    "quotes are conflated because the host is behind: of each instrument only the last one",
  );
  return { rows, meta: late.length === 0 ? { ...rest, watermark } : { ...rest, watermark, lateRows: late } };
}

function partial({ watermarkTsNs }: Watermark, hint: string): Watermark {
  return { watermarkTsNs, completeness: "Partial", hint };
}
