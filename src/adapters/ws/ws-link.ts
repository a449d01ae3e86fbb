import type { WsError } from "../../domain/errors.ts";
import type { FeedLink, FeedSink } from "../../ports/feed-connector.ts";
import { assertCloseCode, cutReason } from "../close-arguments.ts";
import { brokenError, refusalError } from "./link-errors.ts";
import type { RuntimeSocket, SocketListener } from "./runtime-socket.ts";

/** How long a peer may take to answer a close frame, ms. */
const CLOSE_ANSWER_MS = 1_000;
/** Stands for a connection that ended without a close frame; no frame carries it. */
const NO_FRAME = 1006;

/** What a link is opened with. */
export interface LinkSettings {
  readonly url: URL;
  readonly sink: FeedSink;
  readonly signal: AbortSignal;
  readonly handshakeTimeoutMs: number;
  readonly maxFrameBytes: number;
  readonly openSocket: (listener: SocketListener) => RuntimeSocket;
}

/** Opens a link; rejects, without a call of the sink, where none comes about. */
export function openLink(settings: LinkSettings): Promise<FeedLink> {
  return new Promise((resolve, reject) => {
    new WsLink(settings, resolve, reject);
  });
}

/** One link from its attempt to its end. */
class WsLink implements FeedLink {
  readonly #settings: LinkSettings;
  readonly #resolve: (link: FeedLink) => void;
  readonly #reject: (error: unknown) => void;
  readonly #socket: RuntimeSocket | undefined;
  readonly #abort = (): void => this.#aborted();
  #state: "connecting" | "open" | "closing" | "closed" = "connecting";
  #status: number | undefined;
  #failure: unknown;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(settings: LinkSettings, resolve: (link: FeedLink) => void, reject: (error: unknown) => void) {
    this.#settings = settings;
    this.#resolve = resolve;
    this.#reject = reject;
    try {
      this.#socket = settings.openSocket(this.#listener());
    } catch (error) {
      this.#failure = error;
      this.#refuse();
      return;
    }
    settings.signal.addEventListener("abort", this.#abort, { once: true });
    this.#timer = setTimeout(() => this.#refuse(true), settings.handshakeTimeoutMs);
  }

  get capabilities(): FeedLink["capabilities"] {
    return this.#socket?.capabilities ?? { ping: false, pause: false };
  }

  send(text: string): void {
    if (this.#state === "open") this.#socket?.send(text);
  }

  ping(): boolean {
    return this.#state === "open" && this.#socket?.ping() === true;
  }

  pause(): void {
    if (this.#state === "open") this.#socket?.pause();
  }

  resume(): void {
    if (this.#state === "open") this.#socket?.resume();
  }

  close(code: number, reason: string): void {
    assertCloseCode(code);
    if (this.#state !== "open") return;
    this.#awaitEnd();
    this.#socket?.close(code, cutReason(reason));
  }

  #listener(): SocketListener {
    const { sink } = this.#settings;
    return {
      opened: () => this.#opened(),
      // Bound to the sink: nothing stands between it and the socket.
      frame: (payload) => sink.frame(payload),
      pong: () => sink.alive(),
      refused: (status) => {
        this.#status = status;
      },
      failed: (error) => {
        this.#failure ??= error;
        if (this.#state === "open") this.#awaitEnd();
      },
      ended: (code, reason) => {
        if (this.#state === "connecting") this.#refuse();
        else if (code === NO_FRAME) this.#end(undefined, undefined);
        else this.#end(code, reason);
      },
    };
  }

  #opened(): void {
    if (this.#state !== "connecting") return;
    this.#state = "open";
    clearTimeout(this.#timer);
    this.#settings.sink.open();
    this.#resolve(this);
  }

  #aborted(): void {
    if (this.#state !== "connecting") {
      this.close(1000, "");
      return;
    }
    this.#settle();
    this.#reject(this.#settings.signal.reason);
    this.#socket?.terminate();
  }

  #refuse(timedOut = false): void {
    const { url, handshakeTimeoutMs } = this.#settings;
    this.#settle();
    this.#reject(refusalError(url, { status: this.#status, error: this.#failure, timedOut }, handshakeTimeoutMs));
    if (timedOut) this.#socket?.terminate();
  }

  /** The link ends by now, and needs the peer for it; reading goes on, since its answer stands behind data. */
  #awaitEnd(): void {
    this.#state = "closing";
    this.#socket?.resume();
    this.#timer = setTimeout(() => {
      if (this.#socket?.terminate() !== true) this.#end(undefined, undefined);
    }, CLOSE_ANSWER_MS);
  }

  #end(code: number | undefined, reason: string | undefined): void {
    if (this.#state === "closed") return;
    this.#settle();
    this.#settings.sink.closed({ code, reason, error: this.#brokenBy() });
  }

  #brokenBy(): WsError | undefined {
    const { url, maxFrameBytes } = this.#settings;
    return this.#failure === undefined ? undefined : brokenError(url, this.#failure, maxFrameBytes);
  }

  #settle(): void {
    this.#state = "closed";
    clearTimeout(this.#timer);
    this.#settings.signal.removeEventListener("abort", this.#abort);
  }
}
