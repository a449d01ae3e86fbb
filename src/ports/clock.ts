/** Time, the only way to get it outside an adapter. */
export interface Clock {
  /** Milliseconds since the Unix epoch, with whatever fraction the platform gives. May step back. */
  now(): number;
  /** Milliseconds from an arbitrary origin. Never steps back. */
  monotonic(): number;
  /**
   * Resolves after `ms` milliseconds, at once for 0 or less, and early, without error, when `signal` aborts: the caller
   * looks at the signal. Leaves no timer and no listener behind.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
