import { ClosedError } from "../../domain/errors.ts";
import type { BusMessage, MessageBus } from "../../ports/message-bus.ts";
import type { RedisConnection } from "./connection.ts";
import { RedisClient } from "./redis-client.ts";
import { SubscriberLink } from "./subscriber-link.ts";

/** The message bus on PUBLISH and SUBSCRIBE. */
export class RedisMessageBus extends RedisClient implements MessageBus {
  readonly #link: SubscriberLink;

  constructor(connection: RedisConnection) {
    super(connection);
    this.#link = new SubscriberLink(connection);
  }

  async publish(channel: string, body: string): Promise<void> {
    await this.command("publish a message", "PUBLISH", this.keys.channel(channel), body);
  }

  async subscribe(channel: string, on: (message: BusMessage) => void, signal: AbortSignal): Promise<void> {
    this.assertOpen("subscribe to a channel");
    if (signal.aborted) return;
    await new Promise<void>((resolve, reject) => {
      let stands = false;
      const hear = (message: BusMessage): void => {
        try {
          on(message);
        } catch (error) {
          this.connection.logger.error("A bus listener threw", error, { channel });
        }
        // The first message is the resync; later calls find the promise settled.
        stands = true;
        resolve();
      };
      const end = (): void => {
        leave();
        forgetClose();
        signal.removeEventListener("abort", abort);
      };
      const fail = (error: unknown): void => {
        end();
        // Where it stood already, nobody waits for the promise any more.
        if (stands) this.connection.logger.error("A subscription ended", error, { channel });
        reject(error);
      };
      const leave = this.#link.add({ channel: this.keys.channel(channel), hear, fail });
      const forgetClose = this.onClose(() => {
        end();
        reject(new ClosedError("subscribe to a channel"));
      });
      const abort = (): void => {
        end();
        resolve();
      };
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  override async close(): Promise<void> {
    await super.close();
    await this.#link.close();
  }
}
