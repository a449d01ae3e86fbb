/** What a spool sheds: nothing, frames that hold quotes only, or every frame. */
export type ShedLevel = "none" | "quotes" | "all";

/** Where a spool begins to shed and where it stops, in the unit in which it is bounded. Rising. */
export interface ShedMarks {
  /** Down to here, included, it sheds on once it began. */
  readonly recovered: number;
  /** From here on, included, it sheds quotes; down to here it sheds everything once it began to. */
  readonly soft: number;
  /** From here on, included, it sheds everything. */
  readonly hard: number;
}

/**
 * What a spool that sheds at `level` and holds `held` sheds next. Each level is left lower than it was entered, so that a
 * spool at a mark does not change its mind with every frame; from everything the way back leads over quotes, so that
 * trades come back first.
 */
export function nextShedLevel(level: ShedLevel, held: number, marks: ShedMarks): ShedLevel {
  if (held >= marks.hard) return "all";
  if (level === "all" && held > marks.soft) return "all";
  if (held <= marks.recovered) return "none";
  if (held >= marks.soft || level !== "none") return "quotes";
  return "none";
}
