import { describe, expect, it } from "vitest";
import {
  ManualClock,
  MemoryFeed,
  MemoryProvider,
  type MemoryProviderOptions,
} from "../../../src/adapters/memory/index.ts";
import { isStrikewireError } from "../../../src/domain/errors.ts";
import { connectAndSubscribe } from "../../../src/workers/source/connect-and-subscribe.ts";
import { tradeEvent } from "../../support/entries.ts";

const TARGET = { url: "ws://feed.test/options", apiKey: "secret" };

function setUp(options: MemoryProviderOptions = {}) {
  const clock = new ManualClock();
  const feed = new MemoryFeed({ clock });
  const provider = new MemoryProvider(feed, options);
  return { clock, feed, provider };
}

describe("connectAndSubscribe", () => {
  it("hands out every frame of a link that is subscribed, statuses included, until it is closed", async () => {
    const ports = setUp();
    const stream = await connectAndSubscribe(TARGET, ["T.*", "Q.O:SPXW251223P06870000"], ports);
    const peer = await ports.feed.nextLink();
    expect([...ports.provider.topicsOf(peer)]).toEqual(["T.*", "Q.O:SPXW251223P06870000"]);
    const data = JSON.stringify([tradeEvent(ports.clock.now())]);
    peer.send(data);
    const frames: string[] = [];
    for await (const frame of stream) {
      frames.push(frame);
      if (frame === data) break;
    }
    expect(frames[0]).toContain('"connected"');
    expect(frames.at(-1)).toBe(data);
    expect(ports.feed.openLinks).toBe(0);
    expect(peer.closedByClient).toMatchObject({ code: 1000 });
    expect(ports.clock.pendingSleepers).toBe(0);
  });

  it("asks a silent peer for a sign of life, and gives up a dead one", async () => {
    const ports = setUp();
    const stream = await connectAndSubscribe(TARGET, ["T.*"], ports);
    const peer = await ports.feed.nextLink();
    await ports.clock.advance(60_000);
    expect(peer.pings).toBeGreaterThan(10);
    peer.answersPings = false;
    const ended = (async () => {
      for await (const _ of stream);
    })().catch((error: unknown) => error);
    await ports.clock.advance(60_000);
    expect(isStrikewireError(await ended, "STRIKEWIRE_WS")).toBe(true);
    expect(ports.clock.pendingSleepers).toBe(0);
  });

  it("rejects where the key is refused, and leaves nothing behind", async () => {
    const ports = setUp({ acceptsKey: () => false });
    const failed = connectAndSubscribe(TARGET, ["T.*"], ports);
    await expect(failed).rejects.toMatchObject({ code: "STRIKEWIRE_WS", reason: "auth_failed" });
    await expect(failed).rejects.not.toThrow("secret");
    expect(ports.feed.openLinks).toBe(0);
    expect(ports.clock.pendingSleepers).toBe(0);
  });

  it("rejects where no link comes about", async () => {
    const ports = setUp();
    ports.feed.refuse();
    await expect(connectAndSubscribe(TARGET, ["T.*"], ports)).rejects.toMatchObject({ reason: "unreachable" });
    expect(ports.clock.pendingSleepers).toBe(0);
  });

  it("rejects where a topic is never confirmed, and names it", async () => {
    const ports = setUp({ authorizes: (topic) => topic !== "Q.X" });
    const failed = connectAndSubscribe(TARGET, ["T.*", "Q.X"], ports).catch((error: unknown) => error);
    await ports.clock.advance(40_000);
    expect(String(await failed)).toContain("Q.X");
    expect(ports.feed.openLinks).toBe(0);
  });

  it("rejects with the reason of the signal, before the link and while it is made", async () => {
    const ports = setUp();
    await expect(connectAndSubscribe(TARGET, ["T.*"], ports, AbortSignal.abort("early"))).rejects.toBe("early");
    const stop = new AbortController();
    ports.feed.hang();
    const failed = connectAndSubscribe(TARGET, ["T.*"], ports, stop.signal);
    await ports.clock.advance(10);
    stop.abort("late");
    await expect(failed).rejects.toBe("late");
    expect(ports.feed.hangingAttempts).toBe(0);
  });

  it("ends the iteration when the signal aborts, and throws when the link breaks", async () => {
    for (const end of ["abort", "cut"] as const) {
      const ports = setUp();
      const stop = new AbortController();
      const stream = await connectAndSubscribe(TARGET, ["T.*"], ports, stop.signal);
      const peer = await ports.feed.nextLink();
      const ended = (async () => {
        for await (const _ of stream);
        return "ended";
      })().catch((error: unknown) => error);
      await ports.clock.advance(10);
      if (end === "abort") stop.abort();
      else peer.cut();
      await ports.clock.advance(2_000);
      if (end === "abort") expect(await ended).toBe("ended");
      else expect(await ended).toMatchObject({ code: "STRIKEWIRE_WS", reason: "broken" });
    }
  });

  it("refuses a URL without an asset class and a text that is no topic", async () => {
    const ports = setUp();
    await expect(connectAndSubscribe({ url: "ws://feed.test/", apiKey: "k" }, ["T.*"], ports)).rejects.toThrow(
      "'url' must end in /options, /stocks or /indices",
    );
    await expect(connectAndSubscribe(TARGET, ["T*"], ports)).rejects.toThrow(TypeError);
    expect(ports.feed.attempts).toBe(0);
  });
});
