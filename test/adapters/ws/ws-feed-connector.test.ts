import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { WebSocketServer } from "ws";
import { type WebSocketConstructor, WsFeedConnector } from "../../../src/adapters/ws/index.ts";
import { WsError } from "../../../src/domain/errors.ts";
import type { FeedSink, LinkClosed } from "../../../src/ports/feed-connector.ts";
import { until } from "../../support/until.ts";

const CLASSES: readonly (readonly [string, WebSocketConstructor | undefined])[] = [
  ["ws", undefined],
  ["the global class", globalThis.WebSocket],
];
const optionsOf = (WebSocket: WebSocketConstructor | undefined) => (WebSocket === undefined ? {} : { WebSocket });
const never = (): AbortSignal => new AbortController().signal;

function listen(): { sink: FeedSink; frames: (string | Uint8Array)[]; ends: LinkClosed[] } {
  const frames: (string | Uint8Array)[] = [];
  const ends: LinkClosed[] = [];
  const sink: FeedSink = {
    open() {},
    alive() {},
    frame: (payload) => frames.push(payload),
    closed: (how) => ends.push(how),
  };
  return { sink, frames, ends };
}

async function rejectionOf(promise: Promise<unknown>): Promise<WsError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof WsError) return error;
    throw error;
  }
  throw new Error("it must reject");
}

