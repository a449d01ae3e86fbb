import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManualClock, MemoryFeed, type MemoryFeedOptions, MemoryProvider } from "../../../src/adapters/memory/index.ts";
import { ConnectionMachine } from "../../../src/domain/connection/connection-machine.ts";
import { DEFAULT_CONNECTION_OPTIONS } from "../../../src/domain/connection/connection-options.ts";
import type { ConnectionEvent, ConnectionReport } from "../../../src/domain/connection/connection-protocol.ts";
import { seededRandom } from "../../../src/domain/random.ts";
import { parsePayload } from "../../../src/domain/wire/parse-payload.ts";
import type { FeedConnector, FeedLink, FeedSink } from "../../../src/ports/feed-connector.ts";
import { ConnectionDriver } from "../../../src/workers/source/connection-driver.ts";

const URL = "wss://feed.test/options";

/** A link that is told about before its promise is kept: what its sink hears comes first. */
class EarlyFeed implements FeedConnector {
  readonly #feed: FeedConnector;
  readonly #early: (sink: FeedSink) => void;
  readonly #clock: ManualClock;

  constructor(feed: FeedConnector, clock: ManualClock, early: (sink: FeedSink) => void) {
    this.#feed = feed;
    this.#clock = clock;
    this.#early = early;
  }

  async connect(url: string, sink: FeedSink, signal: AbortSignal): Promise<FeedLink> {
    const link = await this.#feed.connect(url, sink, signal);
    this.#early(sink);
    await this.#clock.sleep(50);
    return link;
  }
}

function driverOf(options: { readonly feed?: MemoryFeedOptions; readonly early?: (sink: FeedSink) => void } = {}) {
  const clock = new ManualClock();
  const feed = new MemoryFeed({ clock, ...options.feed });
  const provider = new MemoryProvider(feed);
  const machine = new ConnectionMachine(
    {
      ...DEFAULT_CONNECTION_OPTIONS,
      connection: { class: "options", shard: 0 },
      backoff: { ...DEFAULT_CONNECTION_OPTIONS.backoff, jitter: 0 },
    },
    seededRandom(1),
  );
  const heard: string[] = [];
  const reports: ConnectionReport[] = [];
  const failures: string[] = [];
  let asks = 0;
  let isEnded = false;
  const step = (event: ConnectionEvent) => driver.step(event, clock.now(), clock.monotonic());
  const connector = options.early === undefined ? feed : new EarlyFeed(feed, clock, options.early);
  const driver: ConnectionDriver = new ConnectionDriver(
    machine,
    { url: URL, apiKey: "secret" },
    { feed: connector, clock },
    {
      happened: (event) => {
        heard.push(event.kind);
        if (!isEnded) step(event);
      },
      received: (epoch, payload) => {
        heard.push(`frame ${payload}`);
        const parsed = parsePayload(payload, { onInvalid: "quarantine" });
        if (!machine.accepts(epoch)) return;
        step({ kind: "frame", epoch, carriesData: false });
        if (parsed.ok) step({ kind: "statuses", epoch, statuses: parsed.statuses });
      },
      record: (_, entry) => heard.push(`record ${entry.kind}`),
      report: (report) => reports.push(report),
      asked: () => {
        asks += 1;
      },
      shed: () => heard.push("shed"),
      fail: (reason) => failures.push(reason),
    },
  );
  const start = async () => {
    step({ kind: "wanted", topics: ["T.*"] });
    step({ kind: "started", afterEpoch: undefined, absentSinceAtMs: undefined });
    await clock.advance(0);
  };
  /** As whoever drives it does when its own work has ended: nothing is told to the machine any more. */
  const end = () => {
    isEnded = true;
    driver.end();
  };
  return { clock, feed, provider, machine, end, step, start, heard, reports, failures, asks: () => asks };
}

