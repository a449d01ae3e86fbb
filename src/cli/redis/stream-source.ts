import type { RedisPorts } from "../../adapters/redis/index.ts";
import { StorageError } from "../../domain/errors.ts";
import { type Cursor, type CursorRange, splitCursor } from "../../domain/stream/cursor.ts";
import type { Logger } from "../../ports/logger.ts";
import { LogCapture } from "../../workers/replay/log-capture.ts";
import { untilStored } from "../../workers/until-stored.ts";
import type { ReplaySource } from "../replay-source.ts";
import { KeyReader, reading } from "./key-reader.ts";
import { producerOfStream } from "./producer-name.ts";
import { serverIdOf } from "./same-place.ts";
import { SpotCapture } from "./spot-capture.ts";
import type { StreamKeyName, StreamName } from "./stream-names.ts";

/** A stream of a running system as it was when it was looked at. */
export interface StreamSource extends ReplaySource {
  readonly label: string;
  readonly keyName: StreamKeyName;
  /** With its prefix. */
  readonly key: string;
  /** The same entries as fetches, where they are those of spots. */
  readonly spots: SpotCapture | undefined;
  readonly firstId: Cursor;
  readonly lastId: Cursor;
  /** Names the server and its database, whatever address it was reached at. */
  readonly serverId: () => Promise<string>;
}

/**
 * A stream from its first entry to the last that it has now, to be read without a trace.
 *
 * @throws {StorageError} where there is none, or nothing is in it.
 */
export async function streamSource(
  redis: RedisPorts,
  name: StreamName,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<StreamSource> {
  const { connection, clock } = redis;
  const action = `read ${name} of ${connection.label}`;
  const keyName: StreamKeyName = name === "massive:ws:stream" ? "rawStream" : "spotStream";
  const key = connection.keys.of(keyName);
  const look = async (): Promise<readonly unknown[] | undefined> => {
    const reader = new KeyReader(connection);
    const ends = reading(key, keyName, ["XRANGE", "-", "+", "COUNT", 1], ["XREVRANGE", "+", "-", "COUNT", 1]);
    const [found] = await reader.read(action, [{ ...ends, commands: [...ends.commands, ["XINFO STREAM"]] }]);
    const [problem] = reader.problems;
    if (problem !== undefined) throw new StorageError(`Cannot ${action}: key "${problem.key}" ${problem.problem}`);
    return found;
  };
  const found = await untilStored(action, look, { clock, logger, signal });
  const [[first], [last], info] = (found ?? [[], [], []]) as readonly [Ids, Ids, readonly unknown[]];
  if (first === undefined || last === undefined) {
    throw new StorageError(`Cannot ${action}: "${key}" must have entries, it has none`);
  }
  const [firstId, lastId] = [first[0], last[0]];
  logger.debug("Reading", { stream: key, from: firstId, to: lastId });
  const onTrimmed = ({ from, to }: CursorRange): void =>
    logger.warn("Entries were trimmed before they could be read, the recording has a gap there", { from, to });
  const place = { label: connection.label, key };
  const spots =
    keyName === "spotStream" ? new SpotCapture(connection, { key, until: lastId, info }, logger) : undefined;
  return {
    ...{ ...place, keyName, firstId, lastId, spots },
    capture:
      spots ?? new LogCapture({ log: redis.log, clock, logger }, { after: before(firstId), until: lastId, onTrimmed }),
    producer: async (_, stretch) => producerOfStream({ ...place, firstId }, stretch),
    tornTail: () => undefined,
    serverId: () => serverIdOf(connection),
    close: () => redis.close(),
  };
}

type Ids = readonly (readonly [id: Cursor])[];

/** A place behind which an entry is the first. */
function before(id: Cursor): Cursor {
  const { ms, n } = splitCursor(id);
  return n > 0 ? `${ms}-${n - 1}` : `${ms - 1}-${Number.MAX_SAFE_INTEGER}`;
}
