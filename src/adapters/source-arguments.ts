import { isTopic } from "../domain/connection/subscription-request.ts";
import { checkedMessage } from "../domain/context/message.ts";
import {
  type ConnectionGauges,
  connectionGaugesSchema,
  SOURCE_COUNTERS,
  type SourceCounter,
  type SourceCounters,
  type SourceGauges,
  sourceGaugesSchema,
} from "../domain/context/source-status.ts";
import { RESOURCES } from "../domain/instrument/resource.ts";
import type { ConnectionId } from "../domain/market/batch.ts";
import { describeValue } from "../domain/wire/describe-value.ts";
import type { SubscriptionChange } from "../ports/subscription-store.ts";
import { assertShard } from "./arguments.ts";
import { assertSeq } from "./context-arguments.ts";

const CLASSES: ReadonlySet<string> = new Set(Object.values(RESOURCES).map(({ assetClass }) => assetClass));

/**
 * @param action completes "Cannot ...".
 * @throws {TypeError} for a class that is none.
 * @throws {RangeError} for a shard that no key can have.
 */
export function assertConnection(action: string, connection: ConnectionId): void {
  if (!CLASSES.has(connection.class)) {
    throw new TypeError(
      `Cannot ${action}: 'class' must be options, stocks or indices, current value is ${describeValue(connection.class)}`,
    );
  }
  assertShard(action, connection);
}

/** @throws {TypeError} {RangeError} for what `SourceStatusStore.putConnection` refuses. */
export function checkedConnectionGauges(
  action: string,
  connection: ConnectionId,
  gauges: ConnectionGauges,
): ConnectionGauges {
  assertConnection(action, connection);
  return checkedMessage(action, connectionGaugesSchema, gauges);
}

/**
 * The counts that add anything, by name, and the gauges.
 *
 * @throws {TypeError} {RangeError} for what `SourceStatusStore.record` refuses.
 */
export function checkedStatus(
  action: string,
  seq: number,
  counts: SourceCounters,
  gauges: SourceGauges,
): { readonly added: readonly (readonly [SourceCounter, number])[]; readonly gauges: SourceGauges } {
  assertSeq(action, seq);
  return { added: addedCounts(action, counts), gauges: checkedMessage(action, sourceGaugesSchema, gauges) };
}

function addedCounts(action: string, counts: SourceCounters): readonly (readonly [SourceCounter, number])[] {
  return SOURCE_COUNTERS.flatMap((name) => {
    const by = counts[name] ?? 0;
    if (!Number.isSafeInteger(by) || by < 0) {
      throw new RangeError(
        `Cannot ${action}: 'counts.${name}' must be an integer of at least 0, current value is ${by}`,
      );
    }
    return by === 0 ? [] : [[name, by] as const];
  });
}

/**
 * What is to be added and what removed, each topic once; one in both lists is to be added.
 *
 * @throws {TypeError} for a text that is no topic.
 */
export function checkedChange(action: string, change: SubscriptionChange): SubscriptionChange {
  for (const list of ["added", "removed"] as const) {
    for (const [index, topic] of change[list].entries()) {
      if (isTopic(topic)) continue;
      throw new TypeError(
        `Cannot ${action}: '${list}.${index}' must be a topic such as T.O:SPXW251223P06870000, current value is ${describeValue(topic)}`,
      );
    }
  }
  const added = new Set(change.added);
  const removed = new Set(change.removed);
  for (const topic of added) removed.delete(topic);
  return { added: [...added], removed: [...removed] };
}
