import type { Redis } from "ioredis";
import { StorageError, UnavailableError } from "../../domain/errors.ts";

const OLDEST_MAJOR = 7;

/**
 * Looks whether a server is one that we can keep our promises on.
 *
 * @throws {StorageError} for a server older than 7.0, or one that evicts keys when it is full: data would be lost silently.
 * @throws {UnavailableError} while it loads its data.
 */
export async function checkServer(client: Redis, label: string): Promise<void> {
  const info = await client.info();
  const version = field(info, "redis_version") ?? "";
  if (!(Number.parseInt(version, 10) >= OLDEST_MAJOR)) {
    throw new StorageError(
      `Cannot use Redis at ${label}: its version must be ${OLDEST_MAJOR}.0 or newer, current value is ${version}`,
    );
  }
  const policy = field(info, "maxmemory_policy");
  if (policy !== undefined && policy !== "noeviction") {
    throw new StorageError(
      `Cannot use Redis at ${label}: its maxmemory-policy must be noeviction, current value is ${policy}: it would drop data without a word when it is full`,
    );
  }
  if (field(info, "loading") === "1") {
    throw new UnavailableError(`Cannot use Redis at ${label}: its data must be loaded, it is still loading`);
  }
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}
