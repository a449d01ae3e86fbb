import { getEventListeners } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type WebSocket as ServerSocket, WebSocketServer } from "ws";
import { WsFeedConnector } from "../../src/adapters/ws/index.ts";
import type { FeedConnector } from "../../src/ports/feed-connector.ts";
import type { FarEnd, FeedServer } from "../../src/testing/index.ts";
import type { CountedClass } from "./counted-web-sockets.ts";

/** The limit that the suite asks for. */
const MAX_FRAME_BYTES = 100_000;

/** A server on loopback, and a connector that opens sockets of a class that counts its listeners. */
export async function openWsFeed(sockets: CountedClass): Promise<FeedServer> {
  const connector = new WsFeedConnector({ maxFrameBytes: MAX_FRAME_BYTES, WebSocket: sockets.WebSocket });
  const farEnds: FarEnd[] = [];
  const signals = new Set<AbortSignal>();

  const accepting = new WebSocketServer({ noServer: true });
  const http = createHttpServer();
  const connections = holdConnections(http);
  http.on("upgrade", (request, socket, head) => {
    if (request.url?.startsWith("/missing")) {
      socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    accepting.handleUpgrade(request, socket, head, (peer) => farEnds.push(farEndOf(peer)));
  });
  const port = await listen(http);

  const hanging = createServer();
  const hangingConnections = holdConnections(hanging);
  const hangingPort = await listen(hanging);

  const closedServer = createServer();
  const closedPort = await listen(closedServer);
  await close(closedServer);

  const watched: FeedConnector = {
    connect(url, sink, signal) {
      signals.add(signal);
      return connector.connect(url, sink, signal);
    },
  };
  return {
    connector: watched,
    url: `ws://127.0.0.1:${port}/`,
    notFoundUrl: `ws://127.0.0.1:${port}/missing`,
    refusedUrl: `ws://127.0.0.1:${closedPort}/`,
    hangingUrl: `ws://127.0.0.1:${hangingPort}/`,
    hangingAttempts: () => hangingConnections.size,
    farEnds,
    elapse: (ms) => sleep(ms),
    held() {
      let held = sockets.listeners();
      for (const signal of signals) held += getEventListeners(signal, "abort").length;
      return held;
    },
    async dispose() {
      for (const socket of [...connections, ...hangingConnections]) socket.destroy();
      accepting.close();
      await Promise.all([close(http), close(hanging)]);
    },
  };
}

/** The parts of `ws` that tell of a close frame before the connection ends; it has no public word for that. */
interface Inside {
  readonly _receiver: {
    on(event: "conclude", listener: (code: number, reason: Buffer) => void): void;
    removeAllListeners(event: "conclude"): void;
  };
  readonly _socket: Socket;
}

function farEndOf(peer: ServerSocket): FarEnd {
  const { _receiver: receiver, _socket: socket } = peer as unknown as Inside;
  const received: string[] = [];
  let closedByClient: FarEnd["closedByClient"];
  let isConnected = true;
  const note = (code: number, reason: Buffer): void => {
    closedByClient = { code, reason: reason.toString() };
  };
  receiver.on("conclude", note);
  socket.on("close", () => {
    isConnected = false;
  });
  peer.on("message", (data) => received.push(String(data)));
  peer.on("error", () => {});
  return {
    send: (payload) => peer.send(payload, () => {}),
    received,
    get closedByClient() {
      return closedByClient;
    },
    close: (code, reason) => peer.close(code, reason),
    cut: () => socket.destroy(),
    ignoreClose() {
      receiver.removeAllListeners("conclude");
      receiver.on("conclude", note);
    },
    get isConnected() {
      return isConnected;
    },
  };
}

function holdConnections(server: Server): Set<Socket> {
  const connections = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => connections.delete(socket));
    // What is not read keeps a connection from ending.
    if (!(server instanceof Object && "headersTimeout" in server)) socket.resume();
  });
  return connections;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
