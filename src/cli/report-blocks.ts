import { integer } from "./integer-text.ts";
import type { ReplayedEntries } from "./replay.ts";
import type { StoppedBy } from "./replay-report.ts";

const LISTED = 5;

/** A title, a few of `count` things, and how many there are besides. */
export function list(title: string, texts: readonly string[], count: number): string {
  const lines = texts.slice(0, LISTED);
  if (count > lines.length) lines.push(`and ${integer(count - lines.length)} more`);
  return [title, ...lines].join("\n  ");
}

/** Says that there was more. */
export function partialLine(stoppedBy: StoppedBy): string {
  const why = stoppedBy === "signal" ? "it was interrupted" : "of the error below";
  return `Partial: the replay ended before its recording because ${why}`;
}

/** What a store had of the recording before; empty where that is nothing. */
export function alreadyLine({ recorded, repeated, stored }: ReplayedEntries): string {
  if (repeated === 0) return "";
  if (repeated < recorded || stored > 0) {
    return `Partly there already: ${integer(repeated)} of ${integer(recorded)} entries were stored before; the table is of the rest`;
  }
  return `Everything is there already: all ${integer(recorded)} entries were stored before, nothing was added`;
}
