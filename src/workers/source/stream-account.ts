import type { ConnectionEntry } from "../../domain/connection/connection-protocol.ts";
import { SideFeed } from "../../domain/flow/side-feed.ts";
import type { TradeSides } from "../../domain/flow/sided-trade.ts";
import { type ConnectionId, connectionName, type DataBatch, type StreamPosition } from "../../domain/market/batch.ts";
import { eventMs } from "../../domain/market/event-ms.ts";
import { eventTsNs, type Row } from "../../domain/market/rows.ts";
import type { FrameContent } from "../../domain/overload/frame-content.ts";
import type { ReceivedFrame } from "../../domain/overload/inbox.ts";
import { endsOutage, type Gap, type GapScope, joinedGap } from "../../domain/stream/gap.ts";
import type { RawDraft } from "../../domain/stream/raw-entry.ts";
import { type LedgerOptions, StreamLedger } from "../../domain/stream/stream-ledger.ts";
import { RowNumbers } from "../../domain/wire/row-numbers.ts";
import type { ReadFrame } from "./frame-reader.ts";
import { batchMeta, TurnRows } from "./turn-rows.ts";

/** Where entries go on their way to the raw log; answers with the place they will have there, if they are not given up. */
export interface EntrySink {
  push(draft: RawDraft, content?: FrameContent): StreamPosition | undefined;
}

/** Where batches go on their way to a host. */
export interface BatchSink {
  /**
   * @param connection `{class}/{shard}`
   * @param sinceMs receipt of the oldest of its rows, or of rows handed out with them; monotonic. `undefined` where it has
   * none.
   */
  push(connection: string, batch: DataBatch<Row>, sinceMs: number | undefined): void;
}

/**
 * The stream of one connection: numbers its entries, hands them to the raw log before anything else, keeps the watermark,
 * and makes batches for a host. The watermark, and what is late, is what the hydrator will find in the same entries.
 */
export class StreamAccount {
  readonly name: string;
  /** Where the numbers of a frame's rows are to be before it is accounted for; `undefined` where they are not wanted. */
  readonly numbers: RowNumbers | undefined;
  readonly #connection: ConnectionId;
  readonly #options: LedgerOptions;
  readonly #log: EntrySink | undefined;
  readonly #host: BatchSink | undefined;
  readonly #rows: TurnRows;
  readonly #sides: TradeSides | undefined;
  readonly #feed = new SideFeed();
  #ledger: StreamLedger;
  #seq = 0;
  #place: StreamPosition | undefined;
  /** What the host is to hear with the first watermark. */
  #early: Gap[] = [];
  /** Receipt of the oldest frame whose rows the host has not been given yet; monotonic. */
  #rowsSinceMs: number | undefined;
  /** When the host last heard of this connection; `undefined` before that. */
  #toldAtMs: number | undefined;

  /** @param sides tells the side of option trades on their way to the host. */
  constructor(
    connection: ConnectionId,
    options: LedgerOptions,
    sinks: { readonly log: EntrySink | undefined; readonly host: BatchSink | undefined },
    sides?: TradeSides,
  ) {
    this.name = connectionName(connection);
    this.#connection = connection;
    this.#options = options;
    this.#log = sinks.log;
    this.#host = sinks.host;
    this.#sides = sinks.host === undefined ? undefined : sides;
    this.numbers = this.#sides === undefined ? undefined : new RowNumbers();
    this.#rows = new TurnRows(this.#sides !== undefined);
    this.#ledger = new StreamLedger(connection, 0, options);
  }

  /** `undefined` before the first row. */
  get watermarkTsNs(): bigint | undefined {
    return this.#ledger.watermark()?.watermarkTsNs;
  }

  get lastEventTsNs(): bigint | undefined {
    return this.#ledger.maxEventTsNs;
  }

  /** Rows that the host has not been given yet. */
  get waitingRows(): number {
    return this.#rows.size;
  }

