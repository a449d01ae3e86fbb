import { check } from "../check.ts";
import type { FeedTest, FeedTests, OpenedLink } from "./feed-test.ts";

export function closeTests({ test, unless }: FeedTests): void {
  test("the peer's close is told with its code and reason", async ({ openLink, ended }) => {
    const cases: readonly (readonly [number, string])[] = [
      [1000, ""],
      [1001, "going away"],
      [1008, "policy"],
      [1012, "restart"],
      [4001, "é€😀"],
    ];
    for (const [code, reason] of cases) {
      const opened = await openLink();
      opened.far.close(code, reason);
      check.equal("closed", await ended(opened), { code, reason, error: undefined });
    }
  });
  test("the client's close reaches the peer with its code and reason, and is told by what the peer answers", async (feed) => {
    const cases: readonly (readonly [number, string])[] = [
      [1000, "done"],
      [3000, ""],
      [4999, "é€😀"],
    ];
    for (const [code, reason] of cases) {
      const opened = await feed.openLink();
      opened.link.close(code, reason);
      check.equal("ends within the call", opened.sink.ends.length, 0);
      const how = await feed.ended(opened);
      check.equal("code", how.code, code);
      check.equal("error", how.error, undefined);
      check.equal("the peer heard", opened.far.closedByClient, { code, reason });
    }
  });
  test("the first close counts", async (feed) => {
    const opened = await feed.openLink();
    opened.link.close(1000, "first");
    opened.link.close(4000, "second");
    opened.controller.abort();
    await feed.ended(opened);
    check.equal("the peer heard", opened.far.closedByClient, { code: 1000, reason: "first" });
  });
  test("a long reason is cut to whole characters that fit", async (feed) => {
    const opened = await feed.openLink();
    opened.link.close(1000, "€".repeat(100));
    await feed.ended(opened);
    check.equal("reason", opened.far.closedByClient?.reason, "€".repeat(41));
  });
  test("a code that clients may not send is a RangeError, and closes nothing", async ({ openLink, until }) => {
    const { link, far, sink } = await openLink();
    for (const code of [0, 999, 1001, 1005, 1006, 1009, 2999, 5000, 1000.5, Number.NaN]) {
      let thrown: unknown;
      try {
        link.close(code, "");
      } catch (error) {
        thrown = error;
      }
      check.equal(`code ${code}`, thrown instanceof Error && thrown.name, "RangeError");
    }
    far.send("still there");
    await until("it arrives", () => sink.frames.length === 1);
  });
  test("what was sent before a close arrives, on both sides", async (feed) => {
    const opened = await feed.openLink();
    const texts = Array.from({ length: 100 }, (_, index) => `last words ${index}`);
    for (const text of texts) opened.link.send(text);
    opened.link.close(1000, "");
    await feed.ended(opened);
    check.equal("received", opened.far.received, texts);
    const other = await feed.openLink();
    for (const text of texts) other.far.send(text);
    other.far.close(1000, "");
    await feed.ended(other);
    check.equal("frames", other.sink.frames, texts);
  });
  test("a cut is told without code and reason", async ({ openLink, ended }) => {
    const opened = await openLink();
    opened.far.cut();
    const { code, reason } = await ended(opened);
    check.equal("code and reason", [code, reason], [undefined, undefined]);
  });
  test("an abort closes the link with 1000", async ({ openLink, ended }) => {
    const opened = await openLink();
    opened.controller.abort(new Error("an abort of the contract suite"));
    check.equal("ends within the abort", opened.sink.ends.length, 0);
    await ended(opened);
    check.equal("the peer heard", opened.far.closedByClient, { code: 1000, reason: "" });
  });
  test("a close or an abort that the peer ignores ends after a second, without code", async (feed) => {
    const closing = await feed.openLink();
    const aborted = await feed.openLink();
    for (const { far } of [closing, aborted]) far.ignoreClose();
    closing.link.close(1000, "");
    aborted.controller.abort();
    await feed.until("the peer hears", () => closing.far.closedByClient !== undefined);
    check.equal("ends", closing.sink.ends.length, 0);
    for (const opened of [closing, aborted]) {
      const { code, reason } = await feed.ended(opened);
      check.equal("code and reason", [code, reason], [undefined, undefined]);
    }
    // Late words of a peer that does not know of the end.
    closing.far.send("too late");
    await feed.ended(closing);
  });
  unless("terminate", "a connection whose peer ignores a close is ended", async (feed) => {
    const opened = await feed.openLink();
    opened.far.ignoreClose();
    opened.link.close(1000, "");
    await feed.ended(opened);
    await feed.until("the connection is gone", () => !opened.far.isConnected);
    await feed.until("nothing is held", () => (feed.server.held?.() ?? 0) === 0);
  });
  test("frames may come until the end, and none after it", async (feed) => {
    const opened = await feed.openLink();
    for (let index = 0; index < 200; index++) opened.far.send(`${index}`);
    await feed.until("some arrive", () => opened.sink.frames.length > 0);
    opened.link.close(1000, "");
    await feed.ended(opened);
    check.equal(
      "frames",
      opened.sink.frames,
      Array.from(opened.sink.frames, (_, index) => `${index}`),
    );
  });
  test("a link can be closed from within any call of the sink", async (feed) => {
    const opened = await feed.openLink();
    opened.sink.onCall = () => opened.link.close(1000, "from within");
    opened.far.send("a message");
    await feed.ended(opened);
    check.isTrue("one after the other", !opened.sink.overlapped);
    check.equal("the peer heard", opened.far.closedByClient, { code: 1000, reason: "from within" });
  });
  test("every method of a closed link is without effect, and throws nothing", async (feed) => {
    for (const end of [endByPeer, endByCut, endByClient]) {
      const opened = await feed.openLink();
      end(opened);
      await feed.ended(opened);
      await useClosed(feed, opened);
    }
  });
  test("send and ping are without effect from close on", async (feed) => {
    const opened = await feed.openLink();
    opened.link.close(1000, "");
    opened.link.send("too late");
    check.equal("ping", opened.link.ping(), false);
    opened.link.pause();
    await feed.ended(opened);
    check.equal("received", opened.far.received, []);
  });
}

const endByPeer = ({ far }: OpenedLink): void => far.close(1000, "");
const endByCut = ({ far }: OpenedLink): void => far.cut();
const endByClient = ({ link }: OpenedLink): void => link.close(1000, "");

async function useClosed(feed: FeedTest, opened: OpenedLink): Promise<void> {
  const { link, far } = opened;
  const before = far.received.length;
  let thrown: unknown;
  try {
    link.send("too late");
    check.equal("ping", link.ping(), false);
    link.pause();
    link.resume();
    link.close(1000, "");
  } catch (error) {
    thrown = error;
  }
  check.equal("thrown", thrown, undefined);
  await feed.ended(opened);
  check.equal("received", far.received.length, before);
}
