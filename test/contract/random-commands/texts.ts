/** Numbers and times as the public keys have them, written apart from the adapters. */

/** Milliseconds as decimal text of seconds; `undefined` stays. */
export function secondsOf(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined;
  const micros = String(Math.round(ms * 1_000)).padStart(7, "0");
  return `${micros.slice(0, -6)}.${micros.slice(-6)}`.replace(/\.?0+$/, "");
}

/** Nanoseconds as decimal text of the provider's ms. */
export function eventMsOf(tsNs: bigint): string {
  const digits = String(tsNs).padStart(7, "0");
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`.replace(/\.?0+$/, "");
}

/** A number as decimal text; `undefined` stays. */
export function textOf(value: number | bigint | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}
