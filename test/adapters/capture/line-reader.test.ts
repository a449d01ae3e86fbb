import { describe, expect, it } from "vitest";
import { LineReader } from "../../../src/adapters/capture/line-reader.ts";
import { CaptureError } from "../../../src/domain/errors.ts";

function read(bytes: Uint8Array, chunkBytes: number, maxLineBytes = 1_000) {
  const lines: [number, string][] = [];
  const reader = new LineReader(maxLineBytes);
  const sink = (text: string, line: number): void => {
    lines.push([line, text]);
  };
  let error: unknown;
  try {
    for (let start = 0; start < bytes.length; start += chunkBytes) {
      // A copy that is overwritten, as sources do that use one buffer for every read.
      const chunk = Uint8Array.from(bytes.subarray(start, start + chunkBytes));
      reader.push(chunk, sink);
      chunk.fill(0x21);
    }
    reader.end(sink);
  } catch (caught) {
    error = caught;
  }
  return { lines, error };
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("LineReader", () => {
  const text = '\uFEFF[1]\r\n\r\n\n{"é":"€ 𝄞"}\r\n \t\nlast\rword\r\n[2]';

  it("gives the same lines however the chunks fall", () => {
    const bytes = encode(text);
    for (let chunkBytes = 1; chunkBytes <= bytes.length; chunkBytes++) {
      expect(read(bytes, chunkBytes)).toEqual({
        lines: [
          [1, "[1]"],
          [4, '{"é":"€ 𝄞"}'],
          [5, " \t"],
          [6, "last\rword"],
          [7, "[2]"],
        ],
        error: undefined,
      });
    }
  });

  it("leaves out a byte order mark at the start only", () => {
    expect(read(encode("\uFEFF\n\uFEFFa\n"), 3).lines).toEqual([[2, "\uFEFFa"]]);
  });

  it("accepts a line at the limit and refuses one a byte longer, whether it comes whole or in parts", () => {
    for (const chunkBytes of [1, 4, 100]) {
      expect(read(encode("12345\n12345"), chunkBytes, 5).lines).toEqual([
        [1, "12345"],
        [2, "12345"],
      ]);
      for (const tail of ["123456\n[]\n", "123456"]) {
        const { lines, error } = read(encode(`ok\n${tail}`), chunkBytes, 5);
        expect(lines).toEqual([[1, "ok"]]);
        expect(error).toBeInstanceOf(CaptureError);
        expect(error).toMatchObject({ line: 2, message: expect.stringContaining("at most 5 bytes") });
      }
    }
  });

  it("holds no more than the line that has begun", () => {
    const reader = new LineReader(1_000);
    reader.push(encode(`${"x".repeat(900)}\nabc`), () => undefined);
    expect(reader.pendingBytes).toBe(3);
  });

  it("refuses a line that is no UTF-8, after those before it", () => {
    const invalid = Uint8Array.of(...encode('[1]\n["é'), 0xc3, ...encode('"]\n[2]\n'));
    for (let chunkBytes = 1; chunkBytes <= invalid.length; chunkBytes++) {
      const { lines, error } = read(invalid, chunkBytes);
      expect(lines).toEqual([[1, "[1]"]]);
      expect(error).toMatchObject({ line: 2, message: expect.stringContaining("must be UTF-8") });
    }
  });

  it("accepts a replacement character that really stands there", () => {
    expect(read(encode("a\uFFFDb"), 2).lines).toEqual([[1, "a\uFFFDb"]]);
  });
});