describe("ConnectionDriver", () => {
  it("connects, authenticates, subscribes, and pings a link that is silent", async () => {
    const { clock, feed, provider, machine, end, start, asks } = driverOf();
    await start();
    const peer = await feed.nextLink();
    await clock.advance(1);
    expect([machine.phase, peer.url, [...provider.topicsOf(peer)], asks()]).toEqual(["streaming", URL, ["T.*"], 1]);
    expect(peer.received).toEqual(['{"action":"auth","params":"secret"}', '{"action":"subscribe","params":"T.*"}']);
    await clock.advance(5_000);
    expect(peer.pings).toBeGreaterThan(1);
    end();
    await clock.advance(0);
    expect([clock.pendingSleepers, feed.openLinks]).toEqual([0, 0]);
    expect(peer.closedByClient).toEqual({ code: 1000, reason: "" });
  });

  it("takes the key out of what the provider says", async () => {
    const { machine, end, step, start, reports } = driverOf();
    await start();
    step({ kind: "statuses", epoch: machine.epoch, statuses: [{ status: "news", message: "key secret is old" }] });
    expect(reports).toMatchObject([{ kind: "unknownStatus", message: "key (the key) is old" }]);
    end();
  });

  it("does not ping where the runtime cannot", async () => {
    const { clock, feed, end, start } = driverOf({ feed: { ping: false } });
    await start();
    const peer = await feed.nextLink();
    await clock.advance(10_000);
    expect(peer.pings).toBe(0);
    end();
  });

  it("keeps what a link says before it is there, and tells it behind the opening, in order", async () => {
    const early = (sink: FeedSink): void => {
      sink.frame("[1]");
      sink.alive();
      sink.frame("[2]");
      sink.closed({ code: 1006, reason: "early", error: undefined });
    };
    const { clock, end, start, heard } = driverOf({ early });
    await start();
    expect(heard).toEqual([]);
    await clock.advance(50);
    const told = heard.filter((line) => !line.startsWith("record") && !line.includes("status"));
    expect(told).toEqual(["opened", "frame [1]", "alive", "frame [2]", "closed"]);
    end();
    await clock.advance(0);
    expect(clock.pendingSleepers).toBe(0);
  });

  it("gives up an attempt that takes too long, and tries again only when it is gone", async () => {
    const { clock, feed, machine, end, start, reports } = driverOf();
    feed.hang();
    await start();
    await clock.advance(14_999);
    expect([feed.hangingAttempts, machine.phase]).toEqual([1, "connecting"]);
    await clock.advance(1);
    expect([feed.hangingAttempts, feed.attempts, machine.phase]).toEqual([0, 1, "backingOff"]);
    expect(reports).toMatchObject([{ kind: "disconnected", reason: "unreachable", retryInMs: 1_000 }]);
    await clock.advance(1_001);
    expect([feed.attempts, machine.phase]).toEqual([2, "streaming"]);
    end();
    await clock.advance(0);
    expect([clock.pendingSleepers, feed.openLinks]).toEqual([0, 0]);
  });

  it("closes a link that comes after its attempt was given up", async () => {
    const { clock, feed, machine, end, step, start } = driverOf({ early: () => undefined });
    await start();
    expect(feed.openLinks).toBe(1);
    step({ kind: "stop" });
    expect(machine.phase).toBe("closing");
    await clock.advance(60);
    expect([machine.phase, feed.openLinks, clock.pendingSleepers]).toEqual(["stopped", 0, 0]);
    end();
  });

  it("is told why an attempt failed", async () => {
    const { clock, feed, end, start, reports } = driverOf();
    feed.refuse(new Error("nobody listens"));
    feed.refuse("a text");
    await start();
    await clock.advance(1_000);
    expect(reports).toMatchObject([
      { message: expect.stringContaining("nobody listens") },
      { message: expect.stringContaining("a text") },
    ]);
    end();
    await clock.advance(0);
    expect(clock.pendingSleepers).toBe(0);
  });

  it("says that a key is refused, and tries no more", async () => {
    const { clock, feed, failures, machine, start } = driverOf();
    feed.onLink((peer) => peer.send('[{"ev":"status","status":"auth_failed","message":"authentication failed"}]'));
    await start();
    await clock.advance(60_000);
    expect([failures, machine.phase, feed.attempts]).toEqual([["auth_failed"], "stopped", 1]);
    expect([clock.pendingSleepers, feed.openLinks]).toEqual([0, 0]);
  });

  it("ends within a second though the peer does not answer", async () => {
    const { clock, feed, machine, step, start } = driverOf();
    await start();
    const peer = await feed.nextLink();
    peer.answersClose = false;
    await clock.advance(1);
    step({ kind: "stop" });
    await clock.advance(999);
    expect([machine.phase, feed.openLinks]).toEqual(["closing", 1]);
    await clock.advance(1);
    expect([machine.phase, feed.openLinks, clock.pendingSleepers]).toEqual(["stopped", 0, 0]);
  });

  it("leaves nothing behind, wherever it is ended, and never has two links", async () => {
    const happening = fc.record({
      what: fc.constantFrom("cut", "close", "refuse", "hang", "release", "frame", "want", "silence", "wait"),
      ms: fc.nat({ max: 20_000 }),
    });
    const ending = fc.constantFrom("end", "stop");
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 12 }), ending, async (happenings, how) => {
        const { clock, feed, machine, end, step, start } = driverOf();
        await start();
        for (const { what, ms } of happenings) {
          const peer = feed.links.at(-1);
          if (what === "cut") peer?.cut();
          else if (what === "close") peer?.close(1008);
          else if (what === "refuse") feed.refuse();
          else if (what === "hang") feed.hang();
          else if (what === "release") feed.release();
          else if (what === "frame") peer?.send("[]");
          else if (what === "want") step({ kind: "wanted", topics: ["T.*", `Q.A${ms}`] });
          else if (what === "silence" && peer !== undefined) peer.answersPings = false;
          await clock.advance(ms);
          expect(feed.openLinks + feed.hangingAttempts).toBeLessThanOrEqual(1);
        }
        if (how === "stop") {
          step({ kind: "stop" });
          await clock.advance(1_000);
          expect(machine.phase).toBe("stopped");
        } else {
          end();
          await clock.advance(0);
          end();
        }
        await clock.advance(0);
        expect([feed.openLinks, feed.hangingAttempts]).toEqual([0, 0]);
        expect(clock.pendingSleepers).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
