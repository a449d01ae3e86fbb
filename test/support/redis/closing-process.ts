/**
 * Uses every way there is to a Redis, closes it when it is told to, and must come to its end by itself then: whatever keeps
 * it alive is a handle that was left open.
 */
import { once } from "node:events";
import { openRedis } from "../../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system/index.ts";
import { isStrikewireError } from "../../../src/domain/errors.ts";

const [url = "", keyPrefix = ""] = process.argv.slice(2);
const times = { commandTimeoutMs: 300, connectTimeoutMs: 300, reconnectMs: 10, reconnectMaxMs: 50 };
const redis = openRedis({ url, keyPrefix, clock: SYSTEM_CLOCK, ...times });
const forever = new AbortController().signal;
const failures: unknown[] = [];
const note = (error: unknown): void => void failures.push(error);

// Some of these wait for a server, or for what it will never say.
void redis.connection.ready().catch(note);
void redis.bus.subscribe("channel", () => undefined, forever).catch(note);
void redis.log.read("0-0", 1, 600_000, forever).catch(note);
await redis.log.storedSeq("p").catch(note);
process.stdout.write("working\n");

process.stdin.setEncoding("utf8");
await once(process.stdin, "data");
process.stdin.destroy();
void redis.store.cursors().catch(note);
await Promise.all([redis.close(), redis.close()]);
await redis.store.cursors().catch(note);
for (const failure of failures) if (!isStrikewireError(failure)) throw failure;
process.stdout.write("closed\n");
