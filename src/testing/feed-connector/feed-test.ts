import type { FeedLink, LinkClosed } from "../../ports/feed-connector.ts";
import { check } from "../check.ts";
import { type ContractRunner, eventually, type StoreTime, soon, started } from "../runner.ts";
import type { FarEnd, FeedConnectorLimits, FeedServer } from "./far-end.ts";
import { RecordingSink } from "./recording-sink.ts";

/** The size that connectors under test are limited to, bytes. */
export const MAX_FRAME_BYTES = 100_000;

/** Declares tests against an adapter. */
export interface FeedTests {
  test(title: string, body: (test: FeedTest) => Promise<void>): void;
  /** A test that adapters with this limit skip. */
  unless(limit: keyof FeedConnectorLimits, title: string, body: (test: FeedTest) => Promise<void>): void;
  readonly limits: FeedConnectorLimits;
}

/** A link with both its ends. */
export interface OpenedLink {
  readonly link: FeedLink;
  readonly sink: RecordingSink;
  readonly far: FarEnd;
  readonly controller: AbortController;
}

/** A server with what tests do with it. */
export interface FeedTest {
  readonly server: FeedServer;
  openLink(sink?: RecordingSink): Promise<OpenedLink>;
  /** Waits until a condition holds. */
  until(what: string, condition: () => boolean): Promise<void>;
  /** What an attempt that must fail rejects with. */
  rejection(url: string, signal?: AbortSignal): Promise<unknown>;
  /** Waits for the end of a link, and shows that it is the only and last call. */
  ended(opened: Pick<OpenedLink, "sink">): Promise<LinkClosed>;
}

/** Declares a test with a server of its own. */
export function feedTest(
  runner: ContractRunner,
  open: () => Promise<FeedServer>,
  title: string,
  body: (test: FeedTest) => Promise<void>,
): void {
  runner.it(title, async () => {
    const server = await open();
    try {
      await body(testOn(server));
    } finally {
      await server.dispose();
    }
  });
}

function testOn(server: FeedServer): FeedTest {
  const time: StoreTime = { now: () => 0, elapse: server.elapse };
  const until = (what: string, condition: () => boolean): Promise<void> => eventually(time, what, condition);
  return {
    server,
    until,
    async openLink(sink = new RecordingSink()) {
      const controller = new AbortController();
      const place = server.farEnds.length;
      const link = await soon(time, "connect", started(server.connector.connect(server.url, sink, controller.signal)));
      await until("the server has the link", () => server.farEnds.length > place);
      const far = server.farEnds[place];
      if (far === undefined) throw new RangeError("Cannot test a link: the server must have it, it has not");
      return { link, sink, far, controller };
    },
    async rejection(url, signal = new AbortController().signal) {
      const sink = new RecordingSink();
      const attempt = server.connector.connect(url, sink, signal).then(
        () => "a link",
        (error: unknown) => ({ error }),
      );
      const outcome = await soon(time, "connect", attempt);
      await server.elapse(5);
      check.equal("calls of the sink", sink.heard.length, 0);
      check.isTrue("the attempt rejects", typeof outcome === "object");
      return typeof outcome === "object" ? outcome.error : undefined;
    },
    async ended({ sink }) {
      await until("the link ends", () => sink.ends.length > 0);
      await server.elapse(20);
      check.equal("ends", sink.ends.length, 1);
      check.equal("the last call", sink.heard.at(-1)?.kind, "closed");
      const [how] = sink.ends;
      return how ?? { code: undefined, reason: undefined, error: undefined };
    },
  };
}
