import { CURSOR_START, type Cursor } from "../../domain/stream/cursor.ts";
import { valueError } from "./reply-errors.ts";

const CURSOR = /^\d{1,15}-\d{1,15}$/;

/**
 * The cursor that a field of a hash holds; the start where there is none yet.
 *
 * @throws {StorageError} naming the key, where it is none.
 */
export function readCursor(action: string, key: string, cursor: unknown): Cursor {
  if (cursor === null || cursor === undefined) return CURSOR_START;
  if (typeof cursor === "string" && CURSOR.test(cursor)) return cursor;
  throw valueError(action, key, "cursors", String(cursor));
}
