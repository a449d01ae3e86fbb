import { isTransient } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { BusMessage, MessageBus } from "../ports/message-bus.ts";
import { reasonOf } from "./heartbeat.ts";

const RETRY_MS = 1_000;

/** What is heard, where, and what to do with it. */
export interface Listening {
  readonly channel: string;
  /** Completes "Cannot listen to ...", for the log. */
  readonly what: string;
  readonly hear: (message: BusMessage) => void;
}

/**
 * Listens to a channel until `signal` aborts, trying again each second while the bus cannot be reached. Rejects with the
 * error of a bus that refuses for good.
 */
export async function listen(
  { channel, what, hear }: Listening,
  ports: { readonly bus: MessageBus; readonly clock: Clock; readonly logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await ports.bus.subscribe(channel, hear, signal);
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!isTransient(error)) throw error;
      ports.logger.warn(`Cannot listen to ${what}, trying again`, { reason: reasonOf(error) });
      await ports.clock.sleep(RETRY_MS, signal);
    }
  }
}
