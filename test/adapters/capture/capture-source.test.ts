import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openCapture, type TornTail } from "../../../src/adapters/capture/index.ts";
import { CaptureError } from "../../../src/domain/errors.ts";
import { inChunks, readAll } from "../../support/byte-streams.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const envelope = (seq: number): string => `{"ts":1700000000.5,"payload":"[]","src":"options/0/1/${seq}"}`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "capture-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("openCapture", () => {
  it("reads a file, and reads it again from the start", async () => {
    const path = join(folder, "plain.jsonl");
    await writeFile(path, '[1]\n\n{"ts":1700000000.123,"payload":"[2]"}\n');
    const capture = openCapture(path);
    for (let time = 1; time <= 2; time++) {
      expect(await readAll(capture)).toEqual({
        records: [
          { kind: "frame", receivedAtMs: undefined, payload: "[1]", line: 1 },
          { kind: "frame", receivedAtMs: 1_700_000_000_123, payload: "[2]", line: 3 },
        ],
        error: undefined,
      });
    }
  });

  it("gives nothing for an empty stream", async () => {
    expect(await readAll(openCapture(inChunks(encode(""), 1)))).toEqual({ records: [], error: undefined });
    expect((await readAll(openCapture(inChunks(encode("["), 1)))).records).toHaveLength(1);
  });

  it("reads a Node stream", async () => {
    const stream = new PassThrough();
    stream.end("[1]\n[2]");
    expect((await readAll(openCapture(stream))).records).toMatchObject([{ payload: "[1]" }, { payload: "[2]" }]);
  });

  it("tells how much of a file it has read", async () => {
    const path = join(folder, "progress.jsonl");
    const line = `[${"1,".repeat(500)}1]\n`;
    await writeFile(path, line.repeat(600));
    const seen: (number | undefined)[][] = [];
    const onProgress = ({ bytesRead, totalBytes }: { bytesRead: number; totalBytes: number | undefined }) => {
      seen.push([bytesRead, totalBytes]);
    };
    await readAll(openCapture(path, { onProgress }));
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.at(-1)).toEqual([600 * line.length, 600 * line.length]);
    seen.length = 0;
    await readAll(openCapture(inChunks(encode("[1]\n"), 2), { onProgress }));
    expect(seen).toEqual([
      [2, undefined],
      [4, undefined],
    ]);
  });

  it.each([
    ["that does not exist", "nowhere.jsonl"],
    ["that is a folder", ""],
  ])("names a file %s", async (_, name) => {
    const path = join(folder, name);
    const { error } = await readAll(openCapture(path));
    expect(error).toBeInstanceOf(CaptureError);
    expect(error).toMatchObject({
      message: expect.stringContaining(`the file must exist and be readable, current value is "${path}"`),
      line: undefined,
      cause: expect.any(Error),
    });
  });

  it("refuses an impossible limit", () => {
    for (const maxLineBytes of [0, 1.5, Number.NaN]) {
      expect(() => openCapture("x", { maxLineBytes })).toThrow(RangeError);
    }
  });

  it("gives the records before a broken line, whether they came in one chunk or many", async () => {
    const bytes = encode(`${envelope(1)}\n${envelope(2)}\n{"payload":5}\n${envelope(3)}\n`);
    for (const size of [1, 7, bytes.length]) {
      const { records, error } = await readAll(openCapture(inChunks(bytes, size)));
      expect(records.map(({ line }) => line)).toEqual([1, 2]);
      expect(error).toMatchObject({ code: "STRIKEWIRE_CAPTURE", line: 3 });
    }
  });

  it("keeps the failure of its stream as the cause", async () => {
    const failure = new Error("the disk is gone");
    async function* failing() {
      yield encode("[1]\n[2");
      throw failure;
    }
    const { records, error } = await readAll(openCapture(failing()));
    expect(records).toHaveLength(1);
    expect(error).toBeInstanceOf(CaptureError);
    expect(error).toMatchObject({ cause: failure });
  });
});

describe("openCapture on a torn tail", () => {
  const torn = encode(`${envelope(1)}\n{"ts":17000`);

  it("tells who listens, and ends", async () => {
    const tails: TornTail[] = [];
    const { records, error } = await readAll(
      openCapture(inChunks(torn, 5), { onTornTail: (tail) => tails.push(tail) }),
    );
    expect(records).toHaveLength(1);
    expect(error).toBeUndefined();
    expect(tails).toEqual([{ line: 2, text: '{"ts":17000' }]);
  });

  it("is an error where nobody listens", async () => {
    expect((await readAll(openCapture(inChunks(torn, 5)))).error).toMatchObject({ line: 2 });
  });

  it("does not take a whole last line for torn because no newline ends it", async () => {
    const tails: TornTail[] = [];
    const bytes = encode(`${envelope(1)}\n${envelope(2)}`);
    const { records } = await readAll(openCapture(inChunks(bytes, 9), { onTornTail: (tail) => tails.push(tail) }));
    expect([records.length, tails.length]).toEqual([2, 0]);
  });

  it("does not excuse half a line that a newline ends, nor a whole one that is wrong", async () => {
    const onTornTail = (): void => {
      throw new Error("not torn");
    };
    for (const tail of ['{"ts":17000\n', '{"payload":5}']) {
      const bytes = encode(`${envelope(1)}\n${tail}`);
      expect((await readAll(openCapture(inChunks(bytes, 9), { onTornTail }))).error).toMatchObject({ line: 2 });
    }
  });
});

