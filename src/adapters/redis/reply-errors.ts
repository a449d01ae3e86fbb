import { ReplyError } from "ioredis";
import { StorageError, StoreFullError, StrikewireError, UnavailableError } from "../../domain/errors.ts";

/** What a script of ours answers with where a key has another type than it must: code, wanted, found, key. */
export const TYPE_ERROR = "STRIKEWIRETYPE";
/** What a script of ours answers with where a value under our key is none of ours: code, what was wanted, key. */
export const VALUE_ERROR = "STRIKEWIREVALUE";

/** The server is there and may take the command later. */
const NOT_NOW = new Set([
  "LOADING",
  "BUSY",
  "TRYAGAIN",
  "CLUSTERDOWN",
  "MASTERDOWN",
  "READONLY",
  "NOREPLICAS",
  "MISCONF",
  "UNBLOCKED",
]);
const NOT_ALLOWED = new Set(["NOAUTH", "WRONGPASS", "NOPERM"]);

/**
 * A failure of ioredis as an error of ours. What ioredis hangs on its errors (the command with its arguments: payloads,
 * and for AUTH the password) is left behind.
 *
 * @param action completes "Cannot ...": `append to the raw log`.
 * @param label names the server, without credentials.
 * @param key what the command was about, if one key.
 */
export function translateError(action: string, label: string, error: unknown, key = ""): Error {
  if (error instanceof StrikewireError || error instanceof TypeError || error instanceof RangeError) return error;
  const message = reasonOf(error);
  const cause = new Error(message);
  if (!(error instanceof ReplyError)) {
    return new UnavailableError(`Cannot ${action}: Redis at ${label} must answer, it did not (${message})`, { cause });
  }
  const [code = "", ...words] = message.split(" ");
  if (code === TYPE_ERROR) return typeError(action, words.slice(2).join(" "), words[0] ?? "", words[1] ?? "", cause);
  if (code === VALUE_ERROR) return valueError(action, words.slice(1).join(" "), (words[0] ?? "").replaceAll("_", " "));
  if (code === "WRONGTYPE") {
    return new StorageError(`Cannot ${action}: key "${key}" must hold what we store there, it holds another type`, {
      cause,
    });
  }
  if (code === "OOM") {
    return new StoreFullError(`Cannot ${action}: Redis at ${label} must have room, it is at its maxmemory`, { cause });
  }
  if (NOT_NOW.has(code)) {
    return new UnavailableError(`Cannot ${action}: Redis at ${label} must take commands, it answered: ${message}`, {
      cause,
    });
  }
  if (NOT_ALLOWED.has(code)) return accessError(action, label, message);
  return new StorageError(`Cannot ${action}: Redis at ${label} answered: ${message}`, { cause });
}

/** What an error says; of a transaction that was not carried out, why it was not. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message } = error;
  if (!message.startsWith("EXECABORT ")) return message;
  // ioredis hangs the answers to the single commands on that to the whole.
  const answers: unknown = "previousErrors" in error ? error.previousErrors : undefined;
  const first: unknown = Array.isArray(answers) ? answers[0] : undefined;
  return first instanceof Error ? first.message : message.replace(/^.* because of: /, "");
}

/** Redis does not let us in, or not do what we must. */
export function accessError(action: string, label: string, message: string): StorageError {
  return new StorageError(
    `Cannot ${action}: Redis at ${label} must accept the user and password, it answered: ${message}`,
  );
}

function typeError(action: string, key: string, wanted: string, found: string, cause: Error): StorageError {
  return new StorageError(`Cannot ${action}: key "${key}" must hold a ${wanted}, current type is ${found}`, { cause });
}

/** A value under our key that is none of ours. */
export function valueError(action: string, key: string, wanted: string, value?: string): StorageError {
  const current = value === undefined ? "it holds something else" : `current value is ${shortened(value)}`;
  return new StorageError(`Cannot ${action}: key "${key}" must hold ${wanted}, ${current}`);
}

const MAX_SHOWN = 200;

function shortened(value: string): string {
  return JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);
}
