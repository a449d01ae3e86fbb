import type { HydrationStep, HydrationStore } from "../ports/hydration-store.ts";

/**
 * The same store, and `onApplied` hears of every step that reached it, once and in order. The next step waits for it;
 * where it fails, so does the commit.
 */
export function observeCommits(
  store: HydrationStore,
  onApplied: (step: HydrationStep) => Promise<void>,
): HydrationStore {
  return {
    async commit(lease, step) {
      const result = await store.commit(lease, step);
      if (result.status === "applied") await onApplied(step);
      return result;
    },
    acquire: (...args) => store.acquire(...args),
    renew: (...args) => store.renew(...args),
    release: (...args) => store.release(...args),
    checkpoint: (...args) => store.checkpoint(...args),
    cursors: () => store.cursors(),
    counters: () => store.counters(),
    tradeStreams: () => store.tradeStreams(),
    trades: (...args) => store.trades(...args),
    findOpenPrint: (...args) => store.findOpenPrint(...args),
    gaps: (...args) => store.gaps(...args),
    quarantine: (...args) => store.quarantine(...args),
    close: () => store.close(),
  };
}
