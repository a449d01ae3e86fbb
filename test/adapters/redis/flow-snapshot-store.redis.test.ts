import { expect, it } from "vitest";
import { RedisFlowSnapshotStore } from "../../../src/adapters/redis/index.ts";
import { isStrikewireError } from "../../../src/domain/errors.ts";
import { sampleFlow } from "../../../src/testing/index.ts";
import { openPlainKeyspace } from "../../support/redis/plain-keyspace.ts";

it("a flow snapshot replaces no key of another type, and is announced only where it is stored", async () => {
  const { connection, keys, mistype, types, hear, close } = await openPlainKeyspace();
  const key = keys.of("flow", { UNDERLYING: "SPX" });
  const heard = await hear();
  await mistype(key);
  const before = await types();
  const store = new RedisFlowSnapshotStore(connection);
  await expect(store.putFlow(sampleFlow())).rejects.toSatisfy((error) => {
    return isStrikewireError(error, "STRIKEWIRE_STORAGE") && error.message.includes(key);
  });
  expect(await types()).toEqual(before);
  await store.putFlow(sampleFlow({ underlying: "NDX" }));
  await expect.poll(() => heard.map(([channel]) => channel)).toEqual(["massive:ws:snapshot:NDX"]);
  await close();
});
