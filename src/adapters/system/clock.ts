import type { Clock } from "../../ports/clock.ts";

/** The longest delay that timers keep: beyond it they fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

/** The time of the machine. */
export const SYSTEM_CLOCK: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep,
});

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (!(ms > 0) || signal?.aborted) return;
  const deadline = performance.now() + ms;
  await new Promise<void>((resolve) => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (): void => {
      const left = deadline - performance.now();
      // Timers may fire a fraction early, and long ones come in several parts: armed again until the time is over.
      if (left <= 0) end();
      else timer = setTimeout(wait, Math.min(left, MAX_TIMER_MS));
    };
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    signal?.addEventListener("abort", end, { once: true });
    wait();
  });
}
