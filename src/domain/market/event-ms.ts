const NS_PER_MS = 1_000_000n;

let lastTsNs = 0n;
let lastMs = 0;

/**
 * Whole milliseconds of an event time. Remembers the last answer: it is asked for several times per print, and prints
 * come in bursts of one millisecond.
 */
export function eventMs(tsNs: bigint): number {
  if (tsNs !== lastTsNs) {
    lastTsNs = tsNs;
    // Wrapped, so that engines take machine integers.
    lastMs = Number(BigInt.asIntN(64, BigInt.asIntN(64, tsNs) / NS_PER_MS));
  }
  return lastMs;
}
