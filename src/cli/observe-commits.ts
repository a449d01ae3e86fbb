import { CURSOR_START, type Cursor, compareCursors } from "../domain/stream/cursor.ts";
import type { CommitResult, HydrationStep, HydrationStore, Lease } from "../ports/hydration-store.ts";

/** A store whose commits somebody listens to. */
export interface ObservedStore {
  /** The same store. The answer to a commit waits for who listens; where that fails, so does the commit. */
  readonly store: HydrationStore;
  /** Whether nothing that was sent under the current lease waits for its answer. */
  isSettled(): boolean;
  /** Who else holds the lease, as far as is known; `undefined` where it is ours, or was never asked for. */
  otherOwner(): string | undefined;
}

/**
 * Has `onApplied` hear of every step that reached the store, once and in order, one after the other.
 *
 * The answer to a commit may be lost, and then only a later one tells what became of it: that its repeat was applied
 * already, or that the cursor stands behind a step that was sent after it. Under one lease nobody else moves the cursor, so
 * a cursor at the end of a step says that this step and all that were sent before it were applied. Of a step whose answer
 * was lost together with the lease this is not known for sure: it counts as applied where the next lease begins at its end.
 */
export function observeCommits(
  store: HydrationStore,
  onApplied: (step: HydrationStep) => Promise<void>,
): ObservedStore {
  /** Sent, in order, and not known to be applied. */
  let pending: HydrationStep[] = [];
  /** Up to where all is told: what ends there or before is a repeat. */
  let reached: Cursor = CURSOR_START;
  let other: string | undefined;
  let heard: Promise<void> = Promise.resolve();

  /** The cursor stands here: what of that has not been told yet? */
  const takeUpTo = (cursor: Cursor): readonly HydrationStep[] => {
    const steps = pending.splice(0, pending.findIndex(({ next }) => next === cursor) + 1);
    reached = steps.at(-1)?.next ?? reached;
    return steps;
  };
  const tell = async (steps: readonly HydrationStep[]): Promise<void> => {
    const before = heard;
    const hearing = (async (): Promise<void> => {
      await before;
      for (const step of steps) await onApplied(step);
    })();
    // Who sent a step hears of its failure; those behind it have failures of their own.
    heard = hearing.catch(() => undefined);
    await hearing;
  };
  const stepsOf = (step: HydrationStep, result: CommitResult): readonly HydrationStep[] => {
    if (result.status === "applied" || result.status === "already") return takeUpTo(step.next);
    if (result.status === "moved") return takeUpTo(result.cursor);
    other = "another hydrator";
    return [];
  };

  return {
    isSettled: () => pending.length === 0 || other !== undefined,
    otherOwner: () => other,
    store: {
      async acquire(...args) {
        const result = await store.acquire(...args);
        if (result.status === "held") other = result.owner;
        if (result.status === "acquired") {
          const steps = takeUpTo(result.cursor);
          pending = [];
          reached = result.cursor;
          other = undefined;
          await tell(steps);
        }
        return result;
      },
      async commit(lease: Lease, step: HydrationStep) {
        const isNew = compareCursors(step.next, reached) > 0 && !pending.some(({ next }) => next === step.next);
        if (isNew) pending.push(step);
        const result = await store.commit(lease, step);
        await tell(stepsOf(step, result));
        return result;
      },
      renew: (...args) => store.renew(...args),
      release: (...args) => store.release(...args),
      checkpoint: (...args) => store.checkpoint(...args),
      cursors: () => store.cursors(),
      stateCursors: () => store.stateCursors(),
      counters: () => store.counters(),
      tradeStreams: () => store.tradeStreams(),
      trades: (...args) => store.trades(...args),
      findOpenPrint: (...args) => store.findOpenPrint(...args),
      gaps: (...args) => store.gaps(...args),
      quarantine: (...args) => store.quarantine(...args),
      close: () => store.close(),
    },
  };
}
