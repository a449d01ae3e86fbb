import type { AssetClass } from "../../domain/instrument/resource.ts";
import type { ProducerId } from "../../ports/raw-log.ts";

/** Settings of a `ReplayWorker`; every field but the producer has a default. */
export interface ReplayOptions {
  /** Names the writer. A replay repeated under the same name adds only what is not there yet. */
  readonly producer: ProducerId;
  /** What the frames of a bare recording are. @default "options" */
  readonly assetClass?: AssetClass | undefined;
  /** As fast as the readers follow, or this many times the recorded pace. @default "max" */
  readonly speed?: "max" | number | undefined;
  /** Frames recorded from this instant on, ms, included. @default the start */
  readonly fromAtMs?: number | undefined;
  /** Frames recorded up to this instant, ms, excluded. @default the end */
  readonly toAtMs?: number | undefined;
  /** The replay waits while a reader is further behind than this, in entries. @default 50000 */
  readonly maxLagEntries?: number | undefined;
  /** The same in characters of payload. @default 67108864 */
  readonly maxLagCharacters?: number | undefined;
  /** Hears after each append how much was read so far. Must not throw. @default nobody */
  readonly onProgress?: ((progress: ReplayProgress) => void) | undefined;
}

export interface ReplayProgress {
  /** Frames and entries of the recording that were handed to the log. */
  readonly records: number;
  /** Of their payloads. */
  readonly characters: number;
  /** Entries that the log had already under this producer's name. */
  readonly repeated: number;
  /** Entries that the log did not have yet under this producer's name; control entries made for them included. */
  readonly stored: number;
}

/** The same with defaults filled in. */
export interface ResolvedReplayOptions {
  readonly producer: ProducerId;
  readonly assetClass: AssetClass;
  readonly speed: "max" | number;
  readonly fromAtMs: number | undefined;
  readonly toAtMs: number | undefined;
  readonly maxLagEntries: number;
  readonly maxLagCharacters: number;
  readonly onProgress: (progress: ReplayProgress) => void;
}

/** @throws {RangeError} naming the field that is out of its limits. */
export function resolveReplayOptions(options: ReplayOptions): ResolvedReplayOptions {
  const { producer, assetClass = "options", speed = "max", fromAtMs, toAtMs } = options;
  const { maxLagEntries = 50_000, maxLagCharacters = 67_108_864, onProgress = () => {} } = options;
  if (speed !== "max" && !(Number.isFinite(speed) && speed > 0)) {
    throw new RangeError(`Cannot replay: 'speed' must be "max" or a number above 0, current value is ${speed}`);
  }
  if (fromAtMs !== undefined && toAtMs !== undefined && fromAtMs >= toAtMs) {
    throw new RangeError(
      `Cannot replay: 'toAtMs' must be later than 'fromAtMs' ${fromAtMs}, current value is ${toAtMs}`,
    );
  }
  for (const [name, value] of Object.entries({ maxLagEntries, maxLagCharacters })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`Cannot replay: '${name}' must be an integer above 0, current value is ${value}`);
    }
  }
  return { producer, assetClass, speed, fromAtMs, toAtMs, maxLagEntries, maxLagCharacters, onProgress };
}
