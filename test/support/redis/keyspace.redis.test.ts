import { expect, it } from "vitest";
import { withClient } from "./connection.ts";
import { openKeyspace } from "./keyspace.ts";

it("a keyspace that is cleared leaves the keys of the others", async () => {
  const first = openKeyspace();
  const second = openKeyspace();
  await withClient(first.url, async (client) => {
    for (let n = 0; n < 3; n++) await client.mset(`${first.prefix}${n}`, "1", `${second.prefix}${n}`, "2");
    await first.clear();
    expect(await client.keys(`${first.prefix}*`)).toEqual([]);
    expect(await client.keys(`${second.prefix}*`)).toHaveLength(3);
    await second.clear();
    expect(await client.keys(`${second.prefix}*`)).toEqual([]);
  });
});
