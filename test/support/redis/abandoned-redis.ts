/** Starts a Redis, prints its address and does nothing more: a test kills it before it can tidy up. */
import { startOwnRedis } from "./test-redis.ts";

const { url } = await startOwnRedis();
process.stdout.write(`${url}\n`);
setInterval(() => undefined, 60_000);
