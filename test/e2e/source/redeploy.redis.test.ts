import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LoggedSimulator } from "../../support/accounts/logged-simulator.ts";
import { settleAccounts } from "../../support/accounts/settle.ts";
import { LiveHydrator, LiveSource, liveConfig } from "../../support/live-source.ts";
import { type Keyspace, openKeyspace } from "../../support/redis/keyspace.ts";
import { type SourceChild, startSourceChild } from "../../support/source-child.ts";
import { until } from "../../support/until.ts";

/** Events a second, half of them trades. */
const LOAD = 4_000;

let keyspace: Keyspace;
let ends: (() => Promise<unknown>)[];
beforeEach(() => {
  keyspace = openKeyspace();
  ends = [() => keyspace.clear()];
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
});

async function startFeed(options: Parameters<typeof LoggedSimulator.start>[0]): Promise<LoggedSimulator> {
  const feed = await LoggedSimulator.start(options);
  ends.push(() => feed.simulator.close());
  return feed;
}

/** Starts a source in a process of its own, and waits until prints come to it. */
async function startChild(
  feed: LoggedSimulator,
): Promise<{ readonly child: SourceChild; readonly connection: number }> {
  const before = feed.latest;
  const { url, prefix } = keyspace;
  const child = startSourceChild({ url, prefix, config: liveConfig(feed.simulator.url) });
  ends.push(() => child.kill());
  await until("it connects", () => feed.latest > before);
  const connection = feed.latest;
  await feed.flows(50, connection);
  return { child, connection };
}

function endings(feed: LoggedSimulator) {
  return feed.entries.flatMap((entry) => (entry.kind === "closed" ? [[entry.connection, entry.reason]] : []));
}

describe("a redeploy at load", () => {
  /** Ends the server, then the source, and settles the accounts. */
  async function finish(feed: LoggedSimulator, hydrator: LiveHydrator, last: SourceChild) {
    await feed.flows(50);
    await feed.simulator.close();
    await until("it notices", () => last.lines.some(({ fields }) => fields["reason"] === "maintenance"));
    expect(await last.terminate()).toBe(0);
    await hydrator.finish();
    return settleAccounts(feed.entries, keyspace);
  }

  it("counts nothing twice and tells every loss, where the new process takes over and the old one then drains", async () => {
    const feed = await startFeed({ seed: 1, eventsPerSecond: LOAD });
    const hydrator = new LiveHydrator(keyspace);
    const old = await startChild(feed);
    const young = await startChild(feed);
    const isEvicted = ({ message }: { readonly message: string }): boolean => message.startsWith("Another process");
    await until("the old one says why", () => old.child.lines.some(isEvicted));
    expect(await old.child.terminate()).toBe(0);
    const { findings, sums } = await finish(feed, hydrator, young.child);
    expect(findings).toEqual([]);
    expect(sums).toMatchObject({ epochs: 2, gaps: { eviction: 1, absence: 1, disconnect: 1 } });
    expect(sums.storedPrints).toBeGreaterThan(500);
    // No fight: each was ended once, the old one by the eviction.
    expect(endings(feed)).toEqual([
      [old.connection, "evicted"],
      [young.connection, "shutdown"],
    ]);
    expect(feed.latest).toBe(young.connection);
  });

  it("counts nothing twice and tells every loss, where the old process drains first", async () => {
    const feed = await startFeed({ seed: 2, eventsPerSecond: LOAD });
    const hydrator = new LiveHydrator(keyspace);
    const old = await startChild(feed);
    expect(await old.child.terminate()).toBe(0);
    const young = await startChild(feed);
    const { findings, sums } = await finish(feed, hydrator, young.child);
    expect(findings).toEqual([]);
    expect(sums).toMatchObject({ epochs: 2, gaps: { absence: 1, disconnect: 1 } });
    expect(sums.unsentPrints).toBeGreaterThan(100);
  });

  it("counts nothing twice and tells every loss, where the old process is killed", async () => {
    const feed = await startFeed({ seed: 3, eventsPerSecond: LOAD });
    const hydrator = new LiveHydrator(keyspace);
    const old = await startChild(feed);
    await old.child.kill();
    const young = await startChild(feed);
    const { findings, sums } = await finish(feed, hydrator, young.child);
    expect(findings).toEqual([]);
    expect(sums).toMatchObject({ epochs: 2, gaps: { absence: 1, disconnect: 1 } });
  });

  it("counts nothing twice and tells every loss, where the old process is killed as it is evicted", async () => {
    const feed = await startFeed({ seed: 4, eventsPerSecond: LOAD });
    const hydrator = new LiveHydrator(keyspace);
    const old = await startChild(feed);
    let killed: Promise<void> | undefined;
    feed.simulator.log.listen((entry) => {
      if (entry.kind === "closed" && entry.connection === old.connection) killed ??= old.child.kill();
    });
    const young = await startChild(feed);
    await until("the old one is killed", () => killed !== undefined);
    await killed;
    const { findings, sums } = await finish(feed, hydrator, young.child);
    expect(findings).toEqual([]);
    expect(sums.epochs).toBe(2);
    expect(sums.gaps).toHaveProperty("absence", 1);
  });

  it("marks what both processes bring, where the account allows two connections", async () => {
    const feed = await startFeed({ seed: 5, eventsPerSecond: LOAD, connectionsPerClass: 2 });
    const hydrator = new LiveHydrator(keyspace);
    const old = await startChild(feed);
    const young = await startChild(feed);
    await feed.flows(50, old.connection);
    expect(await old.child.terminate()).toBe(0);
    const { findings, sums } = await finish(feed, hydrator, young.child);
    expect(findings).toEqual([]);
    expect(sums.duplicatePrints).toBeGreaterThan(100);
  });
});