describe("openCapture on gzip", () => {
  const lines = Array.from({ length: 40 }, (_, index) => `[{"ev":"T","p":${(index * 7919) % 1_000}}]\n`).join("");

  it("tells it by its first bytes, however the chunks fall", async () => {
    const zipped = gzipSync(lines);
    const { records } = await readAll(openCapture(inChunks(encode(lines), 100)));
    for (const size of [1, 2, 3, 10, zipped.length]) {
      expect(await readAll(openCapture(inChunks(zipped, size)))).toEqual({ records, error: undefined });
    }
  });

  it("reads several members, as appending recorders write them", async () => {
    const zipped = Buffer.concat([gzipSync("[1]\n[2"), gzipSync("]\n[3]\n")]);
    expect((await readAll(openCapture(inChunks(zipped, 11)))).records.map(({ line }) => line)).toEqual([1, 2, 3]);
  });

  it("reads lines much longer than what one read gives", async () => {
    const line = `["${"0123456789abcdef".repeat(100_000)}"]`;
    const path = join(folder, "long.gz");
    await writeFile(path, gzipSync(`${line}\n${line}`));
    const { records, error } = await readAll(openCapture(path));
    expect(error).toBeUndefined();
    expect(records).toMatchObject([
      { payload: line, line: 1 },
      { payload: line, line: 2 },
    ]);
  });

  it("gives what stood before a cut, then an error with its cause", async () => {
    const zipped = gzipSync(lines, { level: 0 });
    for (let length = 2; length < zipped.length; length += 13) {
      const cut = zipped.subarray(0, length);
      const { records, error } = await readAll(openCapture(inChunks(cut, 50)));
      // Stored, not compressed: 10 bytes of header and 5 of the block stand before the text.
      const whole = lines.slice(0, Math.max(0, length - 15)).split("\n").length - 1;
      expect(records).toHaveLength(whole);
      expect(error).toBeInstanceOf(CaptureError);
      expect(error).toMatchObject({ cause: { code: "Z_BUF_ERROR" }, line: undefined });
    }
  });

  it("fails on damage", async () => {
    const zipped = gzipSync(lines);
    zipped[zipped.length - 6] = (zipped[zipped.length - 6] ?? 0) ^ 0xff;
    expect((await readAll(openCapture(inChunks(zipped, 50)))).error).toMatchObject({ cause: { code: "Z_DATA_ERROR" } });
  });
});

describe("openCapture and its signal", () => {
  it("ends without error while its stream is waiting", async () => {
    const stop = new AbortController();
    const stream = new PassThrough();
    stream.write("[1]\n[2");
    const lines: number[] = [];
    for await (const records of openCapture(stream).records(stop.signal)) {
      lines.push(...records.map(({ line }) => line));
      setImmediate(() => stop.abort());
    }
    expect(lines).toEqual([1]);
  });

  it("opens nothing once it is aborted", async () => {
    const batches = [];
    for await (const records of openCapture("nowhere.jsonl").records(AbortSignal.abort())) batches.push(records);
    expect(batches).toEqual([]);
  });

  it("lets its stream go when the reader stops early", async () => {
    let released = false;
    async function* endless() {
      try {
        for (;;) yield encode("[1]\n");
      } finally {
        released = true;
      }
    }
    for await (const _ of openCapture(endless()).records(new AbortController().signal)) break;
    expect(released).toBe(true);
  });
});

describe("openCapture on large captures", () => {
  it("reads 200 MB in a small part of that memory", async () => {
    const block = encode(
      `[{"ev":"T","sym":"O:SPXW251223P06870000","x":302,"p":7.7,"s":1,"t":1766437799445}]\n`.repeat(800),
    );
    const total = 200_000_000;
    async function* generated() {
      // An odd length moves the borders of the chunks through the lines.
      for (let sent = 0; sent < total; sent += block.length) {
        yield block.subarray(0, 32_771);
        yield block.subarray(32_771);
      }
    }
    const before = process.memoryUsage();
    let records = 0;
    let peak = 0;
    for await (const batch of openCapture(generated()).records(new AbortController().signal)) {
      records += batch.length;
      const now = process.memoryUsage();
      peak = Math.max(peak, now.heapUsed - before.heapUsed + now.external - before.external);
    }
    expect(records).toBe(Math.ceil(total / block.length) * 800);
    expect(peak).toBeLessThan(100_000_000);
  });
});
