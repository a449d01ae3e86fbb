import { type Cursor, earliestCursor } from "../../domain/stream/cursor.ts";
import type { RawEntry } from "../../domain/stream/raw-entry.ts";
import type { HydrationStore } from "../../ports/hydration-store.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { Stored } from "./partition-lease.ts";

/** Of payloads, hydrated between two trims of the raw log. */
const TRIM_EVERY_CHARACTERS = 4_194_304;

/** Makes room in the raw log now and then, behind the slowest reader. */
export class LogTrimmer {
  readonly #ports: {
    readonly log: RawLog;
    readonly store: HydrationStore;
    readonly logger: Logger;
    readonly telemetry: Telemetry;
  };
  readonly #stored: Stored;
  #untrimmed = 0;
  #trimming: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    ports: {
      readonly log: RawLog;
      readonly store: HydrationStore;
      readonly logger: Logger;
      readonly telemetry: Telemetry;
    },
    stored: Stored,
  ) {
    this.#ports = ports;
    this.#stored = stored;
  }

  /** Takes note of hydrated entries. @returns whether it is time to trim. */
  account(entries: readonly RawEntry[]): boolean {
    for (const { draft } of entries) this.#untrimmed += draft.kind === "frame" ? draft.payload.length : 1;
    return this.#untrimmed >= TRIM_EVERY_CHARACTERS;
  }

  /**
   * Begins to trim, once the last trim is done with; hydration goes on meanwhile.
   *
   * @param upTo what lies behind it stays: its values may not be in the substrate yet.
   */
  async begin(upTo: Cursor): Promise<void> {
    await this.settled();
    this.#trimming = this.trim(upTo).catch((error: unknown) => {
      this.#failure = { error };
    });
  }

  /** Waits until nothing is under way any more. */
  async settled(): Promise<void> {
    await this.#trimming;
  }

  /** @throws what trimming failed with for good. */
  assertWell(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async trim(upTo?: Cursor): Promise<void> {
    const { log, store, logger, telemetry } = this.#ports;
    this.#untrimmed = 0;
    const cursors = await this.#stored("read the cursors", () => store.stateCursors());
    const slowest = earliestCursor(
      cursors.size > 0 && upTo !== undefined ? [...cursors.values(), upTo] : cursors.values(),
    );
    if (slowest === undefined) return;
    const report = await this.#stored("trim the raw log", () => log.trim(slowest));
    telemetry.count("raw_log_trimmed_total", report.removed);
    if (report.unread !== undefined) {
      logger.warn("Trimmed unread entries: the raw log is at its hard bound", { ...report.unread });
    }
  }
}
