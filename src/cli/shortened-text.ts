import { cutText } from "../domain/wire/describe-value.ts";

const ELLIPSIS = "...";
/** An escape that a cut left half; behind a backslash that is itself escaped there is none. */
const HALF_ESCAPE = /(?<=(?:^|[^\\])(?:\\\\)*)\\(?:u[0-9a-f]{0,3})?$/i;

/**
 * A text of at most `maxLength` characters, with dots for what was cut off. The cut splits neither a character nor an
 * escape such as `\"` or `\u001b`.
 *
 * @example
 * ```ts
 * shortenedText("SPXW251223P06870000", 10); // SPXW251...
 * ```
 */
export function shortenedText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  return `${cutText(text, maxLength - ELLIPSIS.length).replace(HALF_ESCAPE, "")}${ELLIPSIS}`;
}

/** The same for a value written as JSON: a text that was opened is closed again, behind the dots. */
export function shortenedValue(json: string, maxLength: number): string {
  if (json.length <= maxLength) return json;
  return json.startsWith('"') ? `${shortenedText(json, maxLength - 1)}"` : shortenedText(json, maxLength);
}
