import { Presets, SingleBar } from "cli-progress";
import type { CaptureProgress } from "../adapters/capture/index.ts";

const BYTES_PER_MB = 1_000_000;

/** Shows how much of a file has been read. */
export interface ProgressBar {
  update(progress: CaptureProgress): void;
  /** Takes the bar off the screen. */
  stop(): void;
}

/** A bar on a terminal; where the stream is none, or the size of the capture is not known, it shows nothing. */
export function progressBar(stream: NodeJS.WriteStream): ProgressBar {
  let bar: SingleBar | undefined;
  return {
    update({ bytesRead, totalBytes }) {
      if (!stream.isTTY || totalBytes === undefined) return;
      if (bar === undefined) {
        const format = "reading [{bar}] {percentage}% of {megabytes} MB";
        bar = new SingleBar({ stream, format, clearOnComplete: true, hideCursor: true }, Presets.legacy);
        bar.start(totalBytes, 0, { megabytes: (totalBytes / BYTES_PER_MB).toFixed(1) });
      }
      bar.update(Math.min(bytesRead, totalBytes));
    },
    stop: () => bar?.stop(),
  };
}
