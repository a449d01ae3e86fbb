import { receiptSeconds } from "../adapters/capture/receipt-seconds.ts";
import type { QuarantineRecord } from "../domain/hydration/effects.ts";

/** A refusal as the quarantine stream has it: `ts` in Unix seconds, `null` where the recording has no receipt times. */
export function quarantineFields({ receivedAtMs, reason, path, value, payload, src }: QuarantineRecord): object {
  return { ts: receivedAtMs === undefined ? null : receiptSeconds(receivedAtMs), reason, path, value, payload, src };
}
