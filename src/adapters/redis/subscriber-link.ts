import type { Redis } from "ioredis";
import { ClosedError, isStrikewireError } from "../../domain/errors.ts";
import type { BusMessage } from "../../ports/message-bus.ts";
import type { RedisConnection } from "./connection.ts";
import { translateError } from "./reply-errors.ts";

/** How often a silent link is asked whether it still lives: the loss of a peer is not always told. */
const PING_EVERY_MS = 10_000;
const RETRY_MS = 100;
const ACTION = "listen to channels";

/** One listener on one channel. */
export interface Subscriber {
  readonly channel: string;
  /** Must not throw. The first message is a `resync`. */
  readonly hear: (message: BusMessage) => void;
  /** Must not throw. It will hear nothing: the server refuses the channel, or the connection was closed. */
  readonly fail: (error: unknown) => void;
}

/** Whether a subscriber has heard of its link: before its `resync` it hears no message. */
interface Attached {
  readonly subscriber: Subscriber;
  live: boolean;
}

/** The connection that subscribers listen on: made when the first comes, and made again when it is lost. */
export class SubscriberLink {
  readonly #connection: RedisConnection;
  readonly #channels = new Map<string, Set<Attached>>();
  readonly #closing = new AbortController();
  #client: Redis | undefined;
  #running: Promise<void> | undefined;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  /** Takes a subscriber in; the function returned takes it out. It hears a `resync` as soon as it hears everything. */
  add(subscriber: Subscriber): () => void {
    const { channel } = subscriber;
    const attached: Attached = { subscriber, live: false };
    const others = this.#channels.get(channel);
    const all = others ?? new Set();
    all.add(attached);
    this.#channels.set(channel, all);
    this.#running ??= this.#run();
    if (this.#client !== undefined) void this.#listen(this.#client, [channel]);
    return () => {
      all.delete(attached);
      attached.live = false;
      if (all.size > 0 || this.#channels.get(channel) !== all) return;
      this.#channels.delete(channel);
      void this.#client?.unsubscribe(channel).catch(() => undefined);
    };
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#channels.clear();
    this.#client?.disconnect();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#connection.ready(signal);
        await this.#serve(await this.#connection.dial(ACTION, signal), signal);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof ClosedError) {
          // Whoever comes later has to be told as well.
          this.#running = undefined;
          this.#fail([...this.#channels.keys()], error);
          return;
        }
      }
      await this.#connection.clock.sleep(RETRY_MS, signal);
    }
  }

  /** One link, until it is lost. */
  async #serve(client: Redis, signal: AbortSignal): Promise<void> {
    const gone = new AbortController();
    client.once("end", () => gone.abort());
    client.on("message", (channel: string, body: string) => this.#deliver(channel, { kind: "message", body }));
    if (signal.aborted) client.disconnect();
    this.#client = client;
    try {
      await this.#listen(client, [...this.#channels.keys()]);
      while (!gone.signal.aborted && client.status !== "end") {
        await this.#connection.clock.sleep(PING_EVERY_MS, gone.signal);
        await this.#ping(client, gone.signal);
      }
    } finally {
      client.disconnect();
      this.#client = undefined;
      for (const all of this.#channels.values()) for (const attached of all) attached.live = false;
    }
  }

  /** Subscribes, where it has to, and tells those who were not told yet that they hear everything from now on. */
  async #listen(client: Redis, channels: readonly string[]): Promise<void> {
    await Promise.all(channels.map((channel) => this.#listenTo(client, channel)));
  }

  async #listenTo(client: Redis, channel: string): Promise<void> {
    try {
      await client.subscribe(channel);
    } catch (error) {
      const reason = translateError("subscribe to a channel", this.#connection.label, error);
      // One channel that is refused is no reason to end the others.
      if (isStrikewireError(reason, "STRIKEWIRE_STORAGE")) this.#fail([channel], reason);
      // The link does not stand any more: what is left of it is torn down, and the next one subscribes again.
      else client.disconnect();
      return;
    }
    for (const attached of [...(this.#channels.get(channel) ?? [])]) {
      if (attached.live || client !== this.#client) continue;
      attached.live = true;
      attached.subscriber.hear({ kind: "resync" });
    }
  }

  #fail(channels: readonly string[], error: unknown): void {
    for (const channel of channels) {
      for (const { subscriber } of [...(this.#channels.get(channel) ?? [])]) subscriber.fail(error);
      this.#channels.delete(channel);
    }
  }

  async #ping(client: Redis, gone: AbortSignal): Promise<void> {
    if (gone.aborted) return;
    const answered = new AbortController();
    const watch = this.#connection.clock
      .sleep(this.#connection.commandTimeoutMs, answered.signal)
      .then(() => !answered.signal.aborted && client.disconnect());
    await client.ping().catch(() => client.disconnect());
    answered.abort();
    await watch;
  }

  #deliver(channel: string, message: BusMessage): void {
    for (const attached of [...(this.#channels.get(channel) ?? [])]) {
      if (attached.live) attached.subscriber.hear(message);
    }
  }
}
