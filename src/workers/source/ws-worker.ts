import { ConnectionMachine } from "../../domain/connection/connection-machine.ts";
import type {
  ConnectionEvent,
  ConnectionPhase,
  ConnectionReport,
} from "../../domain/connection/connection-protocol.ts";
import { checkedTopics } from "../../domain/connection/subscription-request.ts";
import type { PlannedConnection } from "../../domain/connection/topology.ts";
import { missingText } from "../../domain/context/missing-data.ts";
import type { ConnectionGauges } from "../../domain/context/source-status.ts";
import { StorageError, WsError } from "../../domain/errors.ts";
import type { TradeSides } from "../../domain/flow/sided-trade.ts";
import type { ResourceType } from "../../domain/instrument/resource.ts";
import { connectionName } from "../../domain/market/batch.ts";
import type { Row } from "../../domain/market/rows.ts";
import { eventsIn, type FrameContent } from "../../domain/overload/frame-content.ts";
import type { ReceivedFrame } from "../../domain/overload/inbox.ts";
import type { Random } from "../../domain/random.ts";
import type { Gap } from "../../domain/stream/gap.ts";
import type { FeedConnector } from "../../ports/feed-connector.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import { ConnectionDriver } from "./connection-driver.ts";
import { type ConnectionPastPorts, connectionPast } from "./connection-past.ts";
import { logReport } from "./connection-reports.ts";
import { FrameIntake } from "./frame-intake.ts";
import { FrameReader } from "./frame-reader.ts";
import { RawSpool } from "./raw-spool.ts";
import { ShedAccount } from "./shed-account.ts";
import { SourceCounts } from "./source-counts.ts";
import { type BatchSink, StreamAccount } from "./stream-account.ts";
import { TurnLoop } from "./turn-loop.ts";
import type { WorkerOptions } from "./worker-options.ts";

/** What a worker works with. */
export interface WsWorkerPorts extends ConnectionPastPorts {
  readonly feed: FeedConnector;
  readonly telemetry: Telemetry;
  readonly random: Random;
  /** Where frames go, verbatim and first; without one they go to the host only. */
  readonly log?: RawLog | undefined;
}

/** What a worker is made for. */
export interface WsWorkerTarget {
  readonly plan: PlannedConnection;
  readonly apiKey: string;
  /** Names the process in the raw log: no two that live at a time may share it. */
  readonly instance: string;
  readonly options: WorkerOptions;
  /** Tells a host the side of option trades; shared with the other connections. */
  readonly sides?: TradeSides | undefined;
}

/** Hears of a worker. Called in the middle of its work: must not throw and must not wait. */
export interface WsWorkerListener {
  /** The rows of a frame, some of one kind at a time. */
  readonly onRows?: (rows: readonly Row[]) => void;
  /** The link is there and what was wanted is confirmed, or it is not. */
  readonly onLink?: (isUp: boolean) => void;
  /** More came than could be digested, or, with `isRefusal`, the provider has given up on us. */
  readonly onOverload?: (isRefusal: boolean) => void;
}

/** A batch ends with the frame that brings it up to so many rows: a host should not be busy with one for long. */
const BATCH_ROWS = 512;
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * One connection of a source: stays up, holds what is wanted, logs every frame, and turns it into batches.
 *
 * The life of the connection is that of `ConnectionMachine`; what it does when it cannot keep up is that of `Inbox`.
 */
export class WsWorker {
  readonly url: string;
  /** Numbers the connections of a class. */
  readonly shardId: number;
  /** What it carries. */
  readonly resourceTypes: readonly ResourceType[];
  /** `{class}/{shard}` */
  readonly name: string;
  readonly counts: SourceCounts = new SourceCounts();
  readonly #ports: WsWorkerPorts;
  readonly #target: WsWorkerTarget;
  readonly #listener: WsWorkerListener;
  readonly #machine: ConnectionMachine;
  readonly #driver: ConnectionDriver;
  readonly #intake: FrameIntake;
  readonly #spool: RawSpool | undefined;
  readonly #account: StreamAccount;
  readonly #loop: TurnLoop<ConnectionEvent>;
  readonly #shed: ShedAccount;
  #shedBySpool = 0;
  #failure: unknown;
  #isRunning = false;
  #lastCloseCode: number | undefined;
  #lastStatus: string | undefined;

