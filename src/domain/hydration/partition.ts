/**
 * How many hydrators share the underlyings among them. Each reads the whole raw log from its own cursor and keeps what is
 * its own.
 */
export const PARTITIONS = 1;

/** The partition that an underlying belongs to: the one seam for more of them. */
export function partitionOf(_underlying: string): number {
  return 0;
}
