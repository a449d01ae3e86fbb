import { ClosedError } from "../../domain/errors.ts";
import { SILENT_LOGGER } from "../../domain/silent.ts";
import type { Logger } from "../../ports/logger.ts";
import type { BusMessage, MessageBus } from "../../ports/message-bus.ts";
import { PortClient } from "../port-client.ts";
import { BusSubscription } from "./bus-channels.ts";
import { type MemoryDatabase, type MemoryTables, tablesOf } from "./database.ts";

/** A client of a database's message bus. */
export class MemoryMessageBus extends PortClient implements MessageBus {
  readonly #tables: MemoryTables;
  readonly #logger: Logger;

  /** @param options.logger hears of listeners that throw; default: nobody does. */
  constructor(database: MemoryDatabase, options: { readonly logger?: Logger } = {}) {
    super();
    this.#tables = tablesOf(database);
    this.#logger = options.logger ?? SILENT_LOGGER;
  }

  async publish(channel: string, body: string): Promise<void> {
    this.assertOpen("publish a message");
    this.#tables.bus.publish(channel, body);
  }

  async subscribe(channel: string, on: (message: BusMessage) => void, signal: AbortSignal): Promise<void> {
    this.assertOpen("subscribe to a channel");
    if (signal.aborted) return;
    await new Promise<void>((resolve, reject) => {
      const subscription = new BusSubscription((message) => {
        try {
          on(message);
        } catch (error) {
          this.#logger.error("A bus listener threw", error, { channel });
        }
        // The first message is the resync; later calls find the promise settled.
        resolve();
      });
      const leave = this.#tables.bus.add(channel, subscription);
      const end = (): void => {
        subscription.end();
        leave();
        signal.removeEventListener("abort", abort);
      };
      const forgetClose = this.onClose(() => {
        end();
        reject(new ClosedError("subscribe to a channel"));
      });
      const abort = (): void => {
        end();
        forgetClose();
        resolve();
      };
      signal.addEventListener("abort", abort, { once: true });
    });
  }
}
