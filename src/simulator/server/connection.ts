import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { AssetClass } from "../../domain/instrument/resource.ts";
import type { Random } from "../../domain/random.ts";
import { FramePacker, type FramePackerOptions, type Published } from "../wire/frame-packer.ts";
import { dropAfterWriting, type OutboundFrame, Outbox } from "./outbox.ts";
import { POLICY_VIOLATION, SLOW_CONSUMER } from "./protocol.ts";
import type { ServerLog, UnsentReason } from "./server-log.ts";

/** One object of a frame to be. */
export interface FrameItem extends Published {
  readonly text: string;
  readonly isEvent: boolean;
}

/** How a connection ends, from our side. */
export interface Ending {
  /** For the log. */
  readonly why: string;
  /** Said before. */
  readonly status?: string;
  /** Of the close frame; without one TCP is dropped when the status has left. */
  readonly code?: number;
  readonly reason?: string;
  /** What becomes of the events that wait. @default "closed" */
  readonly unsentAs?: UnsentReason;
}

/** What a connection needs of its server. */
export interface ConnectionContext {
  readonly log: ServerLog;
  readonly random: Random;
  /** Wall time, for the log. */
  readonly now: () => number;
  /** Ms since the server's start. */
  readonly elapsedMs: () => number;
  readonly bufferBytes: number;
  readonly frames: FramePackerOptions;
  /** Statuses may ride in frames of data. */
  readonly mixesFrames: boolean;
  /** Called when it ends, whoever ends it: nothing may be offered any more. */
  readonly onEnd: (connection: Connection) => void;
}

/** Frames that can be sent again. */
const REMEMBERED_FRAMES = 20;

/** A connection counts as streaming when data went to it within this time. */
const STREAMING_MS = 1_000;

/** One client's socket: packs what it is to get into frames, and knows what it asked for. */
export class Connection {
  readonly id: number;
  readonly assetClass: AssetClass;
  /** Resolves when the socket is gone. */
  readonly closed: Promise<void>;
  /** Topics held, `{channel}.{ticker}`. */
  readonly topics: Set<string> = new Set();
  /** Whose connection it is; `undefined` until a key was accepted. */
  account: string | undefined;
  /** Channels that its plan has. */
  channels: readonly string[] = [];
  /** Contracts subscribed to in option quotes. */
  quotedContracts = 0;
  /** Evicted after the answer to its first request. */
  isSurplus = false;
  readonly #webSocket: WebSocket;
  readonly #socket: Duplex;
  readonly #context: ConnectionContext;
  readonly #outbox: Outbox;
  readonly #packer: FramePacker<FrameItem>;
  readonly #recent: string[] = [];
  #frames = 0;
  #lastDataAtMs = -Infinity;
  #truncates = 0;
  #dropsBacklogUntilMs = 0;
  #ending: Ending | undefined;

