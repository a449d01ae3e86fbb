import type { AssetClass } from "../../domain/instrument/resource.ts";
import type { Topic } from "./client-request.ts";
import type { Connection, FrameItem } from "./connection.ts";

/** Who listens to one channel of one class. */
export class ChannelAudience {
  readonly #everything = new Set<Connection>();
  readonly #byTicker = new Map<string, Set<Connection>>();

  join(ticker: string, connection: Connection): void {
    if (ticker === "*") {
      this.#everything.add(connection);
      return;
    }
    let listeners = this.#byTicker.get(ticker);
    if (listeners === undefined) {
      listeners = new Set();
      this.#byTicker.set(ticker, listeners);
    }
    listeners.add(connection);
  }

  leave(ticker: string, connection: Connection): void {
    if (ticker === "*") {
      this.#everything.delete(connection);
      return;
    }
    const listeners = this.#byTicker.get(ticker);
    listeners?.delete(connection);
    if (listeners?.size === 0) this.#byTicker.delete(ticker);
  }

  /** Whether nobody listens to anything. */
  get isEmpty(): boolean {
    return this.#everything.size === 0 && this.#byTicker.size === 0;
  }

  hears(ticker: string): boolean {
    return this.#everything.size > 0 || this.#byTicker.has(ticker);
  }

  /** Once to everybody who listens, also to those who asked for it by wildcard and by name. */
  deliver(ticker: string, item: FrameItem): void {
    for (const connection of this.#everything) connection.offer(item);
    const listeners = this.#byTicker.get(ticker);
    if (listeners === undefined) return;
    for (const connection of listeners) if (!this.#everything.has(connection)) connection.offer(item);
  }
}

/** Who listens to what, over all connections. */
export class Audience {
  readonly #channels = new Map<string, ChannelAudience>();

  of(assetClass: AssetClass, channel: string): ChannelAudience {
    const name = `${assetClass}/${channel}`;
    let audience = this.#channels.get(name);
    if (audience === undefined) {
      audience = new ChannelAudience();
      this.#channels.set(name, audience);
    }
    return audience;
  }

  join(connection: Connection, { channel, ticker }: Topic): void {
    connection.topics.add(`${channel}.${ticker}`);
    this.of(connection.assetClass, channel).join(ticker, connection);
  }

  leave(connection: Connection, { channel, ticker }: Topic): void {
    connection.topics.delete(`${channel}.${ticker}`);
    this.of(connection.assetClass, channel).leave(ticker, connection);
  }
}
