/**
 * How long `Retry-After` asks to wait, ms: seconds, or a date of HTTP. One that has passed is 0; `undefined` where there is
 * none, or none that can be read.
 *
 * @param nowMs ms since the Unix epoch.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  // A date of HTTP begins with the day of the week: what else engines take for a date would be a guess.
  const atMs = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
