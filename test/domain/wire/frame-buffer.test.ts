import { describe, expect, it } from "vitest";
import { FrameBuffer } from "../../../src/domain/wire/frame-buffer.ts";

const textOf = ({ bytes, length }: FrameBuffer) => new TextDecoder().decode(bytes.subarray(0, length));

describe("FrameBuffer", () => {
  it("holds the bytes of one payload after another, a 0 behind each", () => {
    const buffer = new FrameBuffer();
    for (const payload of ["[1,2,3]", "[1]", new TextEncoder().encode("[12]"), "", "x".repeat(262_080), "[]"]) {
      expect(buffer.load(payload)).toBe(true);
      expect(buffer.length).toBe(payload.length);
      expect(buffer.bytes[buffer.length]).toBe(0);
      expect(textOf(buffer)).toBe(typeof payload === "string" ? payload : "[12]");
    }
  });

  it("leaves room to read words behind the longest payload that it shares, and behind longer ones", () => {
    const buffer = new FrameBuffer();
    for (const length of [262_079, 262_080, 262_081, 1_000_000]) {
      expect(buffer.load("x".repeat(length))).toBe(true);
      expect(buffer.view.byteLength - length).toBeGreaterThanOrEqual(64);
      expect(buffer.view.getInt32(length - 1)).toBe(0x7800_0000);
    }
  });

  it("refuses text outside ASCII, of any size", () => {
    const buffer = new FrameBuffer();
    for (const char of ["\u0080", "é", "€", "😀", "\ud800"]) {
      expect(buffer.load(char)).toBe(false);
      expect(buffer.load(`${"x".repeat(300_000)}${char}`)).toBe(false);
      expect(buffer.load(`${char}${"x".repeat(300_000)}`)).toBe(false);
    }
    expect(buffer.load("\u007f\u0000")).toBe(true);
  });
});
