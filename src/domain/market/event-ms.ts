const NS_PER_MS = 1_000_000n;

let lastTsNs = 0n;
let lastMs = 0;
let lastRestNs = 0;

/**
 * Whole milliseconds of an event time. Remembers the last answer: it is asked for several times per print, and prints
 * come in bursts of one millisecond.
 */
export function eventMs(tsNs: bigint): number {
  if (tsNs !== lastTsNs) split(tsNs);
  return lastMs;
}

/** The nanoseconds of an event time behind its whole milliseconds. */
export function eventRestNs(tsNs: bigint): number {
  if (tsNs !== lastTsNs) split(tsNs);
  return lastRestNs;
}

/** Wrapped, so that engines take machine integers. */
function split(tsNs: bigint): void {
  lastTsNs = tsNs;
  lastMs = Number(BigInt.asIntN(64, BigInt.asIntN(64, tsNs) / NS_PER_MS));
  lastRestNs = Number(BigInt.asIntN(64, BigInt.asIntN(64, tsNs) % NS_PER_MS));
}
