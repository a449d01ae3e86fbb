import type { HydrationStep, HydrationStore } from "../ports/hydration-store.ts";

/**
 * The same store, and `onApplied` hears of every step that reached it, once and in order, one after the other. The answer
 * to a commit waits for it; where it fails, so does the commit.
 */
export function observeCommits(
  store: HydrationStore,
  onApplied: (step: HydrationStep) => Promise<void>,
): HydrationStore {
  let heard: Promise<void> = Promise.resolve();
  return {
    async commit(lease, step) {
      const before = heard;
      const committing = store.commit(lease, step);
      const hearing = (async (): Promise<void> => {
        await before;
        if ((await committing).status === "applied") await onApplied(step);
      })();
      // Who sent a step hears of its failure; those behind it have failures of their own.
      heard = hearing.catch(() => undefined);
      await hearing;
      return committing;
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
