/** A request to stop, from the keyboard or from the system. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** What a process ends with that was asked to stop, 128 plus the number of the signal; `undefined` before. */
  exitCode(): number | undefined;
  /** Stops listening. */
  dispose(): void;
}

/** How long the end may take before a word about it. */
const PATIENCE_MS = 1_000;

/** Listens for SIGINT and SIGTERM, for the first of each: a second one ends the process at once, as it always does. */
export function listenForInterruption(): Interruption {
  const stop = new AbortController();
  let exitCode: number | undefined;
  let patience: NodeJS.Timeout | undefined;
  const stopWith = (code: number) => (): void => {
    exitCode ??= code;
    stop.abort();
    patience = setTimeout(() => {
      process.stderr.write("strikewire: finishing what was begun; once more ends it at once\n");
    }, PATIENCE_MS);
  };
  const onInterrupt = stopWith(130);
  const onTerminate = stopWith(143);
  process.once("SIGINT", onInterrupt).once("SIGTERM", onTerminate);
  return {
    signal: stop.signal,
    exitCode: () => exitCode,
    dispose() {
      clearTimeout(patience);
      process.off("SIGINT", onInterrupt).off("SIGTERM", onTerminate);
    },
  };
}
