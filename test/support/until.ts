import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 5;

/**
 * Waits until a condition holds. One that throws does not hold yet.
 *
 * @param what is waited for, for the error.
 * @throws Error when it does not come true within `limitMs`, with what the condition threw last.
 */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  limitMs = 30_000,
): Promise<void> {
  const giveUpAtMs = performance.now() + limitMs;
  for (;;) {
    let cause: unknown;
    try {
      if (await condition()) return;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > giveUpAtMs) throw new Error(`Cannot go on: ${what} within ${limitMs} ms`, { cause });
    await sleep(POLL_MS);
  }
}
