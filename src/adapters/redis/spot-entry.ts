import { isReceiptMs, type LoggedSpotFetch } from "../../domain/context/spot.ts";
import { MAX_RECEIPT_SECONDS, msOfSecondsText } from "../../domain/stream/receipt-seconds.ts";
import { fieldsOf, type StreamEntry } from "./raw-entry-coding.ts";
import { valueError } from "./reply-errors.ts";

/**
 * An entry of the log of spot fetches.
 *
 * @throws {StorageError} naming key, entry and field, where it is none of ours.
 */
export function readSpotEntry(action: string, key: string, [cursor, fields]: StreamEntry): LoggedSpotFetch {
  const { ts, payload } = fieldsOf(fields);
  const receivedAtMs = ts === undefined ? undefined : msOfSecondsText(ts);
  if (receivedAtMs === undefined || !isReceiptMs(receivedAtMs)) {
    const wanted = `Unix seconds from 0.001 to ${MAX_RECEIPT_SECONDS} as 'ts' of ${cursor}`;
    throw valueError(action, key, wanted, ts);
  }
  if (payload === undefined) throw valueError(action, key, `a payload in ${cursor}`);
  return { cursor, receivedAtMs, payload };
}