  /** A frame and the rows in it. @returns the latest event time in it; `undefined` where it has no rows. */
  frame(
    { epoch, receivedAtMs, receivedMs, payload }: ReceivedFrame,
    { parsed, content, isRefused }: ReadFrame,
  ): bigint | undefined {
    this.#append(epoch, (position) => ({ kind: "frame", position, receivedAtMs, payload }), content);
    const batches = parsed?.batches ?? [];
    if (this.numbers !== undefined) this.#sides?.frame(batches, this.numbers, this.#feed, this.#newestMs());
    let latest: bigint | undefined;
    for (const { rows, meta } of batches) {
      const { watermarkTsNs } = meta.watermark;
      if (latest === undefined || watermarkTsNs > latest) latest = watermarkTsNs;
      if (this.#host === undefined) continue;
      this.#rowsSinceMs ??= receivedMs;
      for (const row of rows) {
        const tsNs = eventTsNs(row);
        this.#rows.add(row, tsNs, this.#ledger.isLate(tsNs));
      }
    }
    if (latest !== undefined) this.#ledger.observe(latest);
    this.#ledger.endFrame(receivedAtMs);
    if (isRefused) this.#tellGap(this.#gapAt(receivedAtMs), receivedAtMs);
    return latest;
  }

  /** What happened to the connection, as the raw log is to have it. */
  entry(epoch: number, entry: ConnectionEntry): void {
    const { receivedAtMs } = entry;
    this.flush(receivedAtMs);
    this.#append(epoch, (position) => ({ ...entry, position }));
    switch (entry.kind) {
      case "connected":
        return;
      case "heartbeat":
        this.#ledger.heartbeat(receivedAtMs);
        break;
      case "closed":
        this.#ledger.down(entry.cause, receivedAtMs);
        this.#breakSides("all");
        break;
      case "gap":
        if (endsOutage(entry.gap)) this.#ledger.up();
        else this.#breakSides(entry.gap.scope);
        this.#tellGap(entry.gap, receivedAtMs);
        return;
    }
    this.#tell(receivedAtMs, {});
  }

  /** What we gave up ourselves: it says nothing about the link. */
  shed(epoch: number, gap: Gap, atMs: number): void {
    this.flush(atMs);
    this.#append(epoch, (position) => ({ kind: "gap", position, receivedAtMs: gap.fromAtMs, gap }));
    this.#breakSides(gap.scope);
    this.#tellGap(gap, atMs);
  }

  /** Hands the rows so far to the host. */
  flush(nowMs: number): void {
    const watermark = this.#ledger.watermark();
    if (this.#host === undefined || watermark === undefined) return;
    for (const batch of this.#rows.take(watermark)) {
      this.#toldAtMs = nowMs;
      this.#host.push(this.name, batch, this.#rowsSinceMs);
    }
    this.#rowsSinceMs = undefined;
    // Behind the first rows: in front of them the watermark would promise too much.
    for (const gap of this.#early.splice(0)) this.#tell(nowMs, { gap });
  }

  /** Tells the host how it stands where nothing else has for `afterMs`: empty batches go on while the link is down. */
  pulse(nowMs: number, afterMs: number): void {
    this.flush(nowMs);
    const silentMs = this.#toldAtMs === undefined ? afterMs : nowMs - this.#toldAtMs;
    // The wall clock may have stepped back.
    if (silentMs < 0 || silentMs >= afterMs) this.#tell(nowMs, {});
  }

  /** The highest event time so far, ms; 0 before the first. */
  #newestMs(): number {
    const { maxEventTsNs } = this.#ledger;
    return maxEventTsNs === undefined ? 0 : eventMs(maxEventTsNs);
  }

  /** Of what was missed nobody knows whether a quote was in it. */
  #breakSides(scope: GapScope): void {
    if (this.#ledger.maxEventTsNs !== undefined) this.#feed.broken(scope, this.#newestMs());
  }

  #tellGap(gap: Gap, nowMs: number): void {
    this.flush(nowMs);
    this.#tell(nowMs, { gap });
  }

  /** A batch without rows. Before the first row there is nothing that it could be about. */
  #tell(nowMs: number, more: { readonly gap?: Gap }): void {
    const watermark = this.#ledger.watermark();
    if (this.#host !== undefined && watermark === undefined && more.gap !== undefined) this.#keep(more.gap);
    if (this.#host === undefined || watermark === undefined) return;
    this.#toldAtMs = nowMs;
    this.#host.push(this.name, { rows: [], meta: batchMeta(watermark, this.#place, more) }, undefined);
  }

  /** A feed of which every frame is refused may go on for days: one gap of a kind is enough. */
  #keep(gap: Gap): void {
    for (const [index, kept] of this.#early.entries()) {
      const joined = joinedGap(kept, gap);
      if (joined === undefined) continue;
      this.#early[index] = joined;
      return;
    }
    this.#early.push(gap);
  }

  #append(epoch: number, draft: (position: StreamPosition) => RawDraft, content?: FrameContent): void {
    if (epoch !== this.#ledger.epoch) {
      this.#ledger = new StreamLedger(this.#connection, epoch, this.#options, this.#ledger.state());
      if (this.#feed.enter(epoch)) this.#breakSides("all");
      this.#seq = 0;
    }
    this.#seq += 1;
    const { class: assetClass, shard } = this.#connection;
    const position = { class: assetClass, shard, epoch, seq: this.#seq };
    this.#place = (this.#log === undefined ? position : this.#log.push(draft(position), content)) ?? this.#place;
    this.#rows.at(this.#place);
  }

  #gapAt(atMs: number): Gap {
    const bounds = { fromAtMs: atMs, toAtMs: atMs };
    return { connection: this.name, ...bounds, cause: "quarantine", scope: "all", instruments: undefined };
  }
}
