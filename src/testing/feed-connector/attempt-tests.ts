import { isStrikewireError } from "../../domain/errors.ts";
import { check } from "../check.ts";
import type { FeedTests } from "./feed-test.ts";
import { RecordingSink } from "./recording-sink.ts";

const SECRET = "s3cret-key";

export function attemptTests({ test, unless }: FeedTests): void {
  test("a link's sink hears open, once and first, before connect resolves", async ({ server, until }) => {
    const sink = new RecordingSink();
    const controller = new AbortController();
    let heardFirst: number | undefined;
    const note = (): void => {
      heardFirst = sink.heard.length;
    };
    server.connector.connect(server.url, sink, controller.signal).then(note, note);
    await until("connect resolves", () => heardFirst !== undefined);
    await server.elapse(5);
    check.equal("calls before it", heardFirst, 1);
    check.equal("heard", sink.heard, [{ kind: "open" }]);
  });
  test("an attempt that nobody takes rejects with a WsError that names the host and no query", async (feed) => {
    const { refusedUrl } = feed.server;
    const error = await feed.rejection(`${refusedUrl}?apiKey=${SECRET}`);
    check.isTrue("it is a WsError", isStrikewireError(error, "STRIKEWIRE_WS"));
    const shown = `${String(error)} ${error instanceof Error ? `${error.stack} ${String(error.cause)}` : ""}`;
    check.isTrue("it names the host", shown.includes(new URL(refusedUrl).host));
    check.isTrue("it names no query", !shown.includes(SECRET) && !shown.includes("apiKey"));
    check.equal("reason", isStrikewireError(error) && "reason" in error && error.reason, "unreachable");
  });
  test("an attempt that is answered with a status rejects with a WsError", async ({ server, rejection }) => {
    check.isTrue("it is one", isStrikewireError(await rejection(server.notFoundUrl), "STRIKEWIRE_WS"));
  });
  unless("status", "the HTTP status of a refusal is told", async ({ server, rejection }) => {
    const error = await rejection(server.notFoundUrl);
    check.equal("status", isStrikewireError(error) && "status" in error && error.status, 404);
    check.isTrue("the message names it", String(error).includes("404"));
  });
  test("an attempt to a text that is no WebSocket URL rejects with a TypeError that does not show it", async (feed) => {
    for (const url of [`no url ${SECRET}`, `ftp://feed.test/?key=${SECRET}`, ""]) {
      const error = await feed.rejection(url);
      check.equal("kind", error instanceof Error && error.name, "TypeError");
      check.isTrue("it does not show it", !String(error).includes(SECRET));
    }
  });
  test("an abort ends an attempt that hangs, with its reason", async ({ server, rejection, until }) => {
    const controller = new AbortController();
    const rejecting = rejection(server.hangingUrl, controller.signal);
    await until("the attempt hangs", () => server.hangingAttempts() === 1);
    const reason = new Error("an abort of the contract suite");
    controller.abort(reason);
    check.isTrue("it rejects with the reason", (await rejecting) === reason);
    await until("the attempt is gone", () => server.hangingAttempts() === 0);
    await until("nothing is held", () => (server.held?.() ?? 0) === 0);
  });
  test("an abort right after the call, or before it, makes no link", async ({ server, rejection }) => {
    const reason = new Error("an abort of the contract suite");
    check.isTrue("before", (await rejection(server.url, AbortSignal.abort(reason))) === reason);
    const controller = new AbortController();
    const rejecting = rejection(server.url, controller.signal);
    controller.abort(reason);
    check.isTrue("right after", (await rejecting) === reason);
    await server.elapse(20);
    check.isTrue(
      "no link stays",
      server.farEnds.every((far) => !far.isConnected),
    );
  });
}
