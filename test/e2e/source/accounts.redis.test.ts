import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { WsError } from "../../../src/domain/errors.ts";
import type { Fault } from "../../../src/simulator/index.ts";
import { LoggedSimulator } from "../../support/accounts/logged-simulator.ts";
import { settleAccounts } from "../../support/accounts/settle.ts";
import type { AccountSums } from "../../support/accounts/source-accounts.ts";
import { LiveHydrator, LiveSource, liveConfig } from "../../support/live-source.ts";
import { startFaultProxy } from "../../support/redis/fault-proxy.ts";
import { type Keyspace, openKeyspace } from "../../support/redis/keyspace.ts";
import { until } from "../../support/until.ts";

interface Outcome {
  readonly findings: readonly string[];
  readonly sums: AccountSums;
  /** What the source ended with. */
  readonly failure: unknown;
  readonly feed: LoggedSimulator;
}

/** Runs a source, with a hydrator, through what `act` does to its server, and settles the accounts. */
async function runThrough(
  keyspace: Keyspace,
  seed: number,
  act: (feed: LoggedSimulator, source: LiveSource) => Promise<unknown>,
  sourceRedisUrl: string = keyspace.url,
): Promise<Outcome> {
  const feed = await LoggedSimulator.start({ seed, eventsPerSecond: 600 });
  const hydrator = new LiveHydrator(keyspace);
  const source = new LiveSource({ ...keyspace, url: sourceRedisUrl }, liveConfig(feed.simulator.url));
  await feed.flows();
  await act(feed, source);
  await feed.simulator.close();
  await source.noticesTheEnd();
  const failure = await source.stop();
  await hydrator.finish();
  return { ...(await settleAccounts(feed.entries, keyspace)), failure, feed };
}

/** Injects one fault after the other, each when the one before had its effect. */
function injecting(...faults: readonly Fault[]): (feed: LoggedSimulator) => Promise<void> {
  return async (feed) => {
    const { simulator } = feed;
    for (const [index, fault] of faults.entries()) {
      if (index > 0) {
        await until("something waits", () =>
          simulator.connections().some(({ bufferedBytes }) => bufferedBytes > 2_000),
        );
      }
      simulator.inject(fault);
    }
    // A connection that is to end has ended.
    await feed.subscribed();
    await feed.flows();
  };
}

