import { randomUUID } from "node:crypto";
import { inject } from "vitest";
import { withClient } from "./connection.ts";
// Declares what is injected.
import type {} from "./global-setup.ts";

/** A part of the run's Redis that nobody else uses. */
export interface Keyspace {
  readonly url: string;
  /** What every key and channel of the test must begin with. */
  readonly prefix: string;
  /** Removes the keys that begin with the prefix. The server may be somebody's: other keys are not touched. */
  clear(): Promise<void>;
}

/** A part of the run's Redis for one test, or one file of tests. */
export function openKeyspace(): Keyspace {
  const { url } = inject("redis");
  const prefix = `strikewire-test:${randomUUID()}:`;
  return {
    url,
    prefix,
    clear: () =>
      withClient(url, async (client) => {
        for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
          if (keys.length > 0) await client.unlink(...keys);
        }
      }),
  };
}
