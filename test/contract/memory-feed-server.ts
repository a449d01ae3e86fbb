import { ManualClock, MemoryFeed, type MemoryFeedPeer } from "../../src/adapters/memory/index.ts";
import type { FeedConnector } from "../../src/ports/feed-connector.ts";
import type { FarEnd, FeedServer } from "../../src/testing/index.ts";

const URLS = { url: "ws://feed.test/", refusedUrl: "ws://refused.test/", notFoundUrl: "ws://missing.test/" };
const HANGING_URL = "ws://hanging.test/";

/**
 * A memory feed as the suite's server.
 *
 * @param connectorOf what is tested in its place.
 */
export async function openMemoryFeed(connectorOf = (feed: MemoryFeed): FeedConnector => feed): Promise<FeedServer> {
  const clock = new ManualClock();
  const feed = new MemoryFeed({ clock });
  const farEnds: FarEnd[] = [];
  feed.onLink((peer) => farEnds.push(farEndOf(peer)));
  const connector = connectorOf(feed);
  return {
    ...URLS,
    hangingUrl: HANGING_URL,
    farEnds,
    connector: {
      connect(url, sink, signal) {
        if (url.startsWith(URLS.refusedUrl) || url.startsWith(URLS.notFoundUrl)) {
          if (!signal.aborted) feed.refuse();
        } else if (url === HANGING_URL) feed.hang();
        return connector.connect(url, sink, signal);
      },
    },
    elapse: (ms) => clock.advance(ms),
    hangingAttempts: () => feed.hangingAttempts,
    held: () => feed.openLinks + feed.hangingAttempts + clock.pendingSleepers,
    dispose: async () => {
      for (const peer of feed.links) peer.cut();
    },
  };
}

function farEndOf(peer: MemoryFeedPeer): FarEnd {
  return {
    send: (payload) => peer.send(payload),
    get received() {
      return peer.received;
    },
    get closedByClient() {
      return peer.closedByClient;
    },
    close: (code, reason) => peer.close(code, reason),
    cut: () => peer.cut(),
    ignoreClose() {
      peer.answersClose = false;
    },
    get isConnected() {
      return peer.isOpen;
    },
  };
}
