import { rm } from "node:fs/promises";
import { createCaptureWriter } from "../../adapters/capture/index.ts";
import type { StreamSource } from "./stream-source.ts";

/** What was copied. */
export interface CopiedStream {
  readonly records: number;
  /** Whether the copy came to the end that the stream had. */
  readonly complete: boolean;
}

/**
 * Writes a stream to a new capture file, gzip where its name ends with `.gz`. An abort of `signal` ends it early, with a
 * file that is whole as far as it goes.
 *
 * @throws {CaptureError} where the file is there already or cannot be written.
 */
export async function copyStream(source: StreamSource, file: string, signal: AbortSignal): Promise<CopiedStream> {
  const writer = await createCaptureWriter(file, { gzip: file.endsWith(".gz") });
  let records = 0;
  try {
    for await (const batch of source.capture.records(signal)) {
      await writer.write(batch);
      records += batch.length;
    }
  } catch (error) {
    await writer.close();
    // An empty file would only stand in the way of the next try.
    if (records === 0) await rm(file, { force: true });
    throw error;
  }
  await writer.close();
  return { records, complete: !signal.aborted };
}

/** A copy as one JSON document. */
export function copyJson({ key, firstId, lastId }: StreamSource, { records, complete }: CopiedStream): string {
  const document = { schema_version: 1, complete, stream: key, records, first_id: firstId, last_id: lastId };
  return `${JSON.stringify(document)}\n`;
}

/** A copy for people. */
export function copyText(source: StreamSource, { records, complete }: CopiedStream, file: string): string {
  const { label, key, firstId, lastId } = source;
  const count = `${records.toLocaleString("en-US")} ${records === 1 ? "entry" : "entries"}`;
  const end = complete ? "the last when the command began" : "but the copy was interrupted before";
  return `Wrote ${count} of ${key} at ${label} to ${file}: from ${firstId} to ${lastId}, ${end}\n`;
}
