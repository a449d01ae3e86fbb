import { connectionName, type StreamPosition } from "../domain/market/batch.ts";
import type { RawDraft } from "../domain/stream/raw-entry.ts";
import type { ConnectionTail } from "../ports/raw-log.ts";

/** Where these entries leave each connection, by name, wherever it was before. */
export function connectionTails(drafts: readonly RawDraft[]): ReadonlyMap<string, ConnectionTail> {
  // Most entries of a call are of one connection and epoch: only where that changes anything is looked up.
  const runs: { readonly position: StreamPosition; receivedAtMs: number | undefined }[] = [];
  let run: (typeof runs)[number] | undefined;
  for (const { position, receivedAtMs } of drafts) {
    if (run === undefined || !isSameLife(run.position, position)) {
      run = { position, receivedAtMs };
      runs.push(run);
    } else if (receivedAtMs !== undefined && receivedAtMs > (run.receivedAtMs ?? 0)) {
      run.receivedAtMs = receivedAtMs;
    }
  }
  const tails = new Map<string, ConnectionTail>();
  for (const { position, receivedAtMs } of runs) {
    const name = connectionName(position);
    tails.set(name, laterTail(tails.get(name), { epoch: position.epoch, receivedAtMs }));
  }
  return tails;
}

/** The later of two tails of a connection: a lower epoch changes nothing, an equal one only with a later receipt. */
export function laterTail(stored: ConnectionTail | undefined, tail: ConnectionTail): ConnectionTail {
  if (stored === undefined || tail.epoch > stored.epoch) return tail;
  if (tail.epoch < stored.epoch) return stored;
  return (tail.receivedAtMs ?? 0) > (stored.receivedAtMs ?? 0) ? tail : stored;
}

function isSameLife(a: StreamPosition, b: StreamPosition): boolean {
  return a.epoch === b.epoch && a.shard === b.shard && a.class === b.class;
}
