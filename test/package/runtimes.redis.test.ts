import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openKeyspace } from "../support/redis/keyspace.ts";
import { BUN, denoWith, NODE, openProject, type Project, type Runtime } from "../support/runtimes.ts";

describe("the built package on a Redis", () => {
  let project: Project;
  let inMemory: unknown;
  beforeAll(async () => {
    project = openProject();
    inMemory = JSON.parse(await project.run(NODE, "replay.ts"));
  });
  afterAll(() => project.remove());

  it.each<[string, Runtime]>([
    ["Deno", denoWith("--allow-read", "--allow-net", "--allow-env")],
    ["Bun", BUN],
  ])("has in %s the outcome that Node has in memory", async (_, runtime) => {
    const { url, prefix, clear } = openKeyspace();
    try {
      expect(JSON.parse(await project.run(runtime, "redis.ts", url, prefix))).toEqual(inMemory);
    } finally {
      await clear();
    }
  });
});
