import type { TestProject } from "vitest/node";
import type { RedisKind } from "./redis-source.ts";
import { startTestRedis } from "./test-redis.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The one Redis of a test run. Files use it side by side: each within keys of its own. */
    readonly redis: { readonly url: string; readonly kind: RedisKind; readonly version: string };
  }
}

/** Runs once, before the first test that needs a Redis. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const redis = await startTestRedis().catch((error: unknown) => {
    // Where it was thrown tells the reader nothing that its message does not.
    if (error instanceof Error) error.stack = error.message;
    throw error;
  });
  project.vitest.logger.log(redis.description);
  project.provide("redis", { url: redis.url, kind: redis.kind, version: redis.version });
  return () => redis.stop();
}
