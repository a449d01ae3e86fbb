import type { Clock } from "../ports/clock.ts";
import type { HydrationStore } from "../ports/hydration-store.ts";
import type { Logger } from "../ports/logger.ts";
import type { RawLog } from "../ports/raw-log.ts";
import { untilStored } from "../workers/until-stored.ts";

/** What a replay asks of its readers while it waits for them. */
export interface ReaderPorts {
  readonly log: RawLog;
  readonly store: Pick<HydrationStore, "cursors">;
}

/**
 * The same ports, whose questions about readers wait for a store that is away, until `signal` aborts: a replay outlives an
 * outage. `onAppend` hears of the producer's sequence after each append that was tried.
 */
export function patientPorts(
  ports: ReaderPorts,
  context: { readonly clock: Clock; readonly logger: Logger; readonly signal: AbortSignal },
  onAppend: (lastSeq: number) => void,
): ReaderPorts {
  const { log, store } = ports;
  return {
    log: {
      append(producer, firstSeq, entries) {
        onAppend(firstSeq + entries.length - 1);
        return log.append(producer, firstSeq, entries);
      },
      countAfter: (after) => untilStored("count unread entries", () => log.countAfter(after), context),
      storedSeq: (producer) => log.storedSeq(producer),
      connectionTail: (connection) => log.connectionTail(connection),
      read: (...args) => log.read(...args),
      trim: (slowestReader) => log.trim(slowestReader),
      close: () => log.close(),
    },
    store: { cursors: () => untilStored("read the cursors", () => store.cursors(), context) },
  };
}