describe("a WsFeedConnector", () => {
  let servers: Server[] = [];
  const connections = new Set<Socket>();
  afterEach(async () => {
    for (const socket of connections) socket.destroy();
    connections.clear();
    for (const server of servers) await new Promise((resolve) => server.close(resolve));
    servers = [];
  });

  async function start(server: Server): Promise<string> {
    servers.push(server);
    server.on("connection", (socket) => connections.add(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it.each([401, 403, 404, 429, 500, 200, 302])("names the status %i of a refusal", async (status) => {
    const server = createServer();
    server.on("upgrade", (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 4\r\n\r\nbody`));
    const host = await start(server);
    const error = await rejectionOf(
      new WsFeedConnector().connect(`ws://u:p@${host}/options?apiKey=s3cret`, listen().sink, never()),
    );
    expect(error).toMatchObject({ code: "STRIKEWIRE_WS", reason: "unreachable", status });
    expect(error.message).toBe(
      `Cannot connect to ${host}: the server must answer the handshake with status 101, current value is ${status}`,
    );
  });

  it.each(CLASSES)("gives an attempt up after its time, with %s", async (_, WebSocket) => {
    const server = createServer();
    const open = new Set<object>();
    server.on("upgrade", (_, socket) => {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => open.delete(socket));
      // Sockets of an HTTP server stay half open.
      socket.on("end", () => socket.end());
      socket.resume();
    });
    const host = await start(server);
    const connector = new WsFeedConnector({ handshakeTimeoutMs: 50, ...optionsOf(WebSocket) });
    const error = await rejectionOf(connector.connect(`ws://${host}/`, listen().sink, never()));
    expect(error.message).toBe(`Cannot connect to ${host}: the handshake must be done within 50 ms, it was not`);
    await until("the connection is gone", () => open.size === 0);
  });

  it.each(CLASSES)(
    "asks for no compression where it can, and works with a server that offers it, with %s",
    async (_, WebSocket) => {
      const server = createServer();
      const peers = new WebSocketServer({ server, perMessageDeflate: true });
      let asked: string | undefined;
      peers.on("connection", (peer, request) => {
        asked = request.headers["sec-websocket-extensions"];
        peer.send("x".repeat(10_000));
      });
      const host = await start(server);
      const { sink, frames } = listen();
      const link = await new WsFeedConnector(optionsOf(WebSocket)).connect(`ws://${host}/`, sink, never());
      await until("it arrives", () => frames.length === 1);
      expect(frames[0]).toBe("x".repeat(10_000));
      if (WebSocket === undefined) expect(asked).toBeUndefined();
      link.close(1000, "");
    },
  );

  it.each(CLASSES)("tells a broken rule of the protocol as an error, with %s", async (_, WebSocket) => {
    const server = createServer();
    const peers = new WebSocketServer({ server });
    // A frame with reserved bits that nobody agreed on.
    peers.on("connection", (peer, request) => {
      peer.on("error", () => {});
      request.socket.write(Uint8Array.of(0xf1, 0x01, 0x41));
    });
    const host = await start(server);
    const { sink, frames, ends } = listen();
    await new WsFeedConnector(optionsOf(WebSocket)).connect(`ws://${host}/`, sink, never());
    await until("it ends", () => ends.length === 1);
    expect(frames).toEqual([]);
    expect(ends[0]).toMatchObject({ code: undefined, reason: undefined });
    if (WebSocket === undefined) expect(ends[0]?.error).toMatchObject({ code: "STRIKEWIRE_WS", reason: "broken" });
  });

  it("tells 1005 where a close frame has no code", async () => {
    const server = createServer();
    new WebSocketServer({ server }).on("connection", (peer) => peer.close());
    const host = await start(server);
    const { sink, ends } = listen();
    await new WsFeedConnector().connect(`ws://${host}/`, sink, never());
    await until("it ends", () => ends.length === 1);
    expect(ends).toEqual([{ code: 1005, reason: "", error: undefined }]);
  });

  it("refuses bounds that are none", () => {
    expect(() => new WsFeedConnector({ maxFrameBytes: 0 })).toThrow(RangeError);
    expect(() => new WsFeedConnector({ handshakeTimeoutMs: 2 ** 31 })).toThrow(
      "Cannot make a feed connector: 'handshakeTimeoutMs' must be an integer from 1 to 2147483647, current value is 2147483648",
    );
  });
});

/** A class of the standard that a test plays the runtime for. */
class PlayedSocket extends EventTarget {
  static readonly all: PlayedSocket[] = [];
  readonly readyState = 1;
  binaryType = "blob";
  readonly closes: unknown[][] = [];
  constructor(_url: string) {
    super();
    PlayedSocket.all.push(this);
  }
  send(): void {}
  close(...values: unknown[]): void {
    this.closes.push(values);
  }
  play(type: string, fields: object = {}): void {
    this.dispatchEvent(Object.assign(new Event(type), fields));
  }
}

describe("a WsFeedConnector on a class of its own", () => {
  async function connect() {
    const heard = listen();
    const connecting = new WsFeedConnector({ WebSocket: PlayedSocket, maxFrameBytes: 10 }).connect(
      "ws://feed.test/",
      heard.sink,
      never(),
    );
    await Promise.resolve();
    const socket = PlayedSocket.all.at(-1);
    if (socket === undefined) throw new Error("there must be a socket");
    socket.play("open");
    return { ...heard, socket, link: await connecting };
  }

  it("keeps the order of messages where some are Blobs, and ends after the last", async () => {
    const { socket, frames, ends } = await connect();
    socket.play("message", { data: new Blob(["one"]) });
    socket.play("message", { data: "two" });
    socket.play("message", { data: new Blob(["three"]) });
    socket.play("message", { data: Uint8Array.of(4).buffer });
    socket.play("message", { data: new DataView(Uint8Array.of(0, 5, 0).buffer, 1, 1) });
    socket.play("close", { code: 1001, reason: "away" });
    expect(frames).toEqual([]);
    await until("it ends", () => ends.length === 1);
    const text = (payload: string) => new TextEncoder().encode(payload);
    expect(frames).toEqual([text("one"), "two", text("three"), Uint8Array.of(4), Uint8Array.of(5)]);
    expect(ends).toEqual([{ code: 1001, reason: "away", error: undefined }]);
  });

  it("goes back to handing over at once when no Blob is left", async () => {
    const { socket, frames } = await connect();
    socket.play("message", { data: new Blob(["one"]) });
    await until("it arrives", () => frames.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    socket.play("message", { data: "two" });
    expect(frames).toHaveLength(2);
  });

  it("tells a Blob that cannot be read as an error", async () => {
    const { socket, frames, ends } = await connect();
    socket.play("message", { data: { arrayBuffer: () => Promise.reject(new Error("gone")) } });
    socket.play("close", { code: 1006, reason: "" });
    await until("it ends", () => ends.length === 1);
    expect(frames).toEqual([]);
    expect(ends[0]?.error).toMatchObject({ code: "STRIKEWIRE_WS", cause: new Error("gone") });
  });

  it.each([0, 1006])("takes code %i for an end without a close frame", async (code) => {
    const { socket, ends } = await connect();
    socket.play("close", { code, reason: "" });
    expect(ends).toEqual([{ code: undefined, reason: undefined, error: undefined }]);
  });

  it("closes with 1009 where the class permits it", async () => {
    const { socket, frames } = await connect();
    socket.play("message", { data: "é".repeat(6) });
    socket.play("message", { data: "after" });
    expect(socket.closes).toEqual([[1009, "the message is too large"]]);
    expect(frames).toEqual([]);
    socket.play("close", { code: 1009, reason: "" });
  });

  it("leaves no timer behind, and waits exactly a second for the answer to a close", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const answered = await connect();
      expect(vi.getTimerCount()).toBe(0);
      answered.link.close(1000, "bye");
      expect(vi.getTimerCount()).toBe(1);
      answered.socket.play("close", { code: 1000, reason: "bye" });
      expect(vi.getTimerCount()).toBe(0);

      const ignored = await connect();
      ignored.link.close(1000, "");
      vi.advanceTimersByTime(999);
      expect(ignored.ends).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(ignored.ends).toEqual([{ code: undefined, reason: undefined, error: undefined }]);
      ignored.socket.play("message", { data: "late" });
      ignored.socket.play("close", { code: 1000, reason: "" });
      expect(ignored.frames).toEqual([]);
      expect(ignored.ends).toHaveLength(1);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("hides what a class says of a URL with a key", async () => {
    class Talkative extends PlayedSocket {
      constructor(url: string) {
        super(url);
        throw new SyntaxError(`no: ${url}`);
      }
    }
    const connecting = new WsFeedConnector({ WebSocket: Talkative }).connect(
      "wss://feed.test/options?apiKey=s3cret",
      listen().sink,
      never(),
    );
    const error = await rejectionOf(connecting);
    expect(error.message).toBe(
      "Cannot connect to feed.test: the server must accept the connection, it ended with no further word",
    );
    expect(error.cause).toBeUndefined();
  });
});
