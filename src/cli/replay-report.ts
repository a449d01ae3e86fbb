import type { TornTail } from "../adapters/capture/index.ts";
import type { FlowSnapshot, GridSnapshot } from "../domain/flow/snapshot.ts";
import type { ReplayLevels } from "./levels/replay-levels.ts";
import type { ReplayedEntries } from "./replay.ts";
import type { ReplayResults } from "./replay-results.ts";

/** Why a replay ended before its recording did. */
export type StoppedBy = "signal" | "fault";

/** Everything that there is to say about a replay. */
export interface ReplayReport {
  readonly stoppedBy: StoppedBy | undefined;
  readonly tornTail: TornTail | undefined;
  readonly entries: ReplayedEntries;
  /** Who else hydrated it; `undefined` where the replay did. */
  readonly hydratedBy: string | undefined;
  /** Of every underlying and expiration that traded, in the order of the sums. */
  readonly flows: readonly FlowSnapshot[];
  readonly grids: readonly GridSnapshot[];
  /** Of every underlying whose chain is beside the capture, in their order there. */
  readonly levels: readonly ReplayLevels[];
  readonly results: ReplayResults;
  readonly elapsedMs: number;
}
