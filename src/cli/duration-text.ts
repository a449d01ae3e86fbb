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
