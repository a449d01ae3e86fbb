import type { QuarantineRecord } from "../domain/hydration/effects.ts";
import { receiptSeconds } from "../domain/stream/receipt-seconds.ts";

/** A refusal as the quarantine stream has it: `ts` in Unix seconds, `null` where the recording has no receipt times. */
export function quarantineFields({ receivedAtMs, reason, path, value, payload, src }: QuarantineRecord): object {
  return { ts: receivedAtMs === undefined ? null : receiptSeconds(receivedAtMs), reason, path, value, payload, src };
}
