import { durationText } from "../duration-text.ts";
import { integer } from "../integer-text.ts";

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