  constructor(target: WsWorkerTarget, ports: WsWorkerPorts, listener: WsWorkerListener = {}, host?: BatchSink) {
    const { plan, options, instance } = target;
    this.url = plan.url;
    this.shardId = plan.connection.shard;
    this.resourceTypes = plan.parts.map(({ resource }) => resource);
    this.name = connectionName(plan.connection);
    this.#ports = ports;
    this.#target = target;
    this.#listener = listener;
    this.#machine = new ConnectionMachine(options.connection, ports.random);
    this.#driver = new ConnectionDriver(this.#machine, { url: plan.url, apiKey: target.apiKey }, ports, {
      happened: (event) => this.#loop.happened(event),
      received: (epoch, payload) => this.#receive(epoch, payload),
      record: (epoch, entry) => {
        if (entry.kind === "connected") this.#countConnect();
        if (entry.kind === "closed") this.#tellShed(this.#shed.take());
        // A proof by a clock that was set says nothing about event times: the watermark must not follow it.
        if (entry.kind === "heartbeat" && !this.#intake.isLagKnown) return;
        this.#account.entry(epoch, entry);
      },
      report: (report) => this.#report(report),
      asked: () => {
        this.counts.add("subscribe_msgs", 1);
        this.#intake.askedChanged();
      },
      shed: () => this.#listener.onOverload?.(true),
      fail: (reason, message) => {
        this.#failure ??= new WsError(message, { reason });
      },
    });
    const { log, clock, logger, telemetry } = ports;
    this.#spool =
      log === undefined
        ? undefined
        : new RawSpool(
            { log, clock, logger, telemetry },
            { producer: `${this.name}/${instance}`, maxBytes: options.spoolBytes },
          );
    this.#shed = new ShedAccount(this.name);
    this.#account = new StreamAccount(plan.connection, options.ledger, { log: this.#spool, host }, target.sides);
    const count = this.counts.add.bind(this.counts);
    const reader = new FrameReader(this.name, options, logger, count, this.#account.numbers);
    this.#intake = new FrameIntake(
      reader,
      this.#account,
      this.#machine.subscriptions,
      options.connection.liveness,
      listener.onRows,
    );
    this.#loop = new TurnLoop(
      options.inbox,
      options.turn,
      clock,
      {
        event: (event, atMs, nowMs) => this.#step(event, atMs, nowMs),
        frame: (frame) => this.#take(frame),
        clockStepped: (byMs, nowMs) => this.#clockStepped(byMs, nowMs),
        endTurn: (atMs) => this.#endTurn(atMs),
      },
      (frame, content) => this.#noteShed(frame, content),
    );
  }

  /** The first of what it carries. */
  get resourceType(): ResourceType | undefined {
    return this.resourceTypes[0];
  }

  get phase(): ConnectionPhase {
    return this.#machine.phase;
  }

  get subscriptions(): ConnectionMachine["subscriptions"] {
    return this.#machine.subscriptions;
  }

  get watermarkTsNs(): bigint | undefined {
    return this.#account.watermarkTsNs;
  }

  get lastEventTsNs(): bigint | undefined {
    return this.#account.lastEventTsNs;
  }

  /**
   * Replaces what is wanted: the difference is asked for.
   *
   * @param quotesFollow which quotes are wanted is not known yet: a gap that is open goes on for them until they are held.
   * @throws {TypeError} for a text that is no topic.
   */
  want(topics: Iterable<string>, quotesFollow: boolean = false): void {
    this.#loop.happened({ kind: "wanted", topics: checkedTopics(topics), quotesFollow });
  }

  /** The last frame with rows since the last call; `undefined` where none came. */
  takeSample(): string | undefined {
    return this.#intake.takeSample();
  }

  /** How it stands right now. */
  gauges(): ConnectionGauges {
    const { events, bytes, ageMs } = this.#loop.backlog;
    const [p50, p99] = this.#loop.stalenessMs(0.5, 0.99) ?? [];
    const { lag, lastReceivedAtMs } = this.#intake;
    return {
      state: this.#machine.phase,
      connection_epoch: this.#machine.epoch,
      subs_active: this.#machine.subscriptions.acknowledged.size,
      queue_events: events,
      queue_bytes: bytes,
      queue_ms: ageMs,
      lag_ms: lag.lagMs ?? null,
      staleness_p50_ms: p50 ?? null,
      staleness_p99_ms: p99 ?? null,
      last_close_code: this.#lastCloseCode ?? null,
      last_status: this.#lastStatus ?? null,
      last_ts: lastReceivedAtMs === undefined ? null : lastReceivedAtMs / 1_000,
      missing: missingText(this.#machine.missing),
    };
  }

  /**
   * Connects, and stays connected until `signal` aborts: then processes what it has received, closes with a close frame,
   * and appends what waits.
   *
   * Rejects with a `WsError` where the provider refuses for good, with a `StorageError` where something could not be
   * appended, and with the raw log's error where that refuses for good.
   *
   * @throws {TypeError} on a second call.
   */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#isRunning) throw new TypeError("Cannot run a connection: it must not run already, it does");
    this.#isRunning = true;
    const past = await connectionPast(this.#target.plan.connection, this.#ports, signal);
    if (past === undefined) return;
    const spoolEnd = new AbortController();
    const ended = new AbortController();
    const stop = (): void => this.#loop.happened({ kind: "stop" });
    const spooling = this.#spool?.run(spoolEnd.signal).catch((error: unknown) => {
      this.#failure ??= error;
      stop();
      return this.#spool?.backlog;
    });
    const pulsing = this.#pulse(ended.signal);
    this.#loop.happened({ kind: "started", ...past });
    signal.addEventListener("abort", stop, { once: true });
    try {
      await this.#loop.run(() => this.#machine.phase === "stopped");
    } finally {
      signal.removeEventListener("abort", stop);
      this.#driver.end();
      ended.abort();
      spoolEnd.abort();
      await pulsing;
    }
    const left = await spooling;
    this.#countSpool();
    if (this.#failure !== undefined) throw this.#failure;
    if (left !== undefined && left.entries > 0) {
      throw new StorageError(
        `Cannot flush the raw log of ${this.name}: all entries must be appended, ${left.entries} are left (${left.bytes} bytes)`,
      );
    }
  }

  #receive(epoch: number, payload: string | Uint8Array): void {
    this.#loop.received(epoch, typeof payload === "string" ? payload : DECODER.decode(payload));
  }

  #clockStepped(byMs: number, nowMs: number): void {
    this.#intake.clockStepped(nowMs);
    this.#ports.logger.warn(
      "The wall clock was set, or the machine was asleep: receipt times before and after do not compare",
      {
        connection: this.name,
        by_ms: Math.round(byMs),
      },
    );
  }

  #step(event: ConnectionEvent, atMs: number, nowMs: number): void {
    const before = this.#machine.phase;
    this.#driver.step(event, atMs, nowMs);
    const { phase } = this.#machine;
    if (phase !== before && (phase === "streaming" || before === "streaming")) {
      this.#listener.onLink?.(phase === "streaming");
    }
  }

  #take(frame: ReceivedFrame): void {
    const { epoch, receivedAtMs, receivedMs } = frame;
    // Told to close, a link may still bring frames: the gap has begun with the last one before.
    if (!this.#machine.accepts(epoch)) return;
    const { carriesData, statuses, seen } = this.#intake.take(frame);
    if (this.#account.waitingRows >= BATCH_ROWS) this.#account.flush(this.#ports.clock.now());
    this.#step({ kind: "frame", epoch, carriesData }, receivedAtMs, receivedMs);
    if (seen.length > 0) this.#step({ kind: "seen", epoch, topics: seen }, receivedAtMs, receivedMs);
    if (statuses.length === 0) return;
    this.#lastStatus = statuses.at(-1)?.status;
    this.#step({ kind: "statuses", epoch, statuses }, receivedAtMs, receivedMs);
  }

  #endTurn(atMs: number): number {
    this.#account.flush(atMs);
    this.#tellShed(this.#shed.due(atMs, this.#loop.isShedding));
    return this.#intake.lag.excessMs;
  }

  #noteShed({ receivedAtMs }: ReceivedFrame, content: FrameContent): void {
    this.counts.add("shed_events", eventsIn(content));
    this.#shed.add(receivedAtMs, content);
    this.#listener.onOverload?.(false);
  }

  #tellShed(gap: Gap | undefined): void {
    if (gap !== undefined) this.#account.shed(this.#machine.epoch, gap, this.#ports.clock.now());
  }

  #countConnect(): void {
    this.counts.add("connects", 1);
    if (this.counts.totals.connects > 1) this.counts.add("reconnects", 1);
  }

  #countSpool(): void {
    if (this.#spool === undefined) return;
    const shed = eventsIn(this.#spool.shed);
    this.counts.add("shed_events", shed - this.#shedBySpool);
    this.#shedBySpool = shed;
  }

  async #pulse(ended: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const { heartbeatMs } = this.#target.options;
    while (!ended.aborted) {
      await clock.sleep(heartbeatMs, ended);
      if (ended.aborted) return;
      this.#countSpool();
      this.#lookAfterChannels(clock.monotonic());
      if (this.#machine.hasOutage) this.#account.pulse(clock.now(), heartbeatMs);
    }
  }

  #lookAfterChannels(nowMs: number): void {
    const { phase, epoch } = this.#machine;
    if (phase !== "streaming") return;
    for (const quiet of this.#intake.quiet(nowMs)) this.#loop.happened({ kind: "quiet", epoch, ...quiet });
  }

  #report(report: ConnectionReport): void {
    if (report.kind === "disconnected") {
      this.#lastCloseCode = report.code ?? this.#lastCloseCode;
      if (report.reason === "evicted") this.counts.add("evicted_connections", 1);
    }
    logReport(this.#ports.logger, this.name, report);
  }
}
