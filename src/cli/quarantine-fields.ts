import type { QuarantineRecord } from "../domain/hydration/effects.ts";
import { receiptSeconds } from "../domain/stream/receipt-seconds.ts";

/** A refusal as JSON documents and quarantine files have it. */
export interface QuarantineFields extends Omit<QuarantineRecord, "receivedAtMs"> {
  /** Receipt in Unix seconds, `null` where the recording has no receipt times. */
  readonly ts: number | null;
}

/** A refusal with the fields of the quarantine stream. */
export function quarantineFields({ receivedAtMs, ...fields }: QuarantineRecord): QuarantineFields {
  const { reason, path, value, payload, src } = fields;
  return { ts: receivedAtMs === undefined ? null : receiptSeconds(receivedAtMs), reason, path, value, payload, src };
}
