import type { CaptureRecord, CaptureSource } from "../src/ports/capture.ts";
import { endlessCapture } from "../src/simulator/index.ts";

const BATCH_RECORDS = 256;

/** Frames of a seeded market up to about `bytes` of capture lines. */
export function* generatedFrames(seed: number, bytes: number): Generator<CaptureRecord & { kind: "frame" }> {
  let left = bytes;
  for (const line of endlessCapture(seed)) {
    const { ts, payload }: { ts: number; payload: string } = JSON.parse(line);
    yield { kind: "frame", receivedAtMs: Math.round(ts * 1_000), payload };
    left -= line.length + 1;
    if (left <= 0) return;
  }
}

/** The same as a capture, for a replay. Hears of each batch before it is replayed. */
export function captureOf(
  frames: Iterable<CaptureRecord>,
  onBatch: (records: number) => void = () => {},
): CaptureSource {
  return {
    async *records(signal) {
      let batch: CaptureRecord[] = [];
      for (const frame of frames) {
        batch.push(frame);
        if (batch.length < BATCH_RECORDS) continue;
        onBatch(batch.length);
        yield batch;
        batch = [];
        if (signal.aborted) return;
      }
      if (batch.length > 0) yield batch;
    },
  };
}
