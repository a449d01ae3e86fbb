import type { Clock } from "../../ports/clock.ts";
import type { FeedLink, FeedSink, LinkClosed } from "../../ports/feed-connector.ts";
import { assertCloseCode, cutReason } from "../close-arguments.ts";

const CLOSE_ANSWER_MS = 1_000;

/** What a peer works with. */
interface PeerSetting {
  readonly url: string;
  readonly sink: FeedSink;
  readonly capabilities: FeedLink["capabilities"];
  readonly clock: Clock | undefined;
  /** The link told its sink that it is closed. */
  readonly onEnded: () => void;
}

/**
 * The far end of one link of a {@link MemoryFeed}: what a test says with it, the client's sink hears at once.
 *
 * What the client does arrives as from a socket: after the caller's own code, in order.
 */
export class MemoryFeedPeer {
  readonly #setting: PeerSetting;
  readonly #received: string[] = [];
  readonly #listeners = new Set<(text: string) => void>();
  #state: "open" | "closing" | "closed" = "open";
  #closedByClient: { readonly code: number; readonly reason: string } | undefined;
  #pings = 0;
  #isPaused = false;
  /** What the client has not read; `undefined` where it reads. */
  #unread: (() => void)[] | undefined;

  /** Whether pings of the client are answered; default true. */
  answersPings = true;
  /** Whether a close frame of the client is answered; default true. Unanswered, the link ends after 1 s. */
  answersClose = true;

  constructor(setting: PeerSetting) {
    this.#setting = setting;
  }

  /** As the client gave it. */
  get url(): string {
    return this.#setting.url;
  }

  /** What the client sent, in order. */
  get received(): readonly string[] {
    return this.#received;
  }

  /** How often the client pinged. */
  get pings(): number {
    return this.#pings;
  }

  /** Whether the client was not yet told that the link is closed. */
  get isOpen(): boolean {
    return this.#state !== "closed";
  }

  /** Whether the client stopped reading. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The close frame that the client sent. */
  get closedByClient(): { readonly code: number; readonly reason: string } | undefined {
    return this.#closedByClient;
  }

  /** Sends a message. Without effect once the link is closed. */
  send(payload: string | Uint8Array): void {
    this.#tell(() => this.#setting.sink.frame(payload));
  }

  /** Sends a pong, asked for or not. */
  alive(): void {
    this.#tell(() => this.#setting.sink.alive());
  }

  /** Closes with a close frame, of any code. */
  close(code = 1000, reason = ""): void {
    this.#tell(() => this.#end({ code, reason, error: undefined }));
  }

  /** Ends the link without a close frame, with what the client's socket would report, if anything. */
  cut(error?: unknown): void {
    this.#tell(() => this.#end({ code: undefined, reason: undefined, error }));
  }

  /** Hears every further message of the client. Answers with what ends it. */
  onReceive(callback: (text: string) => void): () => void {
    this.#listeners.add(callback);
    return () => {
      this.#listeners.delete(callback);
    };
  }

  /** The client's end. */
  link(): FeedLink {
    const { capabilities } = this.#setting;
    return {
      capabilities,
      send: (text) => this.#receive(text),
      ping: () => this.#pinged(),
      pause: () => {
        if (!capabilities.pause || this.#state !== "open") return;
        this.#isPaused = true;
        this.#unread ??= [];
      },
      resume: () => this.#resume(),
      close: (code, reason) => this.closeFromClient(code, reason),
    };
  }

  /** What the client's `close`, and an abort, do. */
  closeFromClient(code: number, reason: string): void {
    assertCloseCode(code);
    if (this.#state !== "open") return;
    this.#state = "closing";
    const frame = { code, reason: cutReason(reason) };
    this.#closedByClient = frame;
    this.#resume();
    queueMicrotask(() => {
      if (this.answersClose) this.#end({ ...frame, error: undefined });
      else void this.#giveUp();
    });
  }

  #receive(text: string): void {
    if (this.#state !== "open") return;
    this.#received.push(text);
    queueMicrotask(() => {
      for (const listener of [...this.#listeners]) listener(text);
    });
  }

  #pinged(): boolean {
    if (!this.#setting.capabilities.ping || this.#state !== "open") return false;
    this.#pings += 1;
    queueMicrotask(() => {
      if (this.answersPings) this.alive();
    });
    return true;
  }

  #tell(happen: () => void): void {
    if (this.#state === "closed") return;
    if (this.#unread === undefined) happen();
    else this.#unread.push(happen);
  }

  #resume(): void {
    this.#isPaused = false;
    queueMicrotask(() => {
      if (!this.#isPaused) this.#read();
    });
  }

  #read(): void {
    const unread = this.#unread;
    this.#unread = undefined;
    for (const happen of unread ?? []) this.#tell(happen);
  }

  async #giveUp(): Promise<void> {
    await this.#setting.clock?.sleep(CLOSE_ANSWER_MS);
    this.#end({ code: undefined, reason: undefined, error: undefined });
  }

  #end(how: LinkClosed): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#setting.onEnded();
    this.#setting.sink.closed(how);
  }
}
