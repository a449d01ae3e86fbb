// Payloads up to this size share one buffer; the provider's are far smaller.
const SHARED_LENGTH = 262_144;
// How far a reader of words may look past the end of a payload: the longest symbol and one word.
const MARGIN = 64;

const encoder = new TextEncoder();

/**
 * Holds the bytes of one payload after another, each followed by a 0. That byte belongs to no JSON token, so whoever
 * reads tokens needs no other bound. What stands behind it has no meaning.
 *
 * To read bytes takes half the time of reading the characters of a string, the copy included.
 */
export class FrameBuffer {
  readonly #shared: Uint8Array = new Uint8Array(SHARED_LENGTH);
  readonly #sharedView: DataView = new DataView(this.#shared.buffer);
  bytes: Uint8Array = this.#shared;
  /** The same bytes, to read four at once. */
  view: DataView = this.#sharedView;
  /** Where the payload ends. */
  length = 0;

  /** Takes the next payload; `false` where a text is not ASCII. Bytes may be anything. */
  load(payload: string | Uint8Array): boolean {
    const { length } = payload;
    this.#provide(length + MARGIN);
    if (typeof payload === "string") {
      const { read, written } = encoder.encodeInto(payload, this.bytes);
      // Every character outside ASCII takes more bytes than UTF-16 units.
      if (read !== length || written !== length) return false;
    } else {
      this.bytes.set(payload);
    }
    this.bytes[length] = 0;
    this.length = length;
    return true;
  }

  #provide(length: number): void {
    if (length <= SHARED_LENGTH) {
      this.bytes = this.#shared;
      this.view = this.#sharedView;
    } else {
      this.bytes = new Uint8Array(length);
      this.view = new DataView(this.bytes.buffer);
    }
  }
}
