/** Status words of the provider. */
export type ProviderStatus =
  | "connected"
  | "auth_success"
  | "auth_failed"
  | "auth_timeout"
  | "auth_required"
  | "success"
  | "error"
  | "max_connections"
  | "slow_consumer"
  | "force_disconnect";

/** A status event as the provider writes it: one JSON object. */
export function encodeStatus(status: ProviderStatus, message: string): string {
  return JSON.stringify({ ev: "status", status, message });
}

/** The first thing a server says. */
export const CONNECTED: string = encodeStatus("connected", "Connected Successfully");

/** The key was accepted. */
export const AUTHENTICATED: string = encodeStatus("auth_success", "authenticated");

/** One accepted item of a subscribe request, `T.*` or `Q.O:SPXW251223P06870000`. */
export function subscribed(topic: string): string {
  return encodeStatus("success", `subscribed to: ${topic}`);
}
