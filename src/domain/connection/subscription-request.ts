/** What is asked of the provider about topics. */
export type SubscriptionAction = "subscribe" | "unsubscribe";

/** Bounds of one request. */
export interface ChunkOptions {
  readonly maxTopics: number;
  /** Of the whole message, in bytes. */
  readonly maxBytes: number;
}

// One byte per character and none that JSON escapes: the length of a request is the sum of its topics.
const TOPIC = /^[A-Za-z]+\.[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]+$/;

/**
 * Whether a text can be asked for: `{channel}.{ticker}` or `{channel}.*`, printable ASCII without whitespace, comma,
 * quotation mark or backslash.
 */
export function isTopic(text: string): boolean {
  return TOPIC.test(text);
}

/**
 * Topics, each once.
 *
 * @throws {TypeError} for the first text that is no topic.
 */
export function checkedTopics(topics: Iterable<string>): ReadonlySet<string> {
  const checked = new Set(topics);
  for (const topic of checked) {
    if (isTopic(topic)) continue;
    const given = JSON.stringify(topic.slice(0, 100));
    throw new TypeError(`Cannot subscribe: a topic must be like T.* or Q.AAPL, current value is ${given}`);
  }
  return checked;
}

/**
 * The message that asks for topics.
 *
 * @example
 * ```ts
 * subscriptionRequest("subscribe", ["T.*"]); // {"action":"subscribe","params":"T.*"}
 * ```
 */
export function subscriptionRequest(action: SubscriptionAction, topics: readonly string[]): string {
  return JSON.stringify({ action, params: topics.join(",") });
}

/** The message that presents the key. It is a secret: it may be sent, and shown nowhere. */
export function authRequest(apiKey: string): string {
  return JSON.stringify({ action: "auth", params: apiKey });
}

/**
 * Cuts topics into requests within both bounds, in order. A topic that is too long by itself makes a request of its own:
 * it has to be asked for somehow.
 */
export function chunkTopics(
  action: SubscriptionAction,
  topics: readonly string[],
  options: ChunkOptions,
): readonly (readonly string[])[] {
  const frameLength = subscriptionRequest(action, []).length;
  const chunks: string[][] = [];
  let chunk: string[] = [];
  let length = frameLength;
  for (const topic of topics) {
    const added = topic.length + (chunk.length === 0 ? 0 : 1);
    if (chunk.length > 0 && (chunk.length >= options.maxTopics || length + added > options.maxBytes)) {
      chunks.push(chunk);
      chunk = [];
      length = frameLength;
    }
    length += topic.length + (chunk.length === 0 ? 0 : 1);
    chunk.push(topic);
  }
  if (chunk.length > 0) chunks.push(chunk);
  return chunks;
}
