import { isUtf8 } from "node:buffer";
import { CaptureError } from "../../domain/errors.ts";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = "\uFEFF";
/** Characters shown of a line that is no UTF-8. */
const EXCERPT = 40;

/** Hears every line that is not empty, with its number from 1. */
export type LineSink = (text: string, line: number) => void;

/**
 * Cuts a stream of bytes into lines, however the chunks fall. A line ends with LF or CRLF. A byte order mark at the
 * start is left out, empty lines are counted and left out.
 *
 * Every line is a text of its own: slices of one long text would keep all of it alive for the sake of one frame.
 */
export class LineReader {
  readonly #maxLineBytes: number;
  /** The line that has begun and not ended. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #line = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Bytes held of the line that has begun. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /**
   * Gives `sink` the lines that end in this chunk. The chunk may be reused afterwards.
   *
   * @throws {CaptureError} for a line that is too long or no UTF-8; `sink` has heard those before it.
   */
  push(chunk: Uint8Array, sink: LineSink): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    if (this.#pendingBytes > 0) {
      const newline = bytes.indexOf(NEWLINE);
      if (newline < 0) {
        this.#hold(bytes);
        return;
      }
      this.#hold(bytes.subarray(0, newline));
      this.#flush(sink);
      start = newline + 1;
    }
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > start) this.#cut(bytes.subarray(start, end), sink);
    this.#hold(bytes.subarray(Math.max(start, end)));
  }

  /** Ends the stream: `sink` hears the line that no newline ended, if there is one. */
  end(sink: LineSink): void {
    if (this.#pendingBytes > 0) this.#flush(sink);
  }

  /** @param bytes whole lines, each with its newline. */
  #cut(bytes: Buffer, sink: LineSink): void {
    // Checked as a whole, which costs next to nothing, and line by line only to find the one to blame.
    const valid = isUtf8(bytes);
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, start);
      this.#line += 1;
      this.#assertLength(newline - start, this.#line);
      if (!valid) assertUtf8(bytes.subarray(start, newline), this.#line);
      this.#give(bytes, start, newline, sink);
      start = newline + 1;
    }
  }

  #flush(sink: LineSink): void {
    const bytes = this.#pending.length === 1 ? (this.#pending[0] ?? Buffer.of()) : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#line += 1;
    assertUtf8(bytes, this.#line);
    this.#give(bytes, 0, bytes.length, sink);
  }

  #give(bytes: Buffer, start: number, end: number, sink: LineSink): void {
    const stop = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    const text = bytes.toString("utf8", start, stop);
    const whole = this.#line === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    if (whole !== "") sink(whole, this.#line);
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#assertLength(this.#pendingBytes + bytes.length, this.#line + 1);
    this.#pending.push(Buffer.from(bytes));
    this.#pendingBytes += bytes.length;
  }

  #assertLength(length: number, line: number): void {
    if (length <= this.#maxLineBytes) return;
    throw new CaptureError(
      `Cannot read a capture: a line must have at most ${this.#maxLineBytes} bytes, current value is ${length} or more`,
      line,
    );
  }
}

function assertUtf8(bytes: Buffer, line: number): void {
  if (isUtf8(bytes)) return;
  const text = bytes.toString("utf8");
  const at = Math.max(0, text.indexOf("\uFFFD") - EXCERPT / 2);
  throw new CaptureError(
    `Cannot read a capture: a line must be UTF-8, current value is ${JSON.stringify(text.slice(at, at + EXCERPT))}`,
    line,
  );
}
