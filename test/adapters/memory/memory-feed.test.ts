import { describe, expect, it } from "vitest";
import { ManualClock, MemoryFeed, MemoryProvider } from "../../../src/adapters/memory/index.ts";
import { authRequest, subscriptionRequest } from "../../../src/domain/connection/subscription-request.ts";
import { WsError } from "../../../src/domain/errors.ts";
import type { FeedSink } from "../../../src/ports/feed-connector.ts";

const URL_OF_FEED = "wss://feed.test/options";

/** A sink that writes down what it hears. */
function listen(): { readonly sink: FeedSink; readonly heard: unknown[] } {
  const heard: unknown[] = [];
  const sink: FeedSink = {
    open: () => heard.push("open"),
    frame: (payload) => heard.push(typeof payload === "string" ? JSON.parse(payload) : payload),
    alive: () => heard.push("alive"),
    closed: (how) => heard.push(how),
  };
  return { sink, heard };
}

const never = (): AbortSignal => new AbortController().signal;
const status = (name: string, message: string) => ({ ev: "status", status: name, message });

describe("a memory feed", () => {
  it("refuses as often as it was told to, then accepts", async () => {
    const feed = new MemoryFeed();
    feed.refuse();
    feed.refuse(new Error("own"), 2);
    const { sink, heard } = listen();
    const attempt = () => feed.connect(URL_OF_FEED, sink, never());
    await expect(attempt()).rejects.toBeInstanceOf(WsError);
    await expect(attempt()).rejects.toThrow("own");
    await expect(attempt()).rejects.toThrow("own");
    await attempt();
    expect(heard).toEqual(["open"]);
    expect(feed.attempts).toBe(4);
    expect(feed.openLinks).toBe(1);
  });

  it("lets attempts that hang succeed when it is told to, and forgets those that were given up", async () => {
    const feed = new MemoryFeed();
    feed.hang(2);
    const { sink, heard } = listen();
    const controller = new AbortController();
    const givenUp = feed.connect(URL_OF_FEED, sink, controller.signal);
    const patient = feed.connect(URL_OF_FEED, sink, never());
    expect(feed.hangingAttempts).toBe(2);
    controller.abort(new Error("given up"));
    await expect(givenUp).rejects.toThrow("given up");
    expect(heard).toEqual([]);
    feed.release();
    await patient;
    expect(heard).toEqual(["open"]);
    expect(feed.hangingAttempts).toBe(0);
  });

  it("gives each link to one caller of nextLink, before or after it is there", async () => {
    const feed = new MemoryFeed();
    const early = feed.nextLink();
    await feed.connect(`${URL_OF_FEED}/1`, listen().sink, never());
    await feed.connect(`${URL_OF_FEED}/2`, listen().sink, never());
    expect((await early).url).toBe(`${URL_OF_FEED}/1`);
    expect((await feed.nextLink()).url).toBe(`${URL_OF_FEED}/2`);
  });

  it("ends an unanswered close after a second of its clock", async () => {
    const clock = new ManualClock();
    const feed = new MemoryFeed({ clock });
    const { sink, heard } = listen();
    const link = await feed.connect(URL_OF_FEED, sink, never());
    const peer = await feed.nextLink();
    peer.answersClose = false;
    link.close(1000, "bye");
    await clock.advance(999);
    expect(peer.closedByClient).toEqual({ code: 1000, reason: "bye" });
    expect(heard).toEqual(["open"]);
    await clock.advance(1);
    expect(heard).toEqual(["open", { code: undefined, reason: undefined, error: undefined }]);
    expect(feed.openLinks).toBe(0);
  });
});

describe("a memory provider", () => {
  it("greets, takes the key, and confirms topics as the provider does", async () => {
    const feed = new MemoryFeed();
    const provider = new MemoryProvider(feed, {
      authorizes: (topic) => !topic.startsWith("Q."),
      knows: (topic) => !topic.startsWith("ZZ."),
    });
    const { sink, heard } = listen();
    const link = await feed.connect(URL_OF_FEED, sink, never());
    link.send(subscriptionRequest("subscribe", ["T.*"]));
    link.send(authRequest("key"));
    link.send(subscriptionRequest("subscribe", ["T.A", "Q.A", "ZZ.A", "T.B", "T.A"]));
    link.send(subscriptionRequest("subscribe", ["T.A"]));
    link.send(subscriptionRequest("unsubscribe", ["T.A", "T.C"]));
    await Promise.resolve();
    expect(heard).toEqual([
      "open",
      [status("connected", "Connected Successfully")],
      [status("auth_required", "authentication required")],
      [status("auth_success", "authenticated")],
      [status("error", "not authorized")],
      [status("success", "subscribed to: T.A"), status("success", "subscribed to: T.B")],
      [status("success", "unsubscribed to: T.A")],
    ]);
    expect([...provider.topicsOf(await feed.nextLink())]).toEqual(["T.B"]);
  });

  it("refuses a key and cuts the link", async () => {
    const feed = new MemoryFeed();
    new MemoryProvider(feed, { acceptsKey: (key) => key === "right" });
    const { sink, heard } = listen();
    const link = await feed.connect(URL_OF_FEED, sink, never());
    link.send(authRequest("wrong"));
    await Promise.resolve();
    expect(heard.slice(2)).toEqual([
      [status("auth_failed", "authentication failed")],
      { code: undefined, reason: undefined, error: undefined },
    ]);
  });
});
