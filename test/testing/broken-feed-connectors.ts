import type { MemoryFeed } from "../../src/adapters/memory/index.ts";
import type { FeedConnector, FeedLink, FeedSink, LinkClosed } from "../../src/ports/feed-connector.ts";

/** Feed connectors that each break one promise. They stand on a memory feed that keeps them all. */

type Break = (feed: MemoryFeed) => FeedConnector;

const changed =
  (
    sinkOf: (sink: FeedSink) => FeedSink,
    linkOf: (link: FeedLink, sink: FeedSink) => FeedLink = (link) => link,
  ): Break =>
  (feed) => ({
    connect: async (url, sink, signal) => linkOf(await feed.connect(url, sinkOf(sink), signal), sink),
  });

const sinkWith = (sink: FeedSink, part: Partial<FeedSink>): FeedSink => ({
  open: () => sink.open(),
  frame: (payload) => sink.frame(payload),
  alive: () => sink.alive(),
  closed: (how) => sink.closed(how),
  ...part,
});

const linkWith = (link: FeedLink, part: Partial<FeedLink>): FeedLink => ({
  capabilities: link.capabilities,
  send: (text) => link.send(text),
  ping: () => link.ping(),
  pause: () => link.pause(),
  resume: () => link.resume(),
  close: (code, reason) => link.close(code, reason),
  ...part,
});

/** Each with its promise, and the tests that must find it out. */
export const BROKEN_CONNECTORS: readonly (readonly [name: string, connectorOf: Break, titles: readonly string[]])[] = [
  [
    "tells the end twice",
    changed((sink) =>
      sinkWith(sink, {
        closed(how) {
          sink.closed(how);
          sink.closed(how);
        },
      }),
    ),
    ["the peer's close is told with its code and reason", "a cut is told without code and reason"],
  ],
  [
    "tells frames after the end",
    changed((sink) =>
      sinkWith(sink, {
        closed(how) {
          sink.closed(how);
          sink.frame("late");
        },
      }),
    ),
    ["frames may come until the end, and none after it", "a cut is told without code and reason"],
  ],
  [
    "swaps messages",
    changed((sink) => {
      let held: string | Uint8Array | undefined;
      return sinkWith(sink, {
        frame(payload) {
          if (held === undefined) held = payload;
          else {
            sink.frame(payload);
            sink.frame(held);
            held = undefined;
          }
        },
      });
    }),
    ["messages arrive text for text, in order, one call after the other"],
  ],
  [
    "gives bytes as text",
    changed((sink) => sinkWith(sink, { frame: (payload) => sink.frame(String(payload)) })),
    ["binary messages arrive as bytes, in order with texts"],
  ],
  [
    "lends its buffer",
    changed((sink) => {
      const buffer = new Uint8Array(2_000);
      return sinkWith(sink, {
        frame(payload) {
          if (typeof payload !== "string") buffer.set(payload);
          sink.frame(typeof payload === "string" ? payload : buffer.subarray(0, payload.length));
        },
      });
    }),
    ["bytes belong to the sink: later messages leave them as they are"],
  ],
  [
    "takes 1006 for a close code",
    changed((sink) =>
      sinkWith(sink, { closed: (how: LinkClosed) => sink.closed({ ...how, code: how.code ?? 1006, reason: "" }) }),
    ),
    [
      "a cut is told without code and reason",
      "a close or an abort that the peer ignores ends after a second, without code",
    ],
  ],
  [
    "opens late",
    changed((sink) => sinkWith(sink, { open: () => setImmediate(() => sink.open()) })),
    ["a link's sink hears open, once and first, before connect resolves"],
  ],
  [
    "never opens",
    changed((sink) => sinkWith(sink, { open() {} })),
    ["a link's sink hears open, once and first, before connect resolves"],
  ],
  [
    "tells refusals to the sink",
    (feed) => ({
      async connect(url, sink, signal) {
        try {
          return await feed.connect(url, sink, signal);
        } catch (error) {
          sink.closed({ code: undefined, reason: undefined, error });
          throw error;
        }
      },
    }),
    ["an attempt that nobody takes rejects with a WsError that names the host and no query"],
  ],
  [
    "shows the key",
    (feed) => ({
      async connect(url, sink, signal) {
        try {
          return await feed.connect(url, sink, signal);
        } catch (error) {
          if (error instanceof Error) error.message += ` ${url}`;
          throw error;
        }
      },
    }),
    [
      "an attempt that nobody takes rejects with a WsError that names the host and no query",
      "an attempt to a text that is no WebSocket URL rejects with a TypeError that does not show it",
    ],
  ],
  [
    "is deaf to aborts",
    (feed) => ({ connect: (url, sink) => feed.connect(url, sink, new AbortController().signal) }),
    [
      "an abort ends an attempt that hangs, with its reason",
      "an abort right after the call, or before it, makes no link",
      "an abort closes the link with 1000",
    ],
  ],
  [
    "loses the close code on the way out",
    changed(
      (sink) => sink,
      (link) => linkWith(link, { close: (code, reason) => link.close(code > 1000 ? 1000 : code, reason) }),
    ),
    [
      "the client's close reaches the peer with its code and reason, and is told by what the peer answers",
      "a code that clients may not send is a RangeError, and closes nothing",
    ],
  ],
  [
    "tells the end within the close",
    changed(
      (sink) => sinkWith(sink, { closed() {} }),
      (link, sink) =>
        linkWith(link, {
          close(code, reason) {
            link.close(code, reason);
            sink.closed({ code, reason, error: undefined });
          },
        }),
    ),
    ["the client's close reaches the peer with its code and reason, and is told by what the peer answers"],
  ],
  [
    "throws once it is closed",
    (feed) => ({
      async connect(url, sink, signal) {
        let isClosed = false;
        const noting = sinkWith(sink, {
          closed(how) {
            isClosed = true;
            sink.closed(how);
          },
        });
        const link = await feed.connect(url, noting, signal);
        return linkWith(link, {
          send(text) {
            if (isClosed) throw new Error("closed");
            link.send(text);
          },
        });
      },
    }),
    ["every method of a closed link is without effect, and throws nothing"],
  ],
  [
    "does not pause, though it says so",
    changed(
      (sink) => sink,
      (link) => linkWith(link, { pause() {} }),
    ),
    ["a paused link hands nothing over until it is resumed, then all in order"],
  ],
  [
    "answers pings itself",
    changed(
      (sink) => sink,
      (link, sink) =>
        linkWith(link, {
          ping() {
            sink.alive();
            return true;
          },
        }),
    ),
    ["a ping is answered with a sign of life, not with a frame", "send and ping are without effect from close on"],
  ],
];
