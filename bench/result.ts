/** One measured line. Ratios are of speeds: above 1 is faster than the yardstick of the same run. */
export interface BenchResult {
  readonly path: string;
  readonly measured: string;
  /** What it is held against. */
  readonly yardstick: string;
  /** What it must reach; empty for a figure that is only stated. */
  readonly target: string;
  readonly reached: boolean | undefined;
}

/** The middle of a list of numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Runs `work` and tells how many seconds it took. */
export async function seconds(work: () => void | Promise<void>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return (performance.now() - startedAtMs) / 1_000;
}
