import type { Gap } from "../stream/gap.ts";
import { FieldError, gapInfo, readGapInfo } from "../stream/raw-fields.ts";

/**
 * The gaps that are open at the moment, as gauges have them: a JSON list, each as the raw log has gaps, without `to_ts`;
 * `null` where nothing is missing.
 */
export function missingText(open: readonly Gap[]): string | null {
  return open.length === 0 ? null : JSON.stringify(open.map(gapInfo));
}

/** What `missingText` made a text of; `undefined` for any other text. */
export function readMissing(text: string): readonly Gap[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(readGapInfo) : undefined;
  } catch (error) {
    if (error instanceof FieldError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
