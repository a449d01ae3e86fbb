import { isTransient } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";

const LONGEST_DELAY_MS = 2_000;

/**
 * Repeats an idempotent store operation until it succeeds, waiting 0.1, 0.2, 0.4, … 2 s between tries.
 *
 * Rejects with the operation's error where repeating cannot help (a closed adapter, what is stored cannot be
 * read, a caller's mistake), and, once `signal` is aborted, with the error of the try in flight.
 *
 * @param action completes "Cannot ...", for the log.
 */
export async function untilStored<T>(
  action: string,
  operation: () => Promise<T>,
  context: { readonly clock: Clock; readonly logger: Logger; readonly signal: AbortSignal },
): Promise<T> {
  for (let delayMs = FIRST_RETRY_MS; ; delayMs = nextRetryMs(delayMs)) {
    try {
      return await operation();
    } catch (error) {
      if (!isTransient(error) || context.signal.aborted) throw error;
      context.logger.error(`Cannot ${action}, trying again in ${delayMs} ms`, error);
      await context.clock.sleep(delayMs, context.signal);
    }
  }
}

/** How long to wait after the first failure, ms. */
export const FIRST_RETRY_MS = 100;

/** How long to wait after the next one. */
export function nextRetryMs(delayMs: number): number {
  return Math.min(delayMs * 2, LONGEST_DELAY_MS);
}
