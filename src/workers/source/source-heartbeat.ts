import type { ConnectionPhase } from "../../domain/connection/connection-protocol.ts";
import { reasonOfStatus } from "../../domain/connection/disconnect-reason.ts";
import type { ConnectionGauges } from "../../domain/context/source-status.ts";
import type { Clock } from "../../ports/clock.ts";
import { type Heart, reasonOf } from "../heartbeat.ts";

/** What is looked at of a connection: a `WsWorker` has it. */
export interface ObservedConnection {
  readonly name: string;
  readonly phase: ConnectionPhase;
  gauges(): ConnectionGauges;
}

/** How a source does, from its connections. */
export interface SourceVitals {
  /** Why it is degraded; `undefined` where every connection streams. */
  readonly trouble: string | undefined;
  readonly detail: Readonly<Record<string, string | number | null>>;
}

const LOOK_MS = 250;

/** What connections say of their source: it is well while all of them stream. */
export function sourceVitals(connections: readonly ObservedConnection[]): SourceVitals {
  const stands = connections.map((connection) => {
    return { name: connection.name, phase: connection.phase, gauges: connection.gauges() };
  });
  const troubles = stands.flatMap(({ name, phase, gauges }) => {
    return phase === "streaming" ? [] : [`${name} is ${phase}${becauseOf(gauges)}`];
  });
  const receipts = stands.flatMap(({ gauges }) => gauges.last_ts ?? []);
  const lags = stands.flatMap(({ gauges }) => gauges.lag_ms ?? []);
  return {
    trouble: troubles.length === 0 ? undefined : troubles.join("; "),
    detail: {
      connections: stands.length,
      streaming: stands.length - troubles.length,
      subs_active: stands.reduce((total, { gauges }) => total + gauges.subs_active, 0),
      last_ts: receipts.length === 0 ? null : Math.max(...receipts),
      lag_ms: lags.length === 0 ? null : Math.max(...lags),
    },
  };
}

/**
 * Beats for a source until `signal` aborts: degraded while a connection does not stream, and failed at the end where the
 * source has failed. A port without a heart has nothing to do.
 *
 * @param failure what the source failed with so far; asked at the end. `undefined` where it did not.
 */
export async function beatAsSource(
  { heart, clock }: { readonly heart?: Heart | undefined; readonly clock: Clock },
  connections: readonly ObservedConnection[],
  failure: () => unknown,
  signal: AbortSignal,
): Promise<void> {
  await heart?.during(async () => {
    while (!signal.aborted) {
      const { trouble, detail } = sourceVitals(connections);
      heart.detail(detail);
      if (trouble === undefined) heart.ok();
      else heart.degraded(trouble);
      await clock.sleep(LOOK_MS, signal);
    }
    const error = failure();
    if (error !== undefined) heart.failed(reasonOf(error));
    // Its connections have stopped because they were told to.
    else heart.ok();
  });
}

/** What the provider said last, where that tells why a link ended. */
function becauseOf({ last_status, last_close_code }: ConnectionGauges): string {
  const reason = last_status === null ? undefined : reasonOfStatus(last_status, undefined);
  if (reason === "evicted") return ": another process of this account holds its slot";
  if (reason !== undefined) return `: the provider said '${last_status}'`;
  return last_close_code === null ? "" : `: closed with code ${last_close_code}`;
}
