import type { Random } from "../random.ts";
import type { Gap } from "../stream/gap.ts";
import type { StatusEvent } from "../wire/frame.ts";
import { isAuthenticated, parseAcknowledgement } from "./acknowledgement.ts";
import { Backoff } from "./backoff.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import type {
  ConnectionAction,
  ConnectionEntry,
  ConnectionEvent,
  ConnectionPhase,
  ConnectionReport,
  ConnectionTimer,
} from "./connection-protocol.ts";
import { CoolDown } from "./cool-down.ts";
import {
  DISCONNECT_POLICIES,
  type DisconnectPolicy,
  type DisconnectReason,
  describeClose,
  explainDisconnect,
  isPlanRefusal,
  reasonOfClose,
  reasonOfStatus,
} from "./disconnect-reason.ts";
import { heldMs, type Link, newLink } from "./link.ts";
import { Liveness } from "./liveness.ts";
import { OpenGaps } from "./open-gaps.ts";
import { type SubscriptionDiff, SubscriptionLedger } from "./subscription-ledger.ts";
import { chunkTopics } from "./subscription-request.ts";
import { TimerSet } from "./timer-set.ts";

type EventKind = ConnectionEvent["kind"];
type EventOf<K extends EventKind> = Extract<ConnectionEvent, { readonly kind: K }>;
type Handler<K extends EventKind> = (machine: ConnectionMachine, event: EventOf<K>, atMs: number, link: Link) => void;
type Row = { readonly [K in EventKind]?: Handler<K> };

const NO_ACTIONS: readonly ConnectionAction[] = [];
const CLOSE_NORMAL = 1000;
/** Stands in where there is no socket; the handlers of those phases do not look at it. */
const NO_LINK = newLink(0, 0, 0);

/**
 * One connection to the provider, without its socket, clock and timers: events with their time go in, actions come out.
 * Whoever drives it carries the actions out in order and tells what comes of them. Same events, same random numbers: same
 * actions.
 *
 * It has one socket at a time: the next is opened only after the one before was reported `closed`, even where we closed it
 * ourselves. Each has an epoch, larger than all before it; what is told about another epoch than that of the socket at
 * hand changes nothing.
 *
 * @example
 * ```ts
 * const machine = new ConnectionMachine({ ...DEFAULT_CONNECTION_OPTIONS, connection: { class: "options", shard: 0 } }, seededRandom(1));
 * machine.step({ kind: "wanted", topics: ["T.*"] }, 0, 0);
 * machine.step({ kind: "started", afterEpoch: undefined, absentSinceAtMs: undefined }, 1000, 0);
 * // [{ kind: "openSocket", epoch: 1000 }, { kind: "setTimer", timer: "handshake", id: 1, delayMs: 15000 }]
 * ```
 */
export class ConnectionMachine {
  readonly #options: ConnectionOptions;
  readonly #backoff: Backoff;
  readonly #coolDown: CoolDown;
  readonly #ledger: SubscriptionLedger;
  readonly #gaps: OpenGaps;
  readonly #timers = new TimerSet();
  #phase: ConnectionPhase = "idle";
  #epoch = 0;
  #link: Link | undefined;
  #isStopping = false;
  /** Whether it is not known yet which quotes are wanted. */
  #quotesFollow = false;
  /** Of the event at hand; monotonic. */
  #nowMs = 0;
  #actions: ConnectionAction[] = [];

