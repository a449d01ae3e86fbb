import type { Redis } from "ioredis";
import { StorageError, UnavailableError } from "../../domain/errors.ts";
import { accessCheck, refusedAccess } from "./access-check.ts";

const OLDEST_MAJOR = 7;

/**
 * Looks whether a server is one that we can keep our promises on, in one round trip.
 *
 * A user that may run no scripts at all is let in: what it tries fails as a whole.
 *
 * @param keyPrefix in front of every key and channel.
 * @throws {StorageError} for a server older than 7.0, one that evicts keys when it is full, since data would be lost
 * silently, and one whose user may not run what our scripts need, since they would fail half way.
 * @throws {UnavailableError} while it loads its data, or is a replica: another server may take its address.
 */
export async function checkServer(client: Redis, label: string, keyPrefix: string): Promise<void> {
  const answers = await client
    .pipeline()
    .info()
    .call(...accessCheck(keyPrefix))
    .exec();
  const [[refusal, answer] = [null, ""], [accessError, access] = [null, []]] = answers ?? [];
  if (refusal !== null) throw refusal;
  const info = String(answer);
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
  if (field(info, "role") === "slave") {
    throw new UnavailableError(`Cannot use Redis at ${label}: it must be a primary, it is a replica of another`);
  }
  if (accessError !== null && !accessError.message.startsWith("NOPERM ")) throw accessError;
  const refused = refusedAccess(access, keyPrefix);
  if (refused.length > 0) {
    throw new StorageError(
      `Cannot use Redis at ${label}: its user must be allowed ${refused.join(", ")}, it is not: scripts would fail half way`,
    );
  }
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}
