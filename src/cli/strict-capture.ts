import { CaptureError } from "../domain/errors.ts";
import { DEFAULT_HYDRATION_OPTIONS } from "../domain/hydration/state.ts";
import { OptionContractCache } from "../domain/instrument/option-contract-cache.ts";
import type { ParseError } from "../domain/wire/parse-error.ts";
import { parsePayload } from "../domain/wire/parse-payload.ts";
import type { CaptureRecord, CaptureSource } from "../ports/capture.ts";
import { isWithin, RecordTimes, type Stretch } from "../workers/replay/record-times.ts";

/**
 * The same records up to and including the first frame of the stretch that is not what the provider documents: behind it
 * stands a `CaptureError` that says line or entry, event, field and value. Frames are held against the same limits as in
 * hydration, which so refuses that frame too.
 */
export function strictCapture(capture: CaptureSource, stretch: Stretch): CaptureSource {
  const { maxFrameBytes, maxFutureSkewMs } = DEFAULT_HYDRATION_OPTIONS;
  return {
    async *records(signal) {
      const contracts = new OptionContractCache();
      const times = new RecordTimes();
      const isReplayed = (record: CaptureRecord): boolean => {
        const atMs = times.of(record);
        return atMs === undefined || isWithin(atMs, stretch);
      };
      const faultOf = (record: CaptureRecord): ParseError | undefined => {
        const frame = record.kind === "frame" ? record : record.draft;
        if (!("payload" in frame) || !isReplayed(record)) return undefined;
        const { payload, receivedAtMs } = frame;
        const parsed = parsePayload(payload, {
          onInvalid: "fail",
          receivedAtMs,
          maxFrameBytes,
          maxFutureSkewMs,
          contracts,
        });
        return parsed.ok ? undefined : parsed.error;
      };
      for await (const batch of capture.records(signal)) {
        for (const [index, record] of batch.entries()) {
          const fault = faultOf(record);
          if (fault === undefined) continue;
          yield batch.slice(0, index + 1);
          throw strictError(fault, record);
        }
        yield batch;
      }
    },
  };
}

/** Of a file it names the line, of a stream the entry. */
function strictError(fault: ParseError, record: CaptureRecord): CaptureError {
  if ("line" in record && typeof record.line === "number") {
    return new CaptureError(fault.message, record.line, { cause: fault });
  }
  const place = "cursor" in record ? ` (entry ${String(record.cursor)})` : "";
  return new CaptureError(fault.message + place, undefined, { cause: fault });
}
