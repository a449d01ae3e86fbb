import type { StatusEvent } from "../wire/frame.ts";

/** The provider's answer to one item of a request. */
export interface Acknowledgement {
  readonly kind: "subscribed" | "unsubscribed";
  readonly topic: string;
}

const SUBSCRIBED = "subscribed to:";
const UNSUBSCRIBED = "unsubscribed to:";

/**
 * Reads an acknowledgement; `undefined` for any other status. The item stands in the message only, and both answers say
 * "to".
 *
 * @example
 * ```ts
 * parseAcknowledgement({ status: "success", message: "subscribed to: T.BRK.B" }); // { kind: "subscribed", topic: "T.BRK.B" }
 * ```
 */
export function parseAcknowledgement(event: StatusEvent): Acknowledgement | undefined {
  const { status, message } = event;
  if (status !== "success" || message === undefined) return undefined;
  if (message.startsWith(SUBSCRIBED)) return named("subscribed", message.slice(SUBSCRIBED.length));
  return message.startsWith(UNSUBSCRIBED) ? named("unsubscribed", message.slice(UNSUBSCRIBED.length)) : undefined;
}

function named(kind: Acknowledgement["kind"], text: string): Acknowledgement | undefined {
  const topic = text.trim();
  return topic === "" ? undefined : { kind, topic };
}

/** Whether the provider accepted the key; older servers say so in the message. */
export function isAuthenticated(event: StatusEvent): boolean {
  return event.status === "auth_success" || (event.status === "success" && event.message === "authenticated");
}