describe("a source over sockets, with its hydrator on a Redis", () => {
  let keyspace: Keyspace;
  beforeEach(() => {
    keyspace = openKeyspace();
  });
  afterEach(() => keyspace.clear());

  const again = { epochs: 2, gaps: { disconnect: 2 } };
  const once = { epochs: 1, gaps: { disconnect: 1 }, unsentPrints: 0, missingFrames: 0 };
  it.each<readonly [string, readonly Fault[], object]>([
    ["a cut", [{ kind: "cut" }], again],
    ["a close frame", [{ kind: "close", code: 1001 }], again],
    ["a stall whose pings are answered", [{ kind: "stall", forMs: 700, pings: "answered" }], once],
    ["a stall that ends in a cut", [{ kind: "stall", forMs: 60_000 }, { kind: "cut" }], again],
    ["a slow line", [{ kind: "slow", forMs: 500, bytesPerSecond: 5_000 }], once],
    ["a slow line that ends in a cut", [{ kind: "slow", forMs: 60_000, bytesPerSecond: 500 }, { kind: "cut" }], again],
    ["a forced disconnect", [{ kind: "forceDisconnect" }], again],
    ["an end as a slow consumer", [{ kind: "slowConsumer" }], { epochs: 2, gaps: { slow_consumer: 1, disconnect: 1 } }],
    ["a restart", [{ kind: "restart", downMs: 300 }], again],
    ["frames that are no JSON", [{ kind: "garbage", frames: 3 }], { epochs: 1, refusedFrames: 3, unsentPrints: 0 }],
    [
      "frames that were cut short",
      [{ kind: "garbage", form: "truncated", frames: 3 }],
      { epochs: 1, refusedFrames: 3 },
    ],
    ["frames that come twice", [{ kind: "duplicate", frames: 5 }], once],
  ])("balances through %s", async (_, faults, expected) => {
    const { findings, sums, failure } = await runThrough(keyspace, faults.length, injecting(...faults));
    expect(findings).toEqual([]);
    expect(failure).toBeUndefined();
    expect(sums).toMatchObject(expected);
    expect(sums.storedPrints).toBeGreaterThan(30);
    if (sums.epochs > 1) expect(sums.unsentPrints).toBeGreaterThan(0);
  });

  it("balances while the server refuses connections", async () => {
    const { findings, sums } = await runThrough(keyspace, 3, async (feed) => {
      feed.simulator.inject({ kind: "refuse", forMs: 300, how: "http" });
      feed.simulator.inject({ kind: "cut" });
      await until("it is refused", () => feed.entries.some(({ kind }) => kind === "rejected"));
      await feed.subscribed();
      await feed.flows();
    });
    expect(findings).toEqual([]);
    expect(sums).toMatchObject(again);
  });

  it("balances up to its end where the key is not accepted any more", async () => {
    const { failure, feed } = await runThrough(keyspace, 4, async ({ simulator }, source) => {
      simulator.inject({ kind: "rejectKeys", forMs: 60_000 });
      simulator.inject({ kind: "cut" });
      await source.ended;
    });
    const refused = feed.entries.findIndex((entry) => entry.kind === "frame" && entry.payload?.includes("auth_failed"));
    const { findings, sums } = await settleAccounts(feed.entries.slice(0, refused + 1), keyspace);
    expect(failure).toBeInstanceOf(WsError);
    expect(failure).toMatchObject({ reason: "auth_failed" });
    expect(findings).toEqual([]);
    expect(sums).toMatchObject({ epochs: 2, gaps: { disconnect: 1 } });
  });

  it("loses nothing and doubles nothing while its Redis is away, and loses answers", async () => {
    const proxy = await startFaultProxy(keyspace.url);
    const appends = { seen: 0, answersLost: 0 };
    // Carried out, and the answer is lost: every third append for a while.
    const isAppend = (name: string): boolean => name === "EVALSHA" || name === "EVAL";
    const act = async (feed: LoggedSimulator): Promise<void> => {
      proxy.fate = (name) => {
        if (!isAppend(name)) return "pass";
        appends.seen += 1;
        if (appends.seen % 3 !== 0) return "pass";
        appends.answersLost += 1;
        return "cut";
      };
      await until("answers are lost", () => appends.answersLost >= 5);
      proxy.fate = () => "drop";
      await feed.flows(50);
      proxy.fate = () => "pass";
      await feed.flows(50);
    };
    const { findings, sums, failure } = await runThrough(keyspace, 8, act, proxy.url);
    await proxy.close();
    expect(findings).toEqual([]);
    expect(failure).toBeUndefined();
    expect(sums).toMatchObject(once);
  });

  it("balances through one fault after the other", async () => {
    const { findings, sums } = await runThrough(keyspace, 5, async (feed) => {
      const faults: readonly Fault[] = [
        { kind: "garbage", form: "truncated" },
        { kind: "duplicate", frames: 3 },
        { kind: "cut" },
        { kind: "slow", forMs: 200, bytesPerSecond: 20_000 },
        { kind: "slowConsumer" },
        { kind: "garbage" },
        { kind: "stall", forMs: 300, pings: "answered" },
        { kind: "restart", downMs: 50 },
      ];
      for (const fault of faults) await injecting(fault)(feed);
    });
    expect(findings).toEqual([]);
    expect(sums).toMatchObject({ epochs: 4, gaps: { slow_consumer: 1, disconnect: 3, quarantine: 2 } });
  });
});

