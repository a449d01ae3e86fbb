import { openCapture, type TornTail } from "../adapters/capture/index.ts";
import type { AssetClass } from "../domain/instrument/resource.ts";
import type { CaptureSource } from "../ports/capture.ts";
import type { Stretch } from "../workers/replay/record-times.ts";
import { progressBar } from "./progress-bar.ts";
import { producerOfFile } from "./redis/producer-name.ts";

/** Where a recording comes from. */
export interface ReplaySource {
  readonly capture: CaptureSource;
  /** The name under which a stretch of it is written to a log that outlives this process. */
  readonly producer: (assetClass: AssetClass, stretch: Stretch) => Promise<string>;
  /** What was left out of its end, once it has been read. */
  readonly tornTail: () => TornTail | undefined;
  /** Idempotent. */
  readonly close: () => Promise<void>;
}

/** A capture file, or with `-` standard input. */
export function fileSource(file: string): ReplaySource {
  const bar = progressBar(process.stderr);
  let tornTail: TornTail | undefined;
  let isClosed = false;
  const capture = openCapture(file === "-" ? process.stdin : file, {
    onProgress: bar.update,
    onTornTail: (tail) => {
      tornTail = tail;
    },
  });
  return {
    capture,
    producer: (assetClass, stretch) => producerOfFile(file, assetClass, stretch),
    tornTail: () => tornTail,
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      bar.stop();
      if (file === "-") process.stdin.destroy();
    },
  };
}
