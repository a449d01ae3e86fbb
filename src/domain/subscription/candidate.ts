/** Why an instrument is subscribed. */
export type SlotKind = "reserved" | "exploration" | "retention";

/** Rank of an instrument without an estimate: after every one that has been measured, be it as silent. */
export const UNMEASURED = -1;

/** What the scheduler knows of one instrument. All but `grantedBy` changes with each update, never in between. */
export interface Candidate {
  readonly instrument: string;
  /** Per second, or `UNMEASURED`. */
  rate: number;
  /** The last update that listed it. */
  listedIn: number;
  /** The slot that it held when the last update came. */
  held: SlotKind | undefined;
  /** The last answer that gave it a slot. */
  grantedBy: number;
  /** Its place in the order of exploration. */
  ticket: number;
}

/** A rate as it counts against challengers: that of a holder is raised by the hysteresis. */
export function heldRate(rate: number, hysteresis: number): number {
  return rate === UNMEASURED ? rate : rate * (1 + hysteresis);
}
