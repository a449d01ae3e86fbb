import { cutText } from "../../domain/wire/describe-value.ts";
import { parseExactJson } from "../../domain/wire/exact-json.ts";

/**
 * What the provider says in a body, in at most 200 characters: its `error` and `message` where the body is an object that
 * has them, else the body. White space is one blank; an empty body is an empty text.
 *
 * @param secret is replaced wherever it stands.
 */
export function providerText(body: string, secret: string): string {
  // Before the cut, which might leave a part of it.
  const text = statedIn(body).replaceAll(secret, "***");
  return cutText(text.replace(/[\s\p{Cc}]+/gu, " ").trim());
}

function statedIn(body: string): string {
  let parsed: unknown;
  try {
    parsed = parseExactJson(body);
  } catch {
    return body;
  }
  return statement(parsed) ?? body;
}

/** `error` and `message` of an object, where it has any of them as a text. */
export function statement(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const parts = ["error", "message"].flatMap((name) => {
    const part: unknown = Reflect.get(body, name);
    return typeof part === "string" && part.trim() !== "" ? [part] : [];
  });
  return parts.length === 0 ? undefined : parts.join(": ");
}
