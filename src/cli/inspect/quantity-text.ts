import { integer } from "../integer-text.ts";

const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

/**
 * A stretch of time for people, in its two largest units.
 *
 * @example
 * ```ts
 * durationText(3_661_000); // "1 h 1 min"
 * durationText(12_345); // "12.3 s"
 * ```
 */
export function durationText(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < 1_000) return `${Math.round(whole)} ms`;
  if (whole < 60_000) return `${(Math.floor(whole / 100) / 10).toFixed(1)} s`;
  const place = UNITS.findIndex(([unit]) => whole >= unit);
  const [large, largeName] = UNITS[place] ?? UNITS[2];
  const [small, smallName] = UNITS[place + 1] ?? UNITS[3];
  const rest = Math.floor((whole % large) / small);
  return `${Math.floor(whole / large)} ${largeName}${rest === 0 ? "" : ` ${rest} ${smallName}`}`;
}

/** How long ago; `-` where it is not known. */
export function agoText(ms: number | null): string {
  return ms === null ? "-" : `${durationText(ms)} ago`;
}

/** How long from now, or since when it is over. */
export function leftText(ms: number | null): string {
  if (ms === null) return "-";
  return ms > 0 ? `${durationText(ms)} more` : `over for ${durationText(-ms)}`;
}

const SIZES = [
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
] as const;

/** A number of bytes for people: `1.9 MB`. */
export function bytesText(bytes: number): string {
  const [size, name] = SIZES.find(([least]) => bytes >= least) ?? [1, "B"];
  return size === 1 ? `${integer(bytes)} B` : `${(bytes / size).toFixed(1)} ${name}`;
}

/** A count; `-` where it is not known. */
export function countText(count: number | null): string {
  return count === null ? "-" : integer(count);
}
