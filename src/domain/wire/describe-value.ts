const MAX_LENGTH = 200;
const MAX_DEPTH = 6;

/**
 * The first `maxLength` UTF-16 units of a text, one less where the cut would split a surrogate pair. The cut is a text of
 * its own: engines make a slice a view of the whole, and 200 characters would keep megabytes alive.
 */
export function cutText(text: string, maxLength: number = MAX_LENGTH): string {
  if (text.length <= maxLength) return text;
  const last = text.charCodeAt(maxLength - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  const cut: string = JSON.parse(JSON.stringify(text.slice(0, splitsPair ? maxLength - 1 : maxLength)));
  return cut;
}

/**
 * Shows a value that came out of `JSON.parse`, or the lack of one, as JSON-like text of at most 200 characters. The
 * work is bounded by that length and by a depth of 6, whatever the size of the value; deeper levels read `...`.
 *
 * @example
 * ```ts
 * describeValue({ p: [1, null], s: Number.POSITIVE_INFINITY }); // {"p":[1,null],"s":Infinity}
 * describeValue(undefined); // undefined
 * ```
 */
export function describeValue(value: unknown): string {
  return cutText(write(value, MAX_LENGTH, MAX_DEPTH));
}

/** Stops soon after `room` characters, so that breadth costs nothing either. */
function write(value: unknown, room: number, depth: number): string {
  if (typeof value === "string") return JSON.stringify(cutText(value, Math.max(room, 1)));
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (depth === 0) return "...";
  return Array.isArray(value) ? writeArray(value, room, depth) : writeObject(value, room, depth);
}

function writeArray(values: readonly unknown[], room: number, depth: number): string {
  let text = "[";
  for (let index = 0; index < values.length && text.length < room; index++) {
    if (index > 0) text += ",";
    text += write(values[index], room - text.length, depth - 1);
  }
  return `${text}]`;
}

function writeObject(value: object, room: number, depth: number): string {
  let text = "{";
  for (const key of Object.keys(value)) {
    if (text.length >= room) break;
    if (text.length > 1) text += ",";
    text += `${write(key, room - text.length, depth)}:`;
    text += write((value as Readonly<Record<string, unknown>>)[key], room - text.length, depth - 1);
  }
  return `${text}}`;
}
