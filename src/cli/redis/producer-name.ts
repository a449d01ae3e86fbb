import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { AssetClass } from "../../domain/instrument/resource.ts";
import type { Stretch } from "../../workers/replay/record-times.ts";
import { REPLAY_PRODUCER } from "./occupancy.ts";

const DIGITS = 16;

/**
 * The producer of a replayed file, by what is in the file and which part of it is replayed: a repeated replay has the same,
 * whatever the file is called by then, and no other recording does. What can be read only once, such as a pipe, gets a name
 * that nothing else has; what came before by another name is told by its places then, as repeated entries.
 */
export async function producerOfFile(path: string, assetClass: AssetClass, stretch: Stretch): Promise<string> {
  const isFile = path !== "-" && (await stat(path).catch(() => undefined))?.isFile() === true;
  if (!isFile) return `${REPLAY_PRODUCER}${randomUUID()}`;
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch {
    // Reading it as a recording will say what is wrong.
    return `${REPLAY_PRODUCER}${randomUUID()}`;
  }
  return named(
    hash.update(JSON.stringify([assetClass, stretch.fromAtMs ?? null, stretch.toAtMs ?? null])).digest("hex"),
  );
}

/**
 * The producer of a copied stream: by where the stream is, at which entry it began, and which part of it is copied. The
 * same stream, grown by then, goes on where the last copy ended.
 */
export function producerOfStream(
  { label, key, firstId }: { readonly label: string; readonly key: string; readonly firstId: string },
  { fromAtMs, toAtMs }: Stretch,
): string {
  const identity = [label, key, firstId, fromAtMs ?? null, toAtMs ?? null];
  return named(createHash("sha256").update(JSON.stringify(identity)).digest("hex"));
}

function named(digest: string): string {
  return REPLAY_PRODUCER + digest.slice(0, DIGITS);
}
