import { WsError } from "../../domain/errors.ts";
import { FrameTooLarge } from "./runtime-socket.ts";

/** What a link, or an attempt, failed with. */
export interface LinkFailure {
  readonly status: number | undefined;
  readonly error: unknown;
  readonly timedOut: boolean;
}

/** Why no link came about. */
export function refusalError(url: URL, { status, error, timedOut }: LinkFailure, timeoutMs: number): WsError {
  const action = `Cannot connect to ${url.host}`;
  const reason = "unreachable";
  if (timedOut) {
    return new WsError(`${action}: the handshake must be done within ${timeoutMs} ms, it was not`, { reason });
  }
  if (status !== undefined) {
    const message = `${action}: the server must answer the handshake with status 101, current value is ${status}`;
    return new WsError(message, { reason, status });
  }
  const { detail, cause } = presentable(url, error);
  return new WsError(`${action}: the server must accept the connection, it ended with ${detail}`, { reason, cause });
}

/** Why an open link broke. */
export function brokenError(url: URL, error: unknown, maxFrameBytes: number): WsError {
  const reason = "broken";
  if (error instanceof FrameTooLarge) {
    const message = `Cannot read from ${url.host}: a message must have at most ${maxFrameBytes} bytes, one had more`;
    return new WsError(message, { reason });
  }
  const { detail, cause } = presentable(url, error);
  return new WsError(`Cannot read from ${url.host}: the link must stay whole, it ended with ${detail}`, {
    reason,
    cause,
  });
}

/** What may be shown of a failure: nothing where it repeats a part of the URL that may be a secret. */
function presentable(url: URL, error: unknown): { readonly detail: string; readonly cause: unknown } {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : typeof error === "string" ? error : "";
  const detail = message === "" ? code : message;
  const whole = error instanceof Error ? `${code} ${message} ${error.stack}` : message;
  const secrets = [url.search, url.username, url.password, ...url.searchParams.values()].filter(
    (secret) => secret !== "",
  );
  const isSecret = secrets.some((secret) => whole.includes(secret));
  if (isSecret || detail === "") return { detail: "no further word", cause: isSecret ? undefined : error };
  return { detail: `'${detail}'`, cause: error };
}
