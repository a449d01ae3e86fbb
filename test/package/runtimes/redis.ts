import { openCapture } from "strikewire/capture";
import { openRedis } from "strikewire/redis";
import { SYSTEM_CLOCK } from "strikewire/system";
import { outcomeOf } from "./outcome.ts";

const [, , url = "", keyPrefix = ""] = process.argv;
const redis = openRedis({ url, keyPrefix, clock: SYSTEM_CLOCK, maxTradesPerStream: 100_000 });
await redis.connection.ready();
console.log(await outcomeOf(redis, openCapture("captures/synthetic.jsonl")));
await redis.close();
