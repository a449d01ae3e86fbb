import { match } from "ts-pattern";
import type { ConnectionMachine } from "../../domain/connection/connection-machine.ts";
import type {
  ConnectionAction,
  ConnectionEntry,
  ConnectionEvent,
  ConnectionReport,
  ConnectionTimer,
} from "../../domain/connection/connection-protocol.ts";
import { authRequest, subscriptionRequest } from "../../domain/connection/subscription-request.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FeedConnector, FeedLink, FeedSink } from "../../ports/feed-connector.ts";

/** Where to connect, and with what key. */
export interface DriverTarget {
  readonly url: string;
  /** A secret: it goes to the provider and nowhere else. */
  readonly apiKey: string;
}

/** Hears what the driver of a connection has to tell. */
export interface DriverListener {
  /** Something happened, now: to be given to `step`, in order with the frames. */
  happened(event: ConnectionEvent): void;
  /** A frame came, now. */
  received(epoch: number, payload: string | Uint8Array): void;
  /** An entry for the raw log, behind the frames that were processed so far. */
  record(epoch: number, entry: ConnectionEntry): void;
  report(report: ConnectionReport): void;
  /** Requests for topics were sent; the set of topics asked for has changed. */
  asked(): void;
  /** The provider has given up on us: less is to be asked for before the link comes back. */
  shed(): void;
  /** Trying again cannot help. */
  fail(reason: "auth_failed" | "not_entitled", message: string): void;
}

interface Socket {
  readonly epoch: number;
  /** Ends the attempt. */
  readonly attempt: AbortController;
  link: FeedLink | undefined;
}

const CLOSE_NORMAL = 1000;

/** Carries out what a connection's machine asks for: sockets, requests, timers. Decides nothing itself. */
export class ConnectionDriver {
  readonly #machine: ConnectionMachine;
  readonly #target: DriverTarget;
  readonly #feed: FeedConnector;
  readonly #clock: Clock;
  readonly #listener: DriverListener;
  readonly #timers = new Map<number, AbortController>();
  #socket: Socket | undefined;

  constructor(
    machine: ConnectionMachine,
    target: DriverTarget,
    ports: { readonly feed: FeedConnector; readonly clock: Clock },
    listener: DriverListener,
  ) {
    this.#machine = machine;
    this.#target = target;
    this.#feed = ports.feed;
    this.#clock = ports.clock;
    this.#listener = listener;
  }

  /** Tells the machine what happened, at `atMs` by the wall clock and `nowMs` in monotonic time, and does what it says. */
  step(event: ConnectionEvent, atMs: number, nowMs: number): void {
    for (const action of this.#machine.step(event, atMs, nowMs)) this.#do(action);
  }

  /** Leaves nothing behind, in whatever state the connection is. */
  end(): void {
    for (const id of [...this.#timers.keys()]) this.#clearTimer(id);
    if (this.#socket !== undefined) this.#close(this.#socket.epoch, CLOSE_NORMAL, "");
  }

  #do(action: ConnectionAction): void {
    match(action)
      .with({ kind: "openSocket" }, ({ epoch }) => this.#open(epoch))
      .with({ kind: "closeSocket" }, ({ epoch, code, reason }) => this.#close(epoch, code, reason))
      .with({ kind: "authenticate" }, ({ epoch }) => this.#linkOf(epoch)?.send(authRequest(this.#target.apiKey)))
      .with({ kind: "subscribe" }, { kind: "unsubscribe" }, ({ kind, epoch, topics }) => {
        this.#linkOf(epoch)?.send(subscriptionRequest(kind, topics));
        this.#listener.asked();
      })
      .with({ kind: "ping" }, ({ epoch }) => this.#linkOf(epoch)?.ping())
      .with({ kind: "setTimer" }, ({ timer, id, delayMs }) => this.#setTimer(timer, id, delayMs))
      .with({ kind: "clearTimer" }, ({ id }) => this.#clearTimer(id))
      .with({ kind: "record" }, ({ epoch, entry }) => this.#listener.record(epoch, entry))
      .with({ kind: "report" }, ({ report }) => this.#listener.report(this.#withoutKey(report)))
      .with({ kind: "shed" }, () => this.#listener.shed())
      .with({ kind: "fail" }, (failure) => this.#listener.fail(failure.reason, this.#withoutKey(failure).message))
      .exhaustive();
  }

  #open(epoch: number): void {
    const socket: Socket = { epoch, attempt: new AbortController(), link: undefined };
    this.#socket = socket;
    // The sink hears of the link before we have it: until then what it hears is kept.
    const early: (() => void)[] = [];
    const inOrder = (call: () => void): void => {
      if (socket.link === undefined) early.push(call);
      else call();
    };
    const sink: FeedSink = {
      open: () => undefined,
      frame: (payload) => inOrder(() => this.#listener.received(epoch, payload)),
      alive: () => inOrder(() => this.#listener.happened({ kind: "alive", epoch })),
      closed: ({ code, reason, error }) => {
        inOrder(() => this.#ended(epoch, code, error === undefined ? reason : messageOf(error)));
      },
    };
    this.#feed.connect(this.#target.url, sink, socket.attempt.signal).then(
      (link) => {
        socket.link = link;
        this.#listener.happened({ kind: "opened", epoch, canPing: link.capabilities.ping });
        for (const call of early) call();
      },
      (error: unknown) => this.#ended(epoch, undefined, messageOf(error)),
    );
  }

  #ended(epoch: number, code: number | undefined, detail: string | undefined): void {
    if (this.#socket?.epoch === epoch) this.#socket = undefined;
    this.#listener.happened({ kind: "closed", epoch, code, detail });
  }

  #close(epoch: number, code: number, reason: string): void {
    const socket = this.#socket;
    if (socket?.epoch !== epoch) return;
    if (socket.link === undefined) socket.attempt.abort(new Error("the attempt was given up"));
    else socket.link.close(code, reason);
  }

  /** What the provider says goes to logs and errors: it may repeat what it was told. */
  #withoutKey<T extends object>(told: T): T {
    const { apiKey } = this.#target;
    if (!("message" in told) || typeof told.message !== "string" || apiKey === "") return told;
    return { ...told, message: told.message.replaceAll(apiKey, "(the key)") };
  }

  #linkOf(epoch: number): FeedLink | undefined {
    return this.#socket?.epoch === epoch ? this.#socket.link : undefined;
  }

  #setTimer(timer: ConnectionTimer, id: number, delayMs: number): void {
    const cleared = new AbortController();
    this.#timers.set(id, cleared);
    // In whole ms: one that is due a fraction too early would be set again for a rest that no clock can tell from nothing.
    void this.#clock.sleep(Math.ceil(delayMs), cleared.signal).then(() => {
      this.#timers.delete(id);
      if (!cleared.signal.aborted) this.#listener.happened({ kind: "timer", timer, id });
    });
  }

  #clearTimer(id: number): void {
    this.#timers.get(id)?.abort();
    this.#timers.delete(id);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
