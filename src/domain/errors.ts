import type { DisconnectReason } from "./connection/disconnect-reason.ts";

/**
 * Failures that callers handle by `code`. Codes never change within a major version; messages may.
 * Caller mistakes are plain `TypeError` or `RangeError` and carry no code.
 */
export type StrikewireErrorCode =
  | "STRIKEWIRE_PARSE"
  | "STRIKEWIRE_CONFIG"
  | "STRIKEWIRE_CLOSED"
  | "STRIKEWIRE_CAPTURE"
  | "STRIKEWIRE_STORAGE"
  | "STRIKEWIRE_UNAVAILABLE"
  | "STRIKEWIRE_FULL"
  | "STRIKEWIRE_REST"
  | "STRIKEWIRE_WS";

/**
 * Base of every coded error.
 *
 * @example
 * ```ts
 * const error: unknown = new ClosedError("read the raw log");
 * if (isStrikewireError(error, "STRIKEWIRE_CLOSED")) console.log(error.message);
 * // Cannot read the raw log: the adapter must be open, it was closed
 * ```
 */
export class StrikewireError extends Error {
  /** Stable, upper case. */
  readonly code: StrikewireErrorCode;

  constructor(code: StrikewireErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** An operation was called on an adapter after its `close()`. */
export class ClosedError extends StrikewireError {
  /** @param action what was asked for; completes "Cannot ...": `read the raw log`. */
  constructor(action: string) {
    super("STRIKEWIRE_CLOSED", `Cannot ${action}: the adapter must be open, it was closed`);
  }
}

/** A store refuses, or holds under our name what is not ours to read: repeating the operation cannot help. */
export class StorageError extends StrikewireError {
  constructor(message: string, options?: ErrorOptions) {
    super("STRIKEWIRE_STORAGE", message, options);
  }
}

/**
 * A store cannot be reached, or did not answer in time: whether the operation took effect is unknown. Idempotent
 * operations can be repeated.
 */
export class UnavailableError extends StrikewireError {
  constructor(message: string, options?: ErrorOptions) {
    super("STRIKEWIRE_UNAVAILABLE", message, options);
  }
}

/** A store has no room: the operation had no effect, and may succeed once there is some. */
export class StoreFullError extends StrikewireError {
  constructor(message: string, options?: ErrorOptions) {
    super("STRIKEWIRE_FULL", message, options);
  }
}

/** A link to the feed did not come about, or ended with a failure. Its message names the host, never a key or a query. */
export class WsError extends StrikewireError {
  /** What it means for the connection; `undefined` where that is not known. */
  readonly reason: DisconnectReason | undefined;
  /** The HTTP status that the server answered the handshake with; `undefined` where it answered with none, or none is told. */
  readonly status: number | undefined;

  constructor(
    message: string,
    options: ErrorOptions & {
      readonly reason?: DisconnectReason | undefined;
      readonly status?: number | undefined;
    } = {},
  ) {
    super("STRIKEWIRE_WS", message, "cause" in options ? { cause: options.cause } : undefined);
    this.reason = options.reason;
    this.status = options.status;
  }
}

/**
 * Why a request of the provider failed: `unauthorized` it does not know the key, `forbidden` the plan lacks what was asked
 * for, `not_found` it has no such thing, `rate_limited` too many requests, `server` a fault of its own, `timeout` no whole
 * answer in time, `network` a connection that failed before the whole answer came, `invalid` an answer that cannot be read,
 * or that leads where no request may go, `refused` a request that it takes for wrong.
 */
export type RestErrorReason =
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "rate_limited"
  | "server"
  | "timeout"
  | "network"
  | "invalid"
  | "refused";

/** A request of the provider failed. The message has the path and the provider's own words, never the key. */
export class RestError extends StrikewireError {
  readonly reason: RestErrorReason;
  /** The HTTP status; `undefined` where there was no answer. */
  readonly status: number | undefined;
  /** How long the provider asks to be left alone, ms; `undefined` where it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: ErrorOptions & {
      readonly reason: RestErrorReason;
      readonly status?: number | undefined;
      readonly retryAfterMs?: number | undefined;
    },
  ) {
    super("STRIKEWIRE_REST", message, "cause" in options ? { cause: options.cause } : undefined);
    this.reason = options.reason;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** A file could not be read as a capture. */
export class CaptureError extends StrikewireError {
  /** From 1; `undefined` where the failure belongs to no line. */
  readonly line: number | undefined;

  constructor(message: string, line?: number, options?: ErrorOptions) {
    super("STRIKEWIRE_CAPTURE", line === undefined ? message : `${message} (line ${line})`, options);
    this.line = line;
  }
}

/** What may be over at the next try. The others are answers: the provider would give them again. */
const TRANSIENT_REST: ReadonlySet<unknown> = new Set<RestErrorReason>([
  "rate_limited",
  "server",
  "timeout",
  "network",
  "invalid",
]);

/**
 * Whether an operation that failed with `error` may succeed when it is repeated as it was. Of requests of the provider it
 * may, later, except where they were `unauthorized`, `forbidden`, `not_found` or `refused`.
 */
export function isTransient(error: unknown): boolean {
  if (isStrikewireError(error, "STRIKEWIRE_REST")) return "reason" in error && TRANSIENT_REST.has(error.reason);
  if (isStrikewireError(error)) return error.code === "STRIKEWIRE_UNAVAILABLE" || error.code === "STRIKEWIRE_FULL";
  return !(error instanceof TypeError || error instanceof RangeError);
}

/**
 * Whether `error` is a coded error, of one code if given. Looks at the shape and not at the prototype, so that two
 * copies of the package in one process recognise each other's errors.
 */
export function isStrikewireError(error: unknown, code?: StrikewireErrorCode): error is StrikewireError {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  return code === undefined ? error.code.startsWith("STRIKEWIRE_") : error.code === code;
}
