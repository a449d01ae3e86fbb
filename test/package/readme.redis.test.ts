import { once } from "node:events";
import { expect, it } from "vitest";
import { openRedis } from "../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { openKeyspace } from "../support/redis/keyspace.ts";
import { until } from "../support/until.ts";
import { exampleOutput, withRunningExample } from "./readme-example.ts";

it("the page on host services has an example on a Redis that runs, hears what is announced, and ends by itself", async () => {
  const { url, prefix, clear } = openKeyspace();
  try {
    const printed = await exampleOutput(
      "await redis.connection.ready()",
      (code) => code.replace("redis://127.0.0.1:6379", url).replace('keyPrefix: "host:"', `keyPrefix: "${prefix}"`),
      "docs/host-service.md",
    );
    expect(printed).toMatch(/^listening$/m);
    expect(printed).toMatch(/underlying: 'SPX', expiration: '2025-12-23'/);
  } finally {
    await clear();
  }
});

it("the README has a reader of models that hears what is announced, and ends with Ctrl-C", async () => {
  const { url, prefix, clear } = openKeyspace();
  const redis = openRedis({ url, keyPrefix: prefix, clock: SYSTEM_CLOCK });
  const none = { oldest_ts: null, newest_ts: null, contracts: 0 };
  const asOf = { spot_ts: null, quotes: none, trades: none, greeks: none };
  const days = { oldest_day: null, newest_day: null, contracts: 0 };
  const message = {
    ...{
      model: "gex",
      version: 1,
      symbol: "SPX",
      epoch: null,
      ts: 1_766_437_799,
      status: "none",
      reasons: ["no_epoch"],
    },
    ...{ spot_pts: null, as_of: { ...asOf, open_interest: days }, contracts: 0, data: null },
  };
  try {
    await redis.connection.ready();
    await withRunningExample(
      'modelChannel("gex", "SPX")',
      (code) => code.replace("redis://127.0.0.1:6379", url).replace('keyPrefix: "live:"', `keyPrefix: "${prefix}"`),
      async (child, printed) => {
        await until("a message is heard", async () => {
          await redis.models.put("gex", "SPX", message);
          return printed() !== "";
        });
        expect(printed()).toMatch(/^(none no_epoch\n)+$/);
        const ended = once(child, "exit");
        child.kill("SIGINT");
        expect((await ended)[0]).toBe(0);
      },
    );
  } finally {
    await redis.close();
    await clear();
  }
});
