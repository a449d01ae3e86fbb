import { check, expectDefined } from "../check.ts";
import type { FeedTests } from "./feed-test.ts";
import { MAX_FRAME_BYTES } from "./feed-test.ts";

export function messageTests({ test, unless, limits }: FeedTests): void {
  test("messages arrive text for text, in order, one call after the other", async ({ openLink, until }) => {
    const { far, sink } = await openLink();
    const texts = ["", "[]", "é€😀\u0000\r\n", "x".repeat(70_000)];
    for (let index = 0; index < 1_000; index++) texts.push(`message ${index}`);
    for (const text of texts) far.send(text);
    await until("all arrive", () => sink.frames.length >= texts.length);
    check.equal("frames", sink.frames, texts);
    check.isTrue("one after the other", !sink.overlapped);
  });
  test("binary messages arrive as bytes, in order with texts", async ({ openLink, until }) => {
    const { far, sink } = await openLink();
    const bytes = Uint8Array.from({ length: 1_000 }, (_, index) => index % 256);
    for (const payload of ["before", bytes, new Uint8Array(0), "after"]) far.send(payload);
    await until("all arrive", () => sink.frames.length >= 4);
    const [before, full, empty, after] = sink.frames;
    check.equal("texts", [before, after], ["before", "after"]);
    for (const [payload, expected] of [
      [full, [...bytes]],
      [empty, []],
    ] as const) {
      const found = expectDefined("bytes", payload);
      check.isTrue("they are a Uint8Array", found instanceof Uint8Array);
      check.equal("bytes", typeof found === "string" ? [] : [...found], [...expected]);
    }
  });
  test("bytes belong to the sink: later messages leave them as they are", async ({ openLink, until }) => {
    const { far, sink } = await openLink();
    for (let index = 0; index < 50; index++) far.send(new Uint8Array(2_000).fill(index));
    await until("all arrive", () => sink.frames.length === 50);
    for (const [index, payload] of sink.frames.entries()) {
      check.isTrue(`message ${index}`, typeof payload !== "string" && payload.every((byte) => byte === index));
    }
  });
  test("what the client sends arrives text for text, in order, also from within a call of the sink", async (feed) => {
    const { far, link, sink } = await feed.openLink();
    const texts = ["", "é€😀", "y".repeat(70_000), ...Array.from({ length: 200 }, (_, index) => `sent ${index}`)];
    for (const text of texts) link.send(text);
    sink.onCall = (call) => call.kind === "frame" && link.send("an answer");
    await feed.until("all arrive", () => far.received.length === texts.length);
    far.send("a question");
    await feed.until("the answer arrives", () => far.received.length > texts.length);
    check.equal("received", far.received, [...texts, "an answer"]);
  });
  test("ping and pause do what the capabilities say, or nothing", async ({ openLink, until, server }) => {
    const { link, far, sink } = await openLink();
    check.equal("ping is a capability", link.capabilities.ping, limits.ping === undefined);
    check.equal("pause is a capability", link.capabilities.pause, limits.pause === undefined);
    check.equal("ping", link.ping(), link.capabilities.ping);
    if (!link.capabilities.pause) link.pause();
    far.send("a message");
    await until("it arrives", () => sink.frames.length === 1);
    await server.elapse(5);
    if (!link.capabilities.ping) check.equal("pongs", sink.pongs, 0);
  });
  unless("ping", "a ping is answered with a sign of life, not with a frame", async ({ openLink, until }) => {
    const { link, sink } = await openLink();
    check.isTrue("ping", link.ping());
    check.equal("heard within the call", sink.pongs, 0);
    await until("the pong arrives", () => sink.pongs === 1);
    link.ping();
    link.ping();
    await until("pongs arrive", () => sink.pongs === 3);
    check.equal("frames", sink.frames.length, 0);
  });
  unless("pause", "a paused link hands nothing over until it is resumed, then all in order", async (feed) => {
    const { link, far, sink } = await feed.openLink();
    link.pause();
    link.pause();
    const texts = Array.from({ length: 300 }, (_, index) => `${index} ${"z".repeat(1_000)}`);
    for (const text of texts) far.send(text);
    await feed.server.elapse(50);
    check.equal("frames", sink.frames.length, 0);
    link.resume();
    await feed.until("all arrive", () => sink.frames.length === texts.length);
    check.equal("frames", sink.frames, texts);
    link.resume();
    far.send("more");
    await feed.until("more arrives", () => sink.frames.at(-1) === "more");
  });
  unless("pause", "a paused link hears of a cut once it is resumed, and can be closed at once", async (feed) => {
    const cut = await feed.openLink();
    cut.link.pause();
    cut.far.send("unread");
    cut.far.cut();
    await feed.server.elapse(20);
    cut.link.resume();
    check.equal("code of the cut", (await feed.ended(cut)).code, undefined);
    const closed = await feed.openLink();
    closed.link.pause();
    closed.far.send("unread");
    await feed.server.elapse(5);
    closed.link.close(1000, "bye");
    check.equal("code of the close", (await feed.ended(closed)).code, 1000);
    check.equal("frames", closed.sink.frames, ["unread"]);
  });
  unless(
    "frameSize",
    "a message of the largest size passes, a larger one ends the link with an error",
    async (feed) => {
      const opened = await feed.openLink();
      opened.far.send("é".repeat(MAX_FRAME_BYTES / 2));
      await feed.until("it arrives", () => opened.sink.frames.length === 1);
      // Fewer characters than the limit, more bytes.
      opened.far.send("é".repeat(MAX_FRAME_BYTES / 2 + 1));
      opened.far.send("after");
      const { error } = await feed.ended(opened);
      check.equal("frames", opened.sink.frames.length, 1);
      check.isTrue("the error says the limit", String(error).includes(String(MAX_FRAME_BYTES)));
      await feed.until("the server is told", () => !opened.far.isConnected);
      const code = opened.far.closedByClient?.code;
      check.isTrue("as too large", code === 1009 || code === 4009);
    },
  );
  unless("frameSize", "binary messages are limited too", async (feed) => {
    const opened = await feed.openLink();
    opened.far.send(new Uint8Array(MAX_FRAME_BYTES));
    await feed.until("it arrives", () => opened.sink.frames.length === 1);
    opened.far.send(new Uint8Array(MAX_FRAME_BYTES + 1));
    const { error } = await feed.ended(opened);
    check.equal("frames", opened.sink.frames.length, 1);
    check.isTrue("there is an error", error instanceof Error);
  });
}
