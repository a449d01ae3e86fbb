import { RestError, type RestErrorReason } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import { providerText } from "./provider-text.ts";
import type { RequestBudget } from "./request-budget.ts";
import { retryAfterMs } from "./retry-after.ts";

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  init: {
    readonly headers: Readonly<Record<string, string>>;
    readonly redirect: "manual";
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

export interface RestClientOptions {
  readonly apiKey: string;
  readonly clock: Clock;
  readonly budget: RequestBudget;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
}

/** A body that came whole, with status 200. */
export interface RestAnswer {
  /** For messages: without the query. */
  readonly path: string;
  readonly text: string;
  readonly receivedAtMs: number;
}

/** Sends one request at a time, each once. */
export class RestClient {
  readonly #options: RestClientOptions;

  constructor(options: RestClientOptions) {
    this.#options = options;
  }

  /** Rejects with a `RestError`, or with the reason of `signal`. */
  async get(url: string, signal: AbortSignal): Promise<RestAnswer> {
    const { budget, clock, timeoutMs } = this.#options;
    await budget.take(signal);
    const { pathname: path } = new URL(url);
    const attempt = new AbortController();
    const ended = new AbortController();
    const onAbort = (): void => attempt.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    let timedOut = false;
    const timer = clock.sleep(timeoutMs, ended.signal).then(() => {
      timedOut = !ended.signal.aborted;
      if (timedOut) attempt.abort();
    });
    const seen: { status?: number } = {};
    try {
      return await this.#send(url, path, attempt.signal, seen);
    } catch (cause) {
      signal.throwIfAborted();
      if (cause instanceof RestError) throw cause;
      const { status } = seen;
      if (timedOut)
        throw restError(path, `the whole answer must come within ${timeoutMs} ms, it did not`, {
          reason: "timeout",
          status,
        });
      throw restError(path, `the whole answer must come, it did not: ${this.#withoutKey(innermost(cause))}`, {
        reason: "network",
        status,
        cause,
      });
    } finally {
      signal.removeEventListener("abort", onAbort);
      ended.abort();
      await timer;
    }
  }

  /** The error for a body that is not what its endpoint promises. */
  invalid(answer: RestAnswer, expected: string): RestError {
    const text = providerText(answer.text, this.#options.apiKey);
    return restError(answer.path, `the answer must be ${expected}, current value is ${text || "empty"}`, {
      reason: "invalid",
      status: 200,
    });
  }

  /** The error for a body that tells of a failure although its status is 200. */
  failed(answer: RestAnswer, reason: RestErrorReason): RestError {
    const text = providerText(answer.text, this.#options.apiKey);
    return restError(answer.path, `the answer must have no error, current value is ${text}`, { reason, status: 200 });
  }

  async #send(url: string, path: string, signal: AbortSignal, seen: { status?: number }): Promise<RestAnswer> {
    const { apiKey, clock, fetch, maxBodyBytes } = this.#options;
    const headers = { accept: "application/json", authorization: `Bearer ${apiKey}` };
    // Followed by hand or not at all: the header would go wherever a redirection points.
    const response = await fetch(url, { headers, redirect: "manual", signal });
    seen.status = response.status;
    const body = bodyOf(response, maxBodyBytes, path);
    if (response.status === 200) return { path, text: await body, receivedAtMs: clock.now() };
    // What the status says counts, whatever becomes of the body.
    const said = providerText(await body.catch(() => ""), apiKey);
    throw restError(path, `the provider must answer 200, current value is ${response.status}${said && ` (${said})`}`, {
      reason: reasonOf(response.status),
      status: response.status,
      retryAfterMs: retryAfterMs(response.headers.get("retry-after"), clock.now()),
    });
  }

  #withoutKey(text: string): string {
    return text.replaceAll(this.#options.apiKey, "***");
  }
}

/** @param fault what is required and what came. */
export function restError(path: string, fault: string, options: ConstructorParameters<typeof RestError>[1]): RestError {
  return new RestError(`Cannot fetch ${path}: ${fault}`, options);
}

function reasonOf(status: number): RestErrorReason {
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 408:
      return "timeout";
    case 429:
      return "rate_limited";
    default:
      // 499 is what a proxy of the provider says when it loses patience.
      if (status >= 500 || status === 499) return "server";
      return status >= 400 ? "refused" : "invalid";
  }
}

/** The body as text, with a bound: one without an end would fill the memory before the time is over. */
async function bodyOf(response: Response, maxBytes: number, path: string): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder("utf-8", { fatal: response.status === 200 });
  const reader = response.body.getReader();
  let bytes = 0;
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decode(decoder, undefined, response.status, path);
      bytes += value.length;
      if (bytes > maxBytes) {
        throw restError(path, `the answer must have at most ${maxBytes} bytes, current value is more`, {
          reason: "invalid",
          status: response.status,
        });
      }
      text += decode(decoder, value, response.status, path);
    }
  } catch (error) {
    // Its failure would be the same, or none: what counts is that the connection is let go.
    await reader.cancel().catch(() => {});
    throw error;
  }
}

function decode(decoder: TextDecoder, bytes: Uint8Array | undefined, status: number, path: string): string {
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch (cause) {
    throw restError(path, "the answer must be UTF-8, current value is not", { reason: "invalid", status, cause });
  }
}

/** Runtimes wrap what happened to a connection: "fetch failed" alone says nothing. */
function innermost(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  if (!(at instanceof Error)) return String(at);
  return at.message || ("code" in at ? String(at.code) : at.name);
}
