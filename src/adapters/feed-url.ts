/** @throws {TypeError} unless the text is a `ws:` or `wss:` URL. It is not shown: it may carry a key. */
export function assertFeedUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === "ws:" || parsed?.protocol === "wss:") return parsed;
  const current = parsed === undefined ? "a text that is no URL" : `a URL with ${parsed.protocol}`;
  throw new TypeError(`Cannot connect to a feed: 'url' must be a ws: or wss: URL, current value is ${current}`);
}
