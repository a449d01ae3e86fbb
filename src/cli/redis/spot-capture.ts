import type { RedisConnection } from "../../adapters/redis/index.ts";
import { fieldsOf, type StreamEntry } from "../../adapters/redis/raw-entry-coding.ts";
import type { LoggedSpotFetch } from "../../domain/context/spot.ts";
import { StorageError } from "../../domain/errors.ts";
import type { Cursor } from "../../domain/stream/cursor.ts";
import { msOfSecondsText } from "../../domain/stream/receipt-seconds.ts";
import type { CaptureSource } from "../../ports/capture.ts";
import type { Logger } from "../../ports/logger.ts";
import type { LoggedRecord } from "../../workers/replay/log-capture.ts";
import { untilStored } from "../../workers/until-stored.ts";

const BATCH_ENTRIES = 512;

/** The log of spot fetches as a recording: the answers of the provider as they came, which are no frames of a feed. */
export class SpotCapture implements CaptureSource {
  readonly #connection: RedisConnection;
  readonly #stretch: { readonly key: string; readonly until: Cursor; readonly info: readonly unknown[] };
  readonly #logger: Logger;

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

  /** @throws {StorageError} for an entry that is no spot fetch. */
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
        throw error;
      });
      if (answers === undefined || signal.aborted) return;
      const [now, entries, later] = answers as readonly [
        readonly unknown[],
        readonly StreamEntry[],
        readonly unknown[],
      ];
      // What was removed must be known as of the reading: where retention came in between, read again.
      if (removedEntries(now) !== removedEntries(later)) continue;
      // The stream keeps no account of what retention removed, but it counts.
      const lost = Math.min(removedEntries(now) - removedBefore, entriesThen) - passed;
      if (lost > 0) logger.warn("Entries were trimmed before they could be read", { entries: lost, stream: key });
      passed += Math.max(0, lost) + entries.length;
      if (entries.length > 0) yield entries.map((entry) => fetchOf(action, key, entry));
      after = entries.at(-1)?.[0];
      if (after === undefined || after === until) return;
    }
  }
}

function fetchOf(action: string, key: string, [cursor, fields]: StreamEntry): LoggedSpotFetch {
  const { ts = "", payload } = fieldsOf(fields);
  const receivedAtMs = msOfSecondsText(ts) ?? 0;
  if (payload !== undefined && receivedAtMs > 0) return { cursor, receivedAtMs, payload };
  throw new StorageError(`Cannot ${action}: key "${key}" must hold entries with ts and payload, ${cursor} has others`);
}

/** How many entries a stream had once and has no more. */
function removedEntries(info: readonly unknown[]): number {
  return numberOf(info, "entries-added") - numberOf(info, "length");
}

function numberOf(info: readonly unknown[], name: string): number {
  return Number(info[info.indexOf(name) + 1]);
}
