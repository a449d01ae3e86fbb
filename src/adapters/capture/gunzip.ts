import { createGunzip } from "node:zlib";
import { CaptureError } from "../../domain/errors.ts";

/** Compressed bytes handed over at a time: what comes out of them is held at once, a thousandfold at worst. */
const INPUT_BYTES = 32_768;
const OUTPUT_BYTES = 262_144;

/** The same bytes, or what they hold if they are gzip, told by their first two. */
export async function* decompressed(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    let first: Uint8Array = new Uint8Array();
    while (first.length < 2) {
      const next = await source.next();
      if (next.done === true) break;
      // Copied: the source may use its buffer again for the next chunk.
      first = Buffer.concat([first, next.value]);
    }
    const whole = prefixed(first, source);
    yield* first[0] === 0x1f && first[1] === 0x8b ? gunzipped(whole) : whole;
  } finally {
    await source.return?.();
  }
}

async function* prefixed(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  if (first.length > 0) yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/**
 * What gzip members hold. Everything that came out before a fault is yielded before the fault is thrown, so that of a
 * recording cut off in the middle no line is lost; a stream that an error destroys forgets what it has buffered.
 */
async function* gunzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  let output: Uint8Array[] = [];
  const taken = (): Uint8Array[] => {
    const ready = output;
    output = [];
    return ready;
  };
  let failure: Error | undefined;
  gunzip.on("data", (bytes: Uint8Array) => output.push(bytes));
  gunzip.on("error", (error) => {
    failure ??= error;
  });
  const closed = new Promise<void>((resolve) => gunzip.once("close", resolve));
  try {
    for await (const chunk of chunks) {
      for (let start = 0; start < chunk.length && failure === undefined; start += INPUT_BYTES) {
        const input = chunk.subarray(start, start + INPUT_BYTES);
        const written = new Promise<void>((resolve) => gunzip.write(input, () => resolve()));
        // A write that fails may never be called back.
        await Promise.race([written, closed]);
        yield* taken();
      }
      if (failure !== undefined) break;
    }
    if (failure === undefined) {
      gunzip.end();
      await closed;
    }
    yield* taken();
  } finally {
    gunzip.destroy();
  }
  if (failure !== undefined) {
    throw new CaptureError(
      `Cannot read a capture: gzip must be whole and undamaged, current value is "${failure.message}"`,
      undefined,
      { cause: failure },
    );
  }
}
