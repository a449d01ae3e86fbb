/** What a client asks for. */
export type ClientRequest =
  | { readonly action: "auth"; readonly key: string }
  | { readonly action: "subscribe" | "unsubscribe"; readonly items: readonly string[] };

/** `{channel}.{ticker}` */
export interface Topic {
  readonly channel: string;
  readonly ticker: string;
}

/**
 * Reads a message of a client.
 *
 * @returns `undefined` for what is not understood: not JSON, not an object, another action, `params` that is no string.
 * What the provider does with those is not known; this server stays silent.
 */
export function parseClientRequest(text: string): ClientRequest | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== "object" || message === null || !("action" in message) || !("params" in message)) {
    return undefined;
  }
  const { action, params } = message;
  if (typeof params !== "string") return undefined;
  if (action === "auth") return { action, key: params };
  if (action === "subscribe" || action === "unsubscribe") return { action, items: params.split(",") };
  return undefined;
}

/** Splits an item at its first dot: `T.BRK.B` is `BRK.B`. @returns `undefined` for an item without a dot or a ticker. */
export function parseTopic(item: string): Topic | undefined {
  const dot = item.indexOf(".");
  if (dot < 1 || dot === item.length - 1) return undefined;
  return { channel: item.slice(0, dot), ticker: item.slice(dot + 1) };
}

/** A message as the log may show it: without the key, and cut where nobody knows what it is. */
export function loggedMessage(text: string, request: ClientRequest | undefined): string {
  if (request === undefined) return `(${text.length} characters that are no request)`;
  return request.action === "auth" ? '{"action":"auth","params":"..."}' : text;
}