  constructor(id: number, assetClass: AssetClass, webSocket: WebSocket, socket: Duplex, context: ConnectionContext) {
    this.id = id;
    this.assetClass = assetClass;
    this.#webSocket = webSocket;
    this.#socket = socket;
    this.#context = context;
    this.#outbox = new Outbox(webSocket, context.bufferBytes, (frame) => this.#handed(frame));
    this.#packer = new FramePacker(context.random.fork("frames"), context.frames);
    this.closed = new Promise((resolve) => webSocket.once("close", () => resolve()));
    webSocket.on("ping", (data) => this.#outbox.ping(data, context.elapsedMs()));
    socket.on("drain", () => this.#outbox.pump(context.elapsedMs()));
  }

  /** Its own chance. */
  get random(): Random {
    return this.#context.random;
  }

  get isOpen(): boolean {
    return this.#ending === undefined && this.#webSocket.readyState === this.#webSocket.OPEN;
  }

  /** Why this side ended it, if it did. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  get bufferedBytes(): number {
    return this.#outbox.bufferedBytes;
  }

  get undelivered(): number {
    return this.#outbox.undelivered;
  }

  /** Writes are gathered until `uncork`. */
  cork(): void {
    this.#socket.cork();
  }

  uncork(): void {
    this.#socket.uncork();
  }

  /** Takes an event that it is subscribed to. */
  offer(item: FrameItem): void {
    const full = this.#packer.push(item);
    if (full !== undefined) this.#emit(full);
  }

  /** Ends the frame at hand, and sends what may be sent. */
  flush(): void {
    const rest = this.#packer.flush();
    if (rest !== undefined) this.#emit(rest);
    if (this.isOpen) this.#outbox.pump(this.#context.elapsedMs());
  }

  /** Says statuses: several to a frame, or in the midst of data. */
  say(statuses: readonly string[]): void {
    const { random, mixesFrames, elapsedMs, now } = this.#context;
    const isStreaming = elapsedMs() - this.#lastDataAtMs < STREAMING_MS;
    let from = 0;
    while (from < statuses.length) {
      const group = statuses.slice(from, from + 1 + random.int(40));
      from += group.length;
      const items = group.map((text): FrameItem => ({ text, isEvent: false, publishedAtMs: now() }));
      if (mixesFrames && isStreaming && random.next() < 0.5) for (const item of items) this.offer(item);
      else this.#sayApart(items);
    }
  }

  /** Sends its last frames again. */
  repeat(frames: number): void {
    for (const payload of this.#recent.slice(-frames))
      this.#push({ payload, events: 0, statuses: 0, origin: "duplicate" });
  }

  /** Sends something that is no frame. */
  sendRaw(payload: string): void {
    this.#push({ payload, events: 0, statuses: 0, origin: "notJson" });
  }

  /** Cuts the next frames with data short. */
  truncate(frames: number): void {
    this.#truncates += frames;
  }

  /** Sends nothing for a while. */
  stall(forMs: number, answersPings: boolean, dropsBacklog: boolean): void {
    const untilMs = this.#context.elapsedMs() + forMs;
    this.#outbox.stall(untilMs, answersPings);
    if (dropsBacklog) this.#dropsBacklogUntilMs = Math.max(this.#dropsBacklogUntilMs, untilMs);
  }

  throttle(forMs: number, bytesPerSecond: number): void {
    const elapsedMs = this.#context.elapsedMs();
    this.#outbox.throttle(elapsedMs + forMs, bytesPerSecond, elapsedMs);
  }

  /** Ends it, once. What waits is not sent. */
  end(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#giveUpWaiting(ending.unsentAs ?? "closed");
    this.#ending = ending;
    this.#context.onEnd(this);
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    const { status, code, reason } = ending;
    if (status !== undefined) {
      this.#outbox.sendNow({ payload: `[${status}]`, events: 0, statuses: 1, origin: "feed" });
    }
    if (code !== undefined) this.#webSocket.close(code, reason);
    else if (status !== undefined) dropAfterWriting(this.#socket);
    else this.#socket.destroy();
  }

  /** The socket is gone: what waits can no longer be sent. */
  gone(): void {
    this.#context.onEnd(this);
    this.#giveUpWaiting("closed");
  }

  #sayApart(items: readonly FrameItem[]): void {
    // What was packed before comes first.
    const before = this.#packer.flush();
    if (before !== undefined) this.#emit(before);
    this.#emit(items);
  }

  #emit(items: readonly FrameItem[]): void {
    if (!this.isOpen) {
      this.#unsent("closed", items);
      return;
    }
    const { elapsedMs } = this.#context;
    let payload = "[";
    let events = 0;
    for (const item of items) {
      payload += payload.length === 1 ? item.text : `,${item.text}`;
      if (item.isEvent) events += 1;
    }
    payload += "]";
    const statuses = items.length - events;
    if (events > 0) this.#lastDataAtMs = elapsedMs();
    if (events > 0 && elapsedMs() < this.#dropsBacklogUntilMs) {
      this.#unsent("stalled", items);
    } else if (events > 0 && this.#truncates > 0) {
      this.#truncates -= 1;
      // Within the last object: neither the frame nor that object is whole.
      const cut = payload.slice(0, payload.length - 2 - this.random.int(20));
      this.#unsent("truncated", items);
      this.#push({ payload: cut, events: 0, statuses: 0, origin: "truncated" });
    } else {
      this.#push({ payload, events, statuses, origin: "feed" });
    }
  }

  #push(frame: OutboundFrame): void {
    if (!this.isOpen || this.#outbox.push(frame, this.#context.elapsedMs())) return;
    this.#unsentFrame("slowConsumer", frame);
    this.end({
      why: "slow consumer",
      status: SLOW_CONSUMER,
      code: POLICY_VIOLATION,
      reason: "slow consumer",
      unsentAs: "slowConsumer",
    });
  }

  #handed(frame: OutboundFrame): void {
    const { log, now } = this.#context;
    const { payload, events, statuses, origin } = frame;
    this.#frames += 1;
    if (origin === "feed") {
      this.#recent.push(payload);
      if (this.#recent.length > REMEMBERED_FRAMES) this.#recent.shift();
    }
    log.add({
      kind: "frame",
      atMs: now(),
      connection: this.id,
      frame: this.#frames,
      events,
      statuses,
      bytes: payload.length,
      origin,
      ...(log.payloads === "none" ? {} : { payload }),
    });
  }

  #giveUpWaiting(reason: UnsentReason): void {
    for (const frame of this.#outbox.discard()) this.#unsentFrame(reason, frame);
    const packed = this.#packer.flush();
    if (packed !== undefined) this.#unsent(reason, packed);
  }

  #unsentFrame(reason: UnsentReason, { events, payload }: OutboundFrame): void {
    if (events > 0) this.#logUnsent(reason, events, payload);
  }

  #unsent(reason: UnsentReason, items: readonly FrameItem[]): void {
    const events = items.filter(({ isEvent }) => isEvent);
    if (events.length > 0) this.#logUnsent(reason, events.length, `[${events.map(({ text }) => text).join()}]`);
  }

  #logUnsent(reason: UnsentReason, events: number, payload: string): void {
    const { log, now } = this.#context;
    const { id: connection, assetClass } = this;
    const kept = log.payloads === "all" ? { payload } : {};
    log.add({ kind: "unsent", atMs: now(), assetClass, connection, reason, events, ...kept });
  }
}
