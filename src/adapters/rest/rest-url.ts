/** A value of a query: lists are joined by commas, since of a name that is repeated the provider reads one. */
export type QueryValue = string | number | readonly string[] | undefined;

/**
 * Builds the URL of a request. Commas and colons stay as they are, as in the provider's own examples.
 *
 * @param path parts that are percent-encoded each: `["v3", "snapshot", "options", "I:SPX"]`.
 * @param query absent values are left out.
 */
export function restUrl(
  origin: string,
  path: readonly string[],
  query: Readonly<Record<string, QueryValue>> = {},
): string {
  const fields = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encoded(Array.isArray(value) ? value.join(",") : String(value))}`],
  );
  const search = fields.length === 0 ? "" : `?${fields.join("&")}`;
  return `${origin}/${path.map(encoded).join("/")}${search}`;
}

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%2C", ",");
}

/**
 * The origin of a base URL.
 *
 * @throws {TypeError} unless it is `http:` or `https:` and nothing but an origin. It is not shown: it may carry a key.
 */
export function assertBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === "https:" || url?.protocol === "http:";
  if (isHttp && `${url.origin}/` === url.href) return url.origin;
  const current =
    url === undefined ? "a text that is no URL" : isHttp ? "a URL with more" : `a URL with ${url.protocol}`;
  throw new TypeError(
    `Cannot reach the provider: 'baseUrl' must be an http: or https: URL of nothing but an origin, current value is ${current}`,
  );
}
