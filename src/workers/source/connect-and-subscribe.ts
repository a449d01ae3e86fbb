import { ConnectionMachine } from "../../domain/connection/connection-machine.ts";
import { DEFAULT_CONNECTION_OPTIONS } from "../../domain/connection/connection-options.ts";
import type { ConnectionEvent, ConnectionReport } from "../../domain/connection/connection-protocol.ts";
import { checkedTopics } from "../../domain/connection/subscription-request.ts";
import { WsError } from "../../domain/errors.ts";
import type { AssetClass } from "../../domain/instrument/resource.ts";
import { seededRandom } from "../../domain/random.ts";
import { parsePayload } from "../../domain/wire/parse-payload.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FeedConnector } from "../../ports/feed-connector.ts";
import { ConnectionDriver } from "./connection-driver.ts";

/** Where to connect. */
export interface FeedTarget {
  /** With the asset class at its end: `wss://socket.massive.com/options`. */
  readonly url: string;
  readonly apiKey: string;
}

/**
 * The frames of one link, verbatim, those with the provider's statuses included. The iteration ends when the link is
 * closed by us, and throws a `WsError` when it ended otherwise.
 */
export interface FeedStream extends AsyncIterable<string> {
  /** Closes the link, with a close frame. Resolves when it is gone. Idempotent. */
  close(): Promise<void>;
}

/** Characters of frames that wait for a reader at most. */
const MAX_WAITING = 67_108_864;

/**
 * Opens one link, authenticates, subscribes, and keeps the link alive; does not come back when it ends. For a source that
 * does, see `ConnectionManager`.
 *
 * Resolves when every topic is confirmed. Rejects with a `WsError` where no link comes about, where the provider refuses
 * the key or the plan, and where a topic stays unconfirmed after it was asked for three times, 10 s apart; with the reason
 * of `signal` where that aborts. An abort after that closes the link.
 *
 * Frames that nobody reads wait, up to 64 Mi characters: then the link is given up with an error.
 *
 * @param topics such as `T.*` or `Q.O:SPXW251223P06870000`.
 * @throws {TypeError} for a text that is no topic.
 * @example
 * ```ts
 * const target = { url: "ws://127.0.0.1:8080/options", apiKey: "key" };
 * const stream = await connectAndSubscribe(target, ["T.*"], { feed: new WsFeedConnector(), clock: SYSTEM_CLOCK });
 * for await (const frame of stream) console.log(parsePayload(frame));
 * ```
 */
export async function connectAndSubscribe(
  target: FeedTarget,
  topics: readonly string[],
  ports: { readonly feed: FeedConnector; readonly clock: Clock },
  signal: AbortSignal = new AbortController().signal,
): Promise<FeedStream> {
  signal.throwIfAborted();
  checkedTopics(topics);
  const link = new SingleLink(target, ports);
  const abort = (): void => link.stop(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  void link.ended.then(() => signal.removeEventListener("abort", abort));
  await link.subscribed(topics);
  return link;
}

class SingleLink implements FeedStream {
  readonly #clock: Clock;
  readonly #machine: ConnectionMachine;
  readonly #driver: ConnectionDriver;
  readonly ended: Promise<void>;
  #end: () => void = () => undefined;
  #frames: string[] = [];
  #waiting = 0;
  #failure: { readonly error: unknown } | undefined;
  #isEnded = false;
  #wakes: (() => void)[] = [];

  constructor(target: FeedTarget, ports: { readonly feed: FeedConnector; readonly clock: Clock }) {
    this.#clock = ports.clock;
    const connection = { class: assetClassOf(target.url), shard: 0 } as const;
    this.#machine = new ConnectionMachine({ ...DEFAULT_CONNECTION_OPTIONS, connection }, seededRandom(1));
    this.#driver = new ConnectionDriver(this.#machine, target, ports, {
      happened: (event) => this.#step(event),
      received: (epoch, payload) => this.#receive(epoch, payload),
      record: () => undefined,
      report: (report) => this.#hear(report),
      asked: () => undefined,
      shed: () => undefined,
      fail: (reason, message) => this.#fail(new WsError(message, { reason })),
    });
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  async subscribed(topics: readonly string[]): Promise<void> {
    this.#step({ kind: "wanted", topics });
    this.#step({ kind: "started", afterEpoch: undefined, absentSinceAtMs: undefined });
    while (this.#machine.phase !== "streaming" && !this.#isEnded) await this.#woken();
    if (this.#failure === undefined && !this.#isEnded) return;
    await this.close();
    throw this.#failure?.error ?? new WsError("Cannot subscribe: the link must stay open, it was closed");
  }

  stop(reason: unknown): void {
    if (this.#machine.phase !== "streaming") this.#fail(reason);
    this.#step({ kind: "stop" });
  }

  async close(): Promise<void> {
    this.#step({ kind: "stop" });
    await this.ended;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    try {
      for (;;) {
        const frames = this.#frames;
        this.#frames = [];
        this.#waiting = 0;
        yield* frames;
        if (this.#frames.length > 0) continue;
        if (this.#isEnded) break;
        await this.#woken();
      }
    } finally {
      await this.close();
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #step(event: ConnectionEvent): void {
    this.#driver.step(event, this.#clock.now(), this.#clock.monotonic());
    if (this.#machine.phase === "stopped" && !this.#isEnded) {
      this.#isEnded = true;
      this.#driver.end();
      this.#end();
    }
    const wakes = this.#wakes;
    this.#wakes = [];
    for (const wake of wakes) wake();
  }

  #receive(epoch: number, payload: string | Uint8Array): void {
    if (!this.#machine.accepts(epoch)) return;
    const text = typeof payload === "string" ? payload : new TextDecoder().decode(payload);
    this.#frames.push(text);
    this.#waiting += text.length;
    const parsed = parsePayload(text, { onInvalid: "quarantine" });
    const statuses = parsed.ok ? parsed.statuses : [];
    this.#step({ kind: "frame", epoch, carriesData: parsed.ok && parsed.batches.length > 0 });
    if (statuses.length > 0) this.#step({ kind: "statuses", epoch, statuses });
    if (this.#waiting <= MAX_WAITING) return;
    this.#fail(
      new WsError(`Cannot keep the link: what waits must be at most ${MAX_WAITING} characters, nobody reads it`),
    );
    this.#step({ kind: "stop" });
  }

  #hear(report: ConnectionReport): void {
    if (report.kind === "unconfirmed") {
      this.#fail(
        new WsError(
          `Cannot subscribe: every topic must be confirmed, ${report.topics.length} are not, such as ${report.topics[0]}`,
        ),
      );
    } else if (report.kind !== "disconnected" || report.reason === "ours") return;
    else this.#fail(new WsError(report.message, { reason: report.reason }));
    // The machine would come back: this link does not.
    queueMicrotask(() => this.#step({ kind: "stop" }));
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => this.#wakes.push(resolve));
  }
}

function assetClassOf(url: string): AssetClass {
  const match = /\/(options|stocks|indices)\/?$/.exec(new URL(url).pathname);
  if (match !== null) return match[1] as AssetClass;
  throw new TypeError(
    `Cannot connect: 'url' must end in /options, /stocks or /indices, current path is "${new URL(url).pathname}"`,
  );
}
