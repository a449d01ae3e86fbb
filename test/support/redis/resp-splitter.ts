const LENGTH_TYPES = "$=!";
const LIST_TYPES = "*~>";
const PAIR_TYPES = "%|";

/** Cuts a byte stream of the Redis protocol, in either direction, into whole messages. */
export class RespSplitter {
  #bytes: Buffer = Buffer.alloc(0);
  /** Up to where the message that begins the bytes was looked at. */
  #at = 0;
  /** Values of it that are still to come. */
  #open = 1;

  /** The messages that are whole now, as they came. */
  push(bytes: Buffer): readonly Buffer[] {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    const messages: Buffer[] = [];
    while (this.#passValue()) {
      if (this.#open > 0) continue;
      messages.push(this.#bytes.subarray(0, this.#at));
      this.#bytes = this.#bytes.subarray(this.#at);
      this.#at = 0;
      this.#open = 1;
    }
    return messages;
  }

  /** @returns whether there was a whole value, or the head of a whole list. */
  #passValue(): boolean {
    const lineEnd = this.#bytes.indexOf("\r\n", this.#at);
    if (lineEnd < 0) return false;
    const type = String.fromCharCode(this.#bytes[this.#at] ?? 0);
    const count = Math.max(-1, Number(this.#bytes.toString("latin1", this.#at + 1, lineEnd)));
    const end = lineEnd + 2 + (LENGTH_TYPES.includes(type) && count >= 0 ? count + 2 : 0);
    if (end > this.#bytes.length) return false;
    this.#at = end;
    this.#open -= 1;
    if (LIST_TYPES.includes(type)) this.#open += Math.max(0, count);
    if (PAIR_TYPES.includes(type)) this.#open += 2 * Math.max(0, count);
    return true;
  }
}

/** The first strings of a command: its name in capitals, and its first argument. */
export function commandHead(message: Buffer): readonly [name: string, first: string] {
  const [, , name = "", , first = ""] = message.toString("latin1", 0, 256).split("\r\n");
  return [name.toUpperCase(), first];
}

/** Whether a message comes on its own and answers nothing. */
export function isPush(message: Buffer): boolean {
  return message[0] === ">".charCodeAt(0);
}
