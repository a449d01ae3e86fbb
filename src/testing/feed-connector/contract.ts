import { check } from "../check.ts";
import { attemptTests } from "./attempt-tests.ts";
import { closeTests } from "./close-tests.ts";
import type { FeedConnectorOptions } from "./far-end.ts";
import { type FeedTests, feedTest } from "./feed-test.ts";
import { messageTests } from "./message-tests.ts";

/** Runs the contract of `FeedConnector` against an adapter. */
export function feedConnectorContract(adapter: string, options: FeedConnectorOptions): void {
  const { runner, open, limits = {} } = options;
  const test: FeedTests["test"] = (title, body) => feedTest(runner, open, title, body);
  const tests: FeedTests = {
    test,
    limits,
    unless(limit, title, body) {
      const reason = limits[limit];
      if (reason === undefined) test(title, body);
      else runner.skip(`${title} (skipped: ${reason})`);
    },
  };
  runner.describe(`feed connector (${adapter})`, () => {
    runner.describe("attempts", () => attemptTests(tests));
    runner.describe("messages", () => messageTests(tests));
    runner.describe("ends", () => closeTests(tests));
    runner.describe("many links", () => manyTests(tests));
  });
}

function manyTests({ test }: FeedTests): void {
  test("links of one connector are kept apart", async ({ server, openLink, until, ended }) => {
    const links = [];
    for (let index = 0; index < 20; index++) links.push(await openLink());
    for (const [index, { far, link }] of links.entries()) {
      far.send(`to ${index}`);
      link.send(`from ${index}`);
    }
    for (const [index, { far, sink }] of links.entries()) {
      await until("both arrive", () => sink.frames.length === 1 && far.received.length === 1);
      check.equal("to the client", sink.frames[0], `to ${index}`);
      check.equal("to the server", far.received[0], `from ${index}`);
    }
    for (const { link } of links.slice(1)) link.close(1000, "");
    for (const opened of links.slice(1)) await ended(opened);
    const [left] = links;
    left?.far.send("still there");
    await until("the last link works", () => left?.sink.frames.at(-1) === "still there");
    left?.controller.abort();
    await until("all connections are gone", () => server.farEnds.every((far) => !far.isConnected));
  });
  test("nothing is held once links have ended, however they did", async ({
    server,
    openLink,
    until,
    ended,
    rejection,
  }) => {
    const closed = await openLink();
    const byPeer = await openLink();
    const cut = await openLink();
    const aborted = await openLink();
    closed.link.close(1000, "");
    byPeer.far.close(1000, "");
    cut.far.cut();
    aborted.controller.abort();
    for (const opened of [closed, byPeer, cut, aborted]) await ended(opened);
    await rejection(server.refusedUrl);
    await rejection(server.notFoundUrl);
    await until("all connections are gone", () => server.farEnds.every((far) => !far.isConnected));
    await until("nothing is held", () => (server.held?.() ?? 0) === 0);
  });
  test("an abort after the end changes nothing", async ({ openLink, ended }) => {
    const opened = await openLink();
    opened.far.close(1000, "");
    await ended(opened);
    opened.controller.abort();
    await ended(opened);
  });
}
