import { integer } from "../integer-text.ts";
import { gapLine, refusalLine } from "../loss-lines.ts";
import type { GapState, QuarantineState } from "./inspection.ts";

/** Counts by cause, and the last gaps; empty where there is none. */
export function gapsText(gaps: GapState | null): string {
  if (gaps === null || gaps.length === 0) return "";
  const { length, counted, by_cause, last } = gaps;
  const counts = Object.entries(by_cause).map(([cause, count]) => `${cause} ${integer(count)}`);
  const of = counted < length ? `, of the last ${integer(counted)}` : "";
  return [`${integer(length)} stored (${counts.join(", ")}${of})`, ...last.map(gapLine)].join("\n");
}

/** The last refusals; empty where there is none. */
export function quarantineText(quarantine: QuarantineState | null): string {
  if (quarantine === null || quarantine.length === 0) return "";
  return [`${integer(quarantine.length)} stored`, ...quarantine.last.map(refusalLine)].join("\n");
}
