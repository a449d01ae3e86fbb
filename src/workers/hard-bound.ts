import { isTransient } from "../domain/errors.ts";
import { CURSOR_START } from "../domain/stream/cursor.ts";
import type { Logger } from "../ports/logger.ts";
import type { RawLog } from "../ports/raw-log.ts";

/** Of payloads, appended between two looks at the bound. */
const LOOK_EVERY_CHARACTERS = 4_194_304;

/**
 * Keeps the raw log within its hard bound from the writer's side: readers trim behind themselves, but a log that nobody
 * reads would grow until the store is full.
 */
export class HardBound {
  readonly #log: Pick<RawLog, "trim">;
  readonly #logger: Logger;
  #characters = 0;

  constructor(log: Pick<RawLog, "trim">, logger: Logger) {
    this.#log = log;
    this.#logger = logger;
  }

  /**
   * Takes note of an append, and now and then removes what lies beyond the bound. A store that is away is asked again
   * with the next append.
   */
  async account(characters: number): Promise<void> {
    this.#characters += characters;
    if (this.#characters < LOOK_EVERY_CHARACTERS) return;
    try {
      // As if nobody had read anything: only the hard bound removes entries then.
      const { unread } = await this.#log.trim(CURSOR_START);
      this.#characters = 0;
      if (unread !== undefined) this.#logger.warn("Trimmed the raw log at its hard bound", { ...unread });
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
  }
}