  /** With an accepted key. */
  static readonly #LIVE: Row = {
    frame: (m, event, atMs, link) => m.#received(link, event, atMs),
    statuses: (m, event, atMs, link) => m.#statuses(link, event, atMs),
    seen: (m, event, atMs, link) => m.#seen(link, event, atMs),
    quiet: (m, event, _, link) => m.#quiet(link, event),
    alive: (m, _, atMs, link) => m.#alive(link, atMs),
    closed: (m, event, atMs, link) => m.#closed(link, event, atMs),
    wanted: (m, event, atMs, link) => m.#want(link, event, atMs),
    timer: (m, event, atMs, link) => m.#due(link, event, atMs),
    stop: (m, _, __, link) => m.#stop(link),
  };

  /** What each phase makes of an event; what is not listed changes nothing. */
  static readonly #TABLE: Readonly<Record<ConnectionPhase, Row>> = {
    idle: {
      started: (m, event, atMs) => m.#start(event, atMs),
      wanted: (m, event) => m.#noteWanted(event),
      stop: (m, _, atMs) => m.#finish(atMs),
    },
    connecting: {
      opened: (m, event, atMs, link) => m.#opened(link, event, atMs),
      closed: (m, event, atMs, link) => m.#closed(link, event, atMs),
      wanted: (m, event) => m.#noteWanted(event),
      timer: (m, _, __, link) => m.#close(link, "unreachable", "no connection within the time allowed"),
      stop: (m, _, __, link) => m.#stop(link),
    },
    authenticating: {
      frame: (m, event, atMs, link) => m.#received(link, event, atMs),
      statuses: (m, event, atMs, link) => m.#statuses(link, event, atMs),
      closed: (m, event, atMs, link) => m.#closed(link, event, atMs),
      wanted: (m, event) => m.#noteWanted(event),
      timer: (m, _, __, link) => m.#close(link, "auth_timeout", "no answer to the key within the time allowed"),
      stop: (m, _, __, link) => m.#stop(link),
    },
    subscribing: ConnectionMachine.#LIVE,
    streaming: ConnectionMachine.#LIVE,
    closing: {
      opened: (m, _, atMs, link) => m.#openedTooLate(link, atMs),
      closed: (m, event, atMs, link) => m.#closed(link, event, atMs),
      wanted: (m, event) => m.#noteWanted(event),
      stop: (m, _, __, link) => m.#stop(link),
    },
    backingOff: {
      wanted: (m, event) => m.#noteWanted(event),
      timer: (m, _, atMs) => m.#connect(atMs),
      stop: (m, _, atMs) => m.#finish(atMs),
    },
    stopped: {},
  };

  constructor(options: ConnectionOptions, random: Random) {
    this.#options = options;
    this.#backoff = new Backoff(options.backoff, random);
    this.#coolDown = new CoolDown(options.coolDown);
    this.#ledger = new SubscriptionLedger(options.subscriptions);
    this.#gaps = new OpenGaps(options.connection);
  }

  get phase(): ConnectionPhase {
    return this.#phase;
  }

  /** Of the socket at hand, or of the last one; 0 before the first. */
  get epoch(): number {
    return this.#epoch;
  }

  /** What is wanted, asked for, acknowledged and seen. To be looked at only. */
  get subscriptions(): Pick<SubscriptionLedger, "wanted" | "asked" | "acknowledged" | "seen" | "pending"> {
    return this.#ledger;
  }

  /** The gaps that are open at the moment and would be told later: what nobody would know of were this run to be killed. */
  get missing(): readonly Gap[] {
    return this.#gaps.soFar(this.#ledger.lost);
  }

  /** Whether data may be missing at the moment: no link is confirmed, though one was before. */
  get hasOutage(): boolean {
    return this.#gaps.hasOutage;
  }

  /** Whether a frame of this epoch is to be taken: its socket is the one at hand, open, and not told to close. */
  accepts(epoch: number): boolean {
    if (this.#link?.epoch !== epoch) return false;
    return this.#phase === "streaming" || this.#phase === "subscribing" || this.#phase === "authenticating";
  }

  /**
   * Takes an event and answers what is to be done about it, in order.
   *
   * @param atMs when it happened by the wall clock: what is told of it.
   * @param nowMs the same in monotonic time, by which a link is judged: nothing follows from a wall clock that is set.
   * @throws {TypeError} where `wanted` holds a text that is no topic; nothing is changed then.
   */
  step(event: ConnectionEvent, atMs: number, nowMs: number): readonly ConnectionAction[] {
    if ("epoch" in event && event.epoch !== this.#link?.epoch) return NO_ACTIONS;
    if (event.kind === "timer" && !this.#timers.fired(event.timer, event.id)) return NO_ACTIONS;
    // The table pairs each kind with its own handler; the compiler loses the pairing when it looks one up.
    const handle = ConnectionMachine.#TABLE[this.#phase][event.kind] as Handler<EventKind> | undefined;
    if (handle === undefined) return NO_ACTIONS;
    this.#nowMs = nowMs;
    handle(this, event, atMs, this.#link ?? NO_LINK);
    if (this.#actions.length === 0) return NO_ACTIONS;
    const actions = this.#actions;
    this.#actions = [];
    return actions;
  }

  #start(event: EventOf<"started">, atMs: number): void {
    this.#epoch = Math.max(this.#epoch, event.afterEpoch ?? 0);
    if (event.absentSinceAtMs !== undefined) this.#gaps.resume(event.absentSinceAtMs, event.untold ?? []);
    this.#connect(atMs);
  }

  #connect(atMs: number): void {
    this.#phase = "connecting";
    this.#epoch = Math.max(this.#epoch + 1, Math.floor(atMs));
    this.#link = newLink(this.#epoch, atMs, this.#nowMs);
    this.#do({ kind: "openSocket", epoch: this.#epoch });
    this.#setTimer("handshake", this.#options.handshakeTimeoutMs);
  }

  #opened(link: Link, event: EventOf<"opened">, atMs: number): void {
    this.#phase = "authenticating";
    this.#noteOpened(link, atMs);
    link.liveness = new Liveness(this.#options.liveness, event.canPing, this.#nowMs);
    this.#do({ kind: "authenticate", epoch: link.epoch });
  }

  /** The attempt succeeded after it was given up. */
  #openedTooLate(link: Link, atMs: number): void {
    if (link.openedMs !== undefined) return;
    this.#noteOpened(link, atMs);
    this.#do({ kind: "closeSocket", epoch: link.epoch, code: CLOSE_NORMAL, reason: "" });
  }

  #noteOpened(link: Link, atMs: number): void {
    link.openedMs = this.#nowMs;
    this.#noteReceived(link, atMs);
    this.#record({ kind: "connected", receivedAtMs: atMs });
  }

  #noteReceived(link: Link, atMs: number): void {
    link.lastReceivedAtMs = atMs;
    link.lastReceivedMs = this.#nowMs;
  }

  #received(link: Link, event: EventOf<"frame">, atMs: number): void {
    this.#noteReceived(link, atMs);
    if (event.carriesData) link.carriedData = true;
    link.liveness?.heard(this.#nowMs, event.carriesData);
  }

  #alive(link: Link, atMs: number): void {
    if (link.liveness?.answered(this.#nowMs) !== true) return;
    this.#noteReceived(link, atMs);
    this.#record({ kind: "heartbeat", receivedAtMs: atMs });
  }

  #statuses(link: Link, event: EventOf<"statuses">, atMs: number): void {
    for (const status of event.statuses) {
      this.#status(link, status, atMs);
      if (this.#phase === "closing") return;
    }
    if (link.refusal !== undefined && !link.isRefusalTold) {
      // Behind all of the frame: what it confirms is not what was refused.
      link.isRefusalTold = true;
      this.#report({ kind: "refused", message: link.refusal, unconfirmed: [...this.#ledger.pending] });
    }
    this.#confirm(link, atMs);
  }

  #status(link: Link, event: StatusEvent, atMs: number): void {
    const { status, message } = event;
    const reason = reasonOfStatus(status, message);
    if (reason !== undefined) {
      this.#close(link, reason, message ?? status);
      return;
    }
    if (status === "connected") return;
    if (isAuthenticated(event)) {
      if (this.#phase === "authenticating") this.#authenticated(link, atMs);
      return;
    }
    const acknowledgement = parseAcknowledgement(event);
    if (acknowledgement !== undefined) {
      if (this.#ledger.acknowledge(acknowledgement, atMs)) link.confirmedAtMs = atMs;
      return;
    }
    if (status === "error") {
      link.refusal = message ?? status;
      link.isRefusalTold = false;
      return;
    }
    this.#report({ kind: "unknownStatus", status, message });
  }

  #authenticated(link: Link, atMs: number): void {
    this.#phase = "subscribing";
    this.#clearTimer("handshake");
    this.#ask(link, this.#ledger.resume(atMs));
    this.#look(link, link.liveness?.firstLookInMs ?? 0);
  }

  #noteWanted({ topics, quotesFollow = false }: EventOf<"wanted">): void {
    this.#ledger.want(topics);
    this.#quotesFollow = quotesFollow;
  }

  #want(link: Link, event: EventOf<"wanted">, atMs: number): void {
    const wasWaiting = this.#quotesFollow || this.#ledger.asked.length === 0;
    this.#noteWanted(event);
    this.#ask(link, wasWaiting ? this.#ledger.resumeWith(atMs) : this.#ledger.diff(atMs));
    this.#confirm(link, atMs);
  }

  #seen(link: Link, event: EventOf<"seen">, atMs: number): void {
    for (const topic of event.topics) {
      if (this.#ledger.see(topic)) link.confirmedAtMs = atMs;
    }
    this.#confirm(link, atMs);
  }

  #quiet(link: Link, { channel, sinceAtMs }: EventOf<"quiet">): void {
    this.#ask(link, { unsubscribe: [], subscribe: this.#ledger.doubt(channel, sinceAtMs) });
  }

  #ask(link: Link, diff: SubscriptionDiff): void {
    for (const kind of ["unsubscribe", "subscribe"] as const) {
      for (const topics of chunkTopics(kind, diff[kind], this.#options.chunks)) {
        this.#do({ kind, epoch: link.epoch, topics });
      }
    }
  }

  /** Draws the conclusions from what is confirmed by now. */
  #confirm(link: Link, atMs: number): void {
    this.#tellRegained(atMs);
    if (!this.#ledger.hasOpenItems) this.#clearTimer("acknowledgement");
    else if (!this.#timers.has("acknowledgement")) this.#awaitAcknowledgements(atMs);

    const { holdsAny, isTold, wanted } = this.#ledger;
    // Not told yet what is wanted, it holds none of it: what comes on the market meanwhile is missed.
    const holdsWanted = holdsAny || (isTold && wanted.size === 0);
    if (this.#phase === "subscribing" && this.#ledger.isResumed && holdsWanted) {
      this.#phase = "streaming";
      this.#tell(this.#gaps.endOutage(link.confirmedAtMs ?? atMs, this.#quotesFollow), atMs);
    }
    if (this.#ledger.isResumed && !this.#quotesFollow) this.#tell(this.#gaps.endQuotes(atMs), atMs);
  }

  #tellRegained(atMs: number): void {
    this.#tell(this.#gaps.regained(this.#ledger.takeRegained(), atMs), atMs);
  }

  #tell(gaps: readonly Gap[], receivedAtMs: number): void {
    for (const gap of gaps) this.#record({ kind: "gap", receivedAtMs, gap });
  }

  #awaitAcknowledgements(atMs: number): void {
    const { ackTimeoutMs } = this.#options.subscriptions;
    const leftMs = (this.#ledger.deadlineAtMs() ?? atMs) - atMs;
    this.#setTimer("acknowledgement", Math.min(Math.max(leftMs, 0), ackTimeoutMs));
  }

  #due(link: Link, event: EventOf<"timer">, atMs: number): void {
    if (event.timer === "liveness") this.#checkLiveness(link);
    else if (event.timer === "acknowledgement") this.#checkAcknowledgements(link, atMs);
  }

  #checkLiveness(link: Link): void {
    const look = link.liveness?.look(this.#nowMs, link.lookDueMs);
    if (look === undefined) return;
    if (look.verdict === "dead") {
      this.#close(link, "broken", "silent for too long");
      return;
    }
    if (look.verdict === "ping") this.#do({ kind: "ping", epoch: link.epoch });
    this.#look(link, look.againInMs);
  }

  #look(link: Link, inMs: number): void {
    link.lookDueMs = this.#nowMs + inMs;
    this.#setTimer("liveness", inMs);
  }

  #checkAcknowledgements(link: Link, atMs: number): void {
    const { again, givenUp } = this.#ledger.expire(atMs);
    this.#ask(link, { unsubscribe: [], subscribe: again });
    if (givenUp.length > 0) {
      this.#report({ kind: "unconfirmed", topics: givenUp, asks: this.#options.subscriptions.maxAsks });
      const holdsNothing = !this.#ledger.holdsAny && this.#ledger.pending.size === 0;
      if (holdsNothing) {
        // Alive and of no use: another link may do better.
        const { refusal } = link;
        if (refusal !== undefined && isPlanRefusal(refusal)) this.#close(link, "not_entitled", refusal);
        else this.#close(link, "broken", refusal ?? "no topic was confirmed");
        return;
      }
    }
    this.#confirm(link, atMs);
  }

  #stop(link: Link): void {
    this.#isStopping = true;
    if (this.#phase !== "closing") this.#close(link, "ours", undefined);
  }

  /** Tells the socket to close, and waits for it to be gone: there are never two. */
  #close(link: Link, reason: DisconnectReason, detail: string | undefined): void {
    this.#phase = "closing";
    link.verdict = { reason, detail };
    this.#do(...this.#timers.clearAll());
    this.#do({ kind: "closeSocket", epoch: link.epoch, code: CLOSE_NORMAL, reason: "" });
  }

  #closed(link: Link, event: EventOf<"closed">, atMs: number): void {
    const { code } = event;
    const wasOpen = link.openedMs !== undefined;
    const reason = link.verdict?.reason ?? reasonOfClose(wasOpen, code);
    const detail = link.verdict?.detail ?? describeClose(wasOpen, code, event.detail);
    const { policy, gapCause } = DISCONNECT_POLICIES[reason];
    this.#do(...this.#timers.clearAll());
    this.#ledger.reset();
    this.#tellRegained(link.lastReceivedAtMs);
    this.#tell(this.#gaps.endQuotes(link.lastReceivedAtMs), link.lastReceivedAtMs);
    if (wasOpen) this.#record({ kind: "closed", receivedAtMs: link.lastReceivedAtMs, cause: gapCause });
    // Told to stop, the run ends here: what is missing from now on is our absence, for the next start to tell.
    // An attempt that failed counts too: where nothing came before it, data has been missing since it began.
    if (reason !== "ours") this.#gaps.beginOutage(link.lastReceivedAtMs, gapCause);
    this.#backoff.linkEnded({ heldMs: heldMs(link), carriedData: link.carriedData });
    this.#link = undefined;

    const retryInMs = this.#retryInMs(policy, link);
    const message = explainDisconnect(reason, this.#options.connection.class, detail);
    this.#report({ kind: "disconnected", reason, code, message, retryInMs });
    if (reason === "auth_failed" || reason === "not_entitled") this.#do({ kind: "fail", reason, message });
    if (retryInMs === undefined) {
      this.#finish(atMs);
      return;
    }
    if (policy === "shedFirst") this.#do({ kind: "shed" });
    this.#phase = "backingOff";
    this.#setTimer("retry", retryInMs);
  }

  #retryInMs(policy: DisconnectPolicy, link: Link): number | undefined {
    if (this.#isStopping || policy === "fail" || policy === "end") return undefined;
    if (policy !== "coolDown") return this.#backoff.next();
    return this.#backoff.spread(this.#coolDown.next(heldMs(link) ?? 0));
  }

  /** The end: an outage that goes on is told up to here, since nobody will know of it later. */
  #finish(atMs: number): void {
    this.#do(...this.#timers.clearAll());
    this.#tell(this.#gaps.endOutage(atMs, false), atMs);
    this.#phase = "stopped";
  }

  #setTimer(timer: ConnectionTimer, delayMs: number): void {
    this.#do(...this.#timers.set(timer, delayMs));
  }

  #clearTimer(timer: ConnectionTimer): void {
    this.#do(...this.#timers.clear(timer));
  }

  #record(entry: ConnectionEntry): void {
    this.#do({ kind: "record", epoch: this.#epoch, entry });
  }

  #report(report: ConnectionReport): void {
    this.#do({ kind: "report", report });
  }

  #do(...actions: readonly ConnectionAction[]): void {
    this.#actions.push(...actions);
  }
}
