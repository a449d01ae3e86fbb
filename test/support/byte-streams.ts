import type { CaptureFile } from "../../src/adapters/capture/capture-source.ts";
import type { LocatedRecord } from "../../src/adapters/capture/record-decoder.ts";

/** A stream of these bytes in chunks of `size`. */
export async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** Everything that a capture gives, and what it failed with. */
export async function readAll(capture: CaptureFile): Promise<{ records: LocatedRecord[]; error: unknown }> {
  const records: LocatedRecord[] = [];
  try {
    for await (const batch of capture.records(new AbortController().signal)) records.push(...batch);
    return { records, error: undefined };
  } catch (error) {
    return { records, error };
  }
}
