/**
 * What `promise` brings, or `undefined` once `signal` aborts, whichever comes first. After an abort a late failure of
 * the promise is nobody's.
 */
export function untilGivenUp<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => resolve(undefined);
    if (signal.aborted) giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", giveUp));
  });
}
