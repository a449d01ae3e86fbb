import { open } from "node:fs/promises";
import { CaptureError } from "../../domain/errors.ts";

const CHUNK_BYTES = 262_144;

/** How much of a capture was read, in bytes as they are stored. */
export interface CaptureProgress {
  readonly bytesRead: number;
  /** Size of the file when it was opened; `undefined` for a pipe, a device and any other stream. */
  readonly totalBytes: number | undefined;
}

/**
 * The bytes of a file. The chunks share one buffer: each is good until the next is asked for.
 *
 * @throws {CaptureError} where the file cannot be opened or read.
 */
export async function* fileBytes(
  path: string,
  onProgress?: (progress: CaptureProgress) => void,
): AsyncGenerator<Uint8Array, void> {
  const file = await open(path, "r").catch((error: unknown) => {
    throw openError(path, error);
  });
  try {
    const stat = await file.stat();
    const totalBytes = stat.isFile() ? stat.size : undefined;
    const buffer = new Uint8Array(CHUNK_BYTES);
    let total = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      total += bytesRead;
      onProgress?.({ bytesRead: total, totalBytes });
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    throw openError(path, error);
  } finally {
    await file.close();
  }
}

/** The bytes of a stream that somebody else opened. */
export async function* streamBytes(
  chunks: AsyncIterable<Uint8Array>,
  onProgress?: (progress: CaptureProgress) => void,
): AsyncGenerator<Uint8Array, void> {
  let bytesRead = 0;
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) {
      throw new TypeError(`Cannot read a capture: its stream must yield bytes, current value is a ${typeof chunk}`);
    }
    bytesRead += chunk.length;
    onProgress?.({ bytesRead, totalBytes: undefined });
    yield chunk;
  }
}

function openError(path: string, cause: unknown): CaptureError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CaptureError(
    `Cannot open a capture: the file must exist and be readable, current value is "${path}" (${reason})`,
    undefined,
    { cause },
  );
}
