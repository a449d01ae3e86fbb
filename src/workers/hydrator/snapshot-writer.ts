import type { TradeStreamId } from "../../domain/hydration/effects.ts";
import { flowSnapshot, gridSnapshot } from "../../domain/hydration/snapshots.ts";
import type { HydrationState } from "../../domain/hydration/state.ts";
import type { Clock } from "../../ports/clock.ts";
import type { FlowSnapshotStore } from "../../ports/flow-snapshot-store.ts";
import type { Logger } from "../../ports/logger.ts";

/** Snapshots live for 30 s; writing all of them this often makes their end mean that nobody hydrates, not quiet. */
const REFRESH_MS = 10_000;
/** With a backlog snapshots tell of the past: so many intervals lie between them. */
const INTERVALS_BEHIND = 4;

/**
 * Stores flow snapshots of what changed, at most once per interval, and of everything now and then. A snapshot that could
 * not be stored is tried again with the next: nothing but its age depends on it, so it holds nothing up.
 */
export class SnapshotWriter {
  readonly #snapshots: FlowSnapshotStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #intervalMs: number;
  /** Expirations to write anew, by underlying. */
  readonly #pending = new Map<string, Set<string>>();
  #writtenAtMs = Number.NEGATIVE_INFINITY;
  #refreshedAtMs = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> | undefined;

  constructor(ports: { snapshots: FlowSnapshotStore; clock: Clock; logger: Logger }, intervalMs: number) {
    this.#snapshots = ports.snapshots;
    this.#clock = ports.clock;
    this.#logger = ports.logger;
    this.#intervalMs = intervalMs;
  }

  /** Takes note of what changed. */
  mark(streams: Iterable<TradeStreamId>): void {
    for (const { underlying, expiration } of streams) {
      const expirations = this.#pending.get(underlying);
      if (expirations === undefined) this.#pending.set(underlying, new Set([expiration]));
      else expirations.add(expiration);
    }
  }

  /** Whether it is time to write: not while the last ones are on their way. @param isBehind with a backlog they are rarer. */
  isDue(isBehind: boolean): boolean {
    if (this.#writing !== undefined) return false;
    const nowMs = this.#clock.monotonic();
    const intervalMs = isBehind ? INTERVALS_BEHIND * this.#intervalMs : this.#intervalMs;
    return nowMs - this.#writtenAtMs >= intervalMs || nowMs - this.#refreshedAtMs >= REFRESH_MS;
  }

  /**
   * Begins to store what is pending, each underlying as it stands when its turn comes; hydration goes on meanwhile. What
   * fails is logged and tried again by the next.
   */
  begin(state: HydrationState): void {
    const isRefresh = this.#clock.monotonic() - this.#refreshedAtMs >= REFRESH_MS;
    this.#writing = (isRefresh ? this.writeAll(state) : this.#write(state)).finally(() => {
      this.#writing = undefined;
    });
  }

  /** Waits until nothing is on its way any more. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Stores the snapshots of everything that traded. */
  async writeAll(state: HydrationState): Promise<void> {
    this.#refreshedAtMs = this.#clock.monotonic();
    for (const { day, terms } of state.contracts()) if (day !== "") this.mark([terms]);
    await this.#write(state);
  }

  async #write(state: HydrationState): Promise<void> {
    this.#writtenAtMs = this.#clock.monotonic();
    for (const [underlying, expirations] of [...this.#pending]) {
      // What moves from here on is for the next.
      this.#pending.delete(underlying);
      try {
        const flow = flowSnapshot(state, underlying);
        const grids = [...expirations].map((expiration) => gridSnapshot(state, underlying, expiration));
        // One by one: all at once a store would take together, and everybody else would wait for them.
        if (flow !== undefined) await this.#snapshots.putFlow(flow);
        for (const grid of grids) if (grid !== undefined) await this.#snapshots.putGrid(grid);
      } catch (error) {
        this.mark([...expirations].map((expiration) => ({ underlying, expiration })));
        this.#logger.error("Cannot store a flow snapshot, the next interval tries again", error, { underlying });
      }
    }
  }
}
