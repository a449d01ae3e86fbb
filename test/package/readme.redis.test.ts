import { expect, it } from "vitest";
import { openKeyspace } from "../support/redis/keyspace.ts";
import { exampleOutput } from "./readme-example.ts";

it("the README has an example on a Redis that runs, hears what is announced, and ends by itself", async () => {
  const { url, prefix, clear } = openKeyspace();
  try {
    const printed = await exampleOutput("await redis.connection.ready()", (code) =>
      code.replace("redis://127.0.0.1:6379", url).replace('keyPrefix: "host:"', `keyPrefix: "${prefix}"`),
    );
    expect(printed).toMatch(/^listening$/m);
    expect(printed).toMatch(/underlying: 'SPX', expiration: '2025-12-23'/);
  } finally {
    await clear();
  }
});