describe("two managers on one account", () => {
  it("do not fight: the loser leaves the slot alone and says so", async () => {
    const feed = await startFeed({ seed: 6, eventsPerSecond: 1_000 });
    const hydrator = new LiveHydrator(keyspace);
    const loser = new LiveSource(keyspace, liveConfig(feed.simulator.url));
    await feed.flows();
    const winner = new LiveSource(keyspace, liveConfig(feed.simulator.url));
    await until("the first is evicted", () => loser.manager.workers[0]?.phase === "backingOff");
    await until("the second takes over", () => winner.manager.workers[0]?.phase === "streaming");
    const advice = loser.logger.entries.filter(({ level }) => level === "warn");
    expect(advice).toMatchObject([
      {
        message: expect.stringMatching(
          /^Another process of this account holds the connection slot for options: stop it, or raise the account's limit/,
        ),
        fields: { reason: "evicted", connection: "options/0" },
      },
    ]);
    // Where it would come back as after any other loss, at 50 ms, 100 ms, …, it would have done so many times by now.
    expect(advice[0]?.fields["retry_in_ms"]).toBeGreaterThanOrEqual(60_000);
    const takenOverAtMs = Date.now();
    await until("a few seconds of the feed", () => {
      const last = feed.entries.findLast((entry) => entry.kind === "frame" && entry.events > 0);
      return (last?.atMs ?? 0) >= takenOverAtMs + 3_000;
    });
    expect(loser.manager.workers[0]?.phase).toBe("backingOff");
    expect(feed.latest).toBe(2);
    expect(winner.logger.entries.filter(({ level }) => level === "warn")).toEqual([]);

    await feed.simulator.close();
    await winner.noticesTheEnd();
    expect(await loser.stop()).toBeUndefined();
    expect(await winner.stop()).toBeUndefined();
    await hydrator.finish();
    const { findings, sums, analytics } = await settleAccounts(feed.entries, keyspace);
    expect(findings).toEqual([]);
    expect(analytics).toMatchObject({ evicted_connections: "1", connects: "2" });
    expect(sums).toMatchObject({ epochs: 2 });
  });
});