describe("the accounts", () => {
  const keyspace = openKeyspace();
  const plain = new Redis(keyspace.url);
  const key = (name: string): string => keyspace.prefix + name;
  let feed: LoggedSimulator;
  let trades: string;

  beforeAll(async () => {
    const outcome = await runThrough(keyspace, 6, async (running) => {
      await injecting({ kind: "cut" })(running);
      await injecting({ kind: "garbage" })(running);
    });
    feed = outcome.feed;
    expect(outcome.findings).toEqual([]);
    [trades = ""] = await plain.keys(key("massive:trades:*"));
  });
  afterAll(async () => {
    await keyspace.clear();
    plain.disconnect();
  });

  /** Does something to a key, settles the accounts, and puts the key back. */
  async function settleAfter(name: string, change: (key: string) => Promise<unknown>): Promise<readonly string[]> {
    const backup = `${keyspace.prefix}backup`;
    await plain.copy(name, backup, "REPLACE");
    await change(name);
    const { findings } = await settleAccounts(feed.entries, keyspace);
    await plain.copy(backup, name, "REPLACE");
    await plain.del(backup);
    return findings;
  }

  /** An entry in the middle of a stream, of those that `isChosen` accepts. */
  async function middle(
    name: string,
    isChosen: (fields: readonly string[]) => boolean = () => true,
  ): Promise<readonly [id: string, fields: string[]]> {
    const entries = (await plain.xrange(name, "-", "+")).filter(([, fields]) => isChosen(fields));
    const entry = entries[Math.floor(entries.length / 2)];
    if (entry === undefined) throw new Error("Cannot tamper: an entry is required");
    return entry;
  }

  const isPrints = (fields: readonly string[]): boolean => fields.some((text) => text.includes('"T"'));
  const isControl = (kind: string) => (fields: readonly string[]) => fields[fields.indexOf("kind") + 1] === kind;

  it("miss a print that is removed", async () => {
    const findings = await settleAfter(trades, async (name) => plain.xdel(name, (await middle(name))[0]));
    expect(findings).toEqual([expect.stringMatching(/^print O:\S+ .*: stored 0 times, received 1 times$/)]);
  });

  it("find a print that is there twice", async () => {
    const findings = await settleAfter(trades, async (name) => plain.xadd(name, "*", ...(await middle(name))[1]));
    expect(findings).toEqual([expect.stringMatching(/^print O:\S+ .*: stored 2 times, received 1 times$/)]);
  });

  it("find a print that is made up, or marked as a duplicate", async () => {
    const withField = (field: string, value: string) => async (name: string) => {
      const [id, fields] = await middle(name);
      fields[fields.indexOf(field) + 1] = value;
      await plain.xdel(name, id);
      await plain.xadd(name, "*", ...fields);
    };
    expect(await settleAfter(trades, withField("p", "0.07"))).toHaveLength(2);
    expect(await settleAfter(trades, withField("flags", "late dup"))).toEqual([
      expect.stringMatching(/: marked as a duplicate 1 times, is one 0 times$/),
    ]);
  });

  it("miss a frame that is removed: it leaves a hole, its prints are of nothing, and no gap tells it", async () => {
    const findings = await settleAfter(key("massive:ws:stream"), async (name) => {
      await plain.xdel(name, (await middle(name, isPrints))[0]);
    });
    expect(findings).toContainEqual(expect.stringMatching(/^raw options\/0\/\d+\/\d+ frame: behind \d+$/));
    expect(findings).toContainEqual(expect.stringMatching(/^feed frame at \d+: in no gap$/));
    expect(findings).toContainEqual(expect.stringMatching(/stored 1 times, received 0 times$/));
    expect(findings).toContainEqual(expect.stringMatching(/^analytics: frames is /));
  });

  it("miss the last frame before a gap, which would have hidden it", async () => {
    const findings = await settleAfter(key("massive:ws:stream"), async (name) => {
      const entries = await plain.xrange(name, "-", "+");
      const closed = entries.findIndex(([, fields]) => isControl("closed")(fields));
      const last = entries[closed - 1];
      if (last === undefined) throw new Error("Cannot tamper: an end is required");
      await plain.xdel(name, last[0]);
    });
    expect(findings).toContainEqual(expect.stringMatching(/^raw options\/0\/\d+\/\d+ closed: behind \d+$/));
    expect(findings).toContainEqual(expect.stringMatching(/stored 1 times, received 0 times$/));
  });

  it("find a frame that is there twice", async () => {
    const findings = await settleAfter(key("massive:ws:stream"), async (name) => {
      await plain.xadd(name, "*", ...(await middle(name, isPrints))[1]);
    });
    expect(findings).toContainEqual(expect.stringMatching(/^raw options\/0\/\d+\/\d+ frame: behind \d+$/));
    expect(findings).toContainEqual(expect.stringMatching(/frame: not sent, or not in this order$/));
  });

  it("find a frame that is not as it was sent", async () => {
    const findings = await settleAfter(key("massive:ws:stream"), async (name) => {
      const entries = await plain.xrange(name, "-", "+");
      const [changed] = await middle(name, isPrints);
      await plain.del(name);
      for (const [id, fields] of entries) {
        if (id === changed) fields[fields.indexOf("payload") + 1] += " ";
        await plain.xadd(name, id, ...fields);
      }
    });
    expect(findings).toContainEqual(expect.stringMatching(/frame: not sent, or not in this order$/));
    expect(findings).toContainEqual(expect.stringMatching(/^feed frame at \d+: in no gap$/));
  });

  it("find control entries out of order", async () => {
    const findings = await settleAfter(key("massive:ws:stream"), async (name) => {
      await plain.xdel(name, (await middle(name, isControl("connected")))[0]);
    });
    expect(findings).toContainEqual(expect.stringMatching(/^raw options\/0\/\d+\/2 frame: behind 0$/));
  });

  it("miss a gap that is removed, whatever its cause", async () => {
    for (const cause of ["disconnect", "quarantine"]) {
      const findings = await settleAfter(key("massive:ws:gaps"), async (name) => {
        for (const [id, fields] of await plain.xrange(name, "-", "+"))
          if (fields.includes(cause)) await plain.xdel(name, id);
      });
      expect(findings).toContainEqual(expect.stringMatching(/: in no gap$/));
    }
  });

  it("find a gap whose bounds are not true", async () => {
    const findings = await settleAfter(key("massive:ws:gaps"), async (name) => {
      const [id, fields] = await middle(name, (texts) => texts.includes("disconnect"));
      const at = fields.indexOf("from_ts") + 1;
      fields[at] = String(Number(fields[at]) + 0.0305);
      await plain.xdel(name, id);
      await plain.xadd(name, "*", ...fields);
    });
    expect(findings).toContainEqual(expect.stringMatching(/: in the raw stream only$/));
    expect(findings).toContainEqual(expect.stringMatching(/: begins with no receipt$/));
  });
});
