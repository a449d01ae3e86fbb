import type { RedisConnection } from "../../adapters/redis/index.ts";
import type { StreamEntry } from "../../adapters/redis/raw-entry-coding.ts";
import { readSpotEntry } from "../../adapters/redis/spot-entry.ts";
import type { LoggedSpotFetch } from "../../domain/context/spot.ts";
import { isStrikewireError, StorageError } from "../../domain/errors.ts";
import type { Cursor } from "../../domain/stream/cursor.ts";
import type { CaptureSource } from "../../ports/capture.ts";
import type { Logger } from "../../ports/logger.ts";
import type { LoggedRecord } from "../../workers/replay/log-capture.ts";
import { untilStored } from "../../workers/until-stored.ts";

/** An answer may have 100 KB. */
const BATCH_ENTRIES = 64;

/** The log of spot fetches as a recording: the answers of the provider as they came, which are no frames of a feed. */
export class SpotCapture implements CaptureSource {
  readonly #connection: RedisConnection;
  readonly #stretch: { readonly key: string; readonly until: Cursor; readonly info: readonly unknown[] };
  readonly #logger: Logger;
  #trimmed = 0;

  /** @param stretch the stream, the last entry to read, and what XINFO STREAM said of it when reading was asked for. */
  constructor(
    connection: RedisConnection,
    stretch: { readonly key: string; readonly until: Cursor; readonly info: readonly unknown[] },
    logger: Logger,
  ) {
    this.#connection = connection;
    this.#stretch = stretch;
    this.#logger = logger;
  }

  /** The same as `fetches`. */
  async *records(signal: AbortSignal): AsyncGenerator<readonly LoggedRecord[], void> {
    for await (const fetches of this.fetches(signal)) yield fetches.map((fetch) => ({ kind: "frame", ...fetch }));
  }

  /** Fetches that retention removed before they could be read, so far. */
  get trimmed(): number {
    return this.#trimmed;
  }

  /**
   * @throws {StorageError} for an entry that is no spot fetch, behind those before it, and where the stream is not there
   * any more.
   */
  async *fetches(signal: AbortSignal): AsyncGenerator<readonly LoggedSpotFetch[], void> {
    const { key, until, info } = this.#stretch;
    const logger = this.#logger;
    const { clock } = this.#connection;
    const action = "read the log of spot fetches";
    const removedBefore = removedEntries(info);
    const entriesThen = numberOf(info, "length");
    let after: Cursor | undefined;
    /** Of the stretch: read, or trimmed before. */
    let passed = 0;
    for (;;) {
      const from = after === undefined ? "-" : `(${after}`;
      const read = (): Promise<readonly unknown[]> =>
        this.#connection.commands(action, [
          ["XINFO", "STREAM", key],
          ["XRANGE", key, from, until, "COUNT", BATCH_ENTRIES],
          ["XINFO", "STREAM", key],
        ]);
      const answers = await untilStored(action, read, { clock, logger, signal }).catch((error: unknown) => {
        if (signal.aborted) return undefined;
        // Without the key there is nothing to be told about it.
        throw isStrikewireError(error) && isNoKey(error) ? goneError(action, key, passed, entriesThen) : error;
      });
      if (answers === undefined || signal.aborted) return;
      const [now, entries, later] = answers as readonly [
        readonly unknown[],
        readonly StreamEntry[],
        readonly unknown[],
      ];
      // What was removed must be known as of the reading: where retention came in between, read again.
      if (removedEntries(now) !== removedEntries(later)) continue;
      if (addedEntries(now) < addedEntries(info)) throw goneError(action, key, passed, entriesThen);
      // The stream keeps no account of what retention removed, but it counts.
      const lost = Math.min(removedEntries(now) - removedBefore, entriesThen) - passed;
      if (lost > 0) logger.warn("Entries were trimmed before they could be read", { entries: lost, stream: key });
      this.#trimmed += Math.max(0, lost);
      passed += Math.max(0, lost) + entries.length;
      yield* readable(action, key, entries);
      after = entries.at(-1)?.[0];
      if (after === undefined || after === until) break;
    }
    if (passed < entriesThen) throw goneError(action, key, passed, entriesThen);
  }
}

/** The fetches that a part of the stream holds; those before one that is none come before its error. */
function* readable(
  action: string,
  key: string,
  entries: readonly StreamEntry[],
): Generator<readonly LoggedSpotFetch[], void> {
  const fetches: LoggedSpotFetch[] = [];
  try {
    for (const entry of entries) fetches.push(readSpotEntry(action, key, entry));
  } catch (error) {
    if (fetches.length > 0) yield fetches;
    throw error;
  }
  if (fetches.length > 0) yield fetches;
}

function goneError(action: string, key: string, passed: number, entries: number): StorageError {
  return new StorageError(
    `Cannot ${action}: key "${key}" must keep the ${entries} entries that it had, after ${passed} of them it has the others no more; it was deleted or emptied, or an older state of it came back`,
  );
}

function isNoKey({ message }: Error): boolean {
  return message.includes("ERR no such key");
}

function addedEntries(info: readonly unknown[]): number {
  return numberOf(info, "entries-added");
}

/** How many entries a stream had once and has no more. */
function removedEntries(info: readonly unknown[]): number {
  return addedEntries(info) - numberOf(info, "length");
}

function numberOf(info: readonly unknown[], name: string): number {
  return Number(info[info.indexOf(name) + 1]);
}
