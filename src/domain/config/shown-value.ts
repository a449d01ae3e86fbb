import { describeValue } from "../wire/describe-value.ts";
import type { Kind } from "./setting.ts";

/** What stands where a value may hold a secret. */
export const NOT_SHOWN = "(not shown)";

// Before an `@`, behind a `?`, or behind a colon that begins neither `//` nor a port, there may be credentials.
const MAY_HOLD_CREDENTIALS = /[@?#]|:(?!\/\/|\d{1,5}(\/|$))/;

/** A given value for messages, of at most 200 characters. */
export function shownValue(value: unknown, secret: Kind<unknown>["secret"]): string {
  if (secret === "always") return NOT_SHOWN;
  if (secret === "url" && (typeof value !== "string" || MAY_HOLD_CREDENTIALS.test(value))) return NOT_SHOWN;
  return describeValue(value);
}
