import type { ConnectionEvent } from "../../domain/connection/connection-protocol.ts";
import { readMissing } from "../../domain/context/missing-data.ts";
import type { ConnectionId } from "../../domain/market/batch.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import type { SourceStatusStore } from "../../ports/source-status-store.ts";
import { untilStored } from "../until-stored.ts";
import { untilGivenUp } from "./until-given-up.ts";

/** What knows of the runs before. */
export interface ConnectionPastPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly log?: Pick<RawLog, "connectionTail"> | undefined;
  /** Knows what was missing when a run before was killed. */
  readonly sourceStatus?: Pick<SourceStatusStore, "connectionGauges"> | undefined;
}

/** What a connection has to know of the runs before. */
export type ConnectionPast = Omit<Extract<ConnectionEvent, { readonly kind: "started" }>, "kind">;

/**
 * Reads where a connection was last, and what it lacked then and could not tell. Waits for a store that is away; rejects
 * with the error of one that refuses for good.
 *
 * @returns `undefined` where `signal` aborts before all is read.
 */
export async function connectionPast(
  connection: ConnectionId,
  { log, sourceStatus, clock, logger }: ConnectionPastPorts,
  signal: AbortSignal,
): Promise<ConnectionPast | undefined> {
  const read = <T>(action: string, operation: () => Promise<T>): Promise<T | undefined> =>
    untilGivenUp(untilStored(action, operation, { clock, logger, signal }), signal);
  try {
    const tail = await read("read where the connection was last", async () => log?.connectionTail(connection));
    // Without a last receipt nothing has an end: then the store is not waited for.
    const gauges =
      tail?.receivedAtMs === undefined || signal.aborted
        ? undefined
        : await read("read what the connection lacked last", async () => sourceStatus?.connectionGauges(connection));
    const untold = gauges?.missing == null ? [] : readMissing(gauges.missing);
    return signal.aborted ? undefined : { afterEpoch: tail?.epoch, absentSinceAtMs: tail?.receivedAtMs, untold };
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
