import { expect, it } from "vitest";
import { ManualClock, MemoryFeed, MemoryProvider } from "../../../src/adapters/memory/index.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import { ConnectionManager } from "../../../src/workers/source/connection-manager.ts";
import { SAMPLE_MS } from "../../support/entries.ts";

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);

it.each(SEEDS)("waits of broken milliseconds end, and so does what follows from them (seed %d)", async (seed) => {
  const clock = new ManualClock(SAMPLE_MS);
  const feed = new MemoryFeed({ clock });
  new MemoryProvider(feed);
  const config = { apiKey: "secret", wsResources: ["options_trades"] as const };
  const manager = new ConnectionManager(config, { feed, clock, random: seededRandom(seed) });
  const stop = new AbortController();
  const running = (async () => {
    for await (const _ of manager.runAll(stop.signal));
  })();
  for (let cuts = 0; cuts < 3; cuts++) {
    const peer = await feed.nextLink();
    await clock.advance(100);
    peer.cut();
    await clock.advance(10_000);
  }
  stop.abort();
  await clock.advance(1_000);
  await running;
  expect(clock.monotonic()).toBe(3 * 10_100 + 1_000);
});
