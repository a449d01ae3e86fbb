import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";

/** A server of WebSockets whose paths behave in one way each, for `linkStory`. */
export interface LinkServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function startLinkServer(): Promise<LinkServer> {
  const accepting = new WebSocketServer({ noServer: true });
  const http: Server = createServer();
  const sockets = new Set<Duplex>();
  http.on("upgrade", (request, socket, head) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    if (request.url === "/hanging") return;
    if (request.url === "/missing") {
      socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    accepting.handleUpgrade(request, socket, head, (peer) => {
      peer.on("error", () => {});
      if (request.url === "/cut") socket.destroy();
      if (request.url === "/ended") peer.close(4002, "enough");
      if (request.url === "/large") for (const length of [1_000, 1_001]) peer.send("x".repeat(length));
      if (request.url === "/talk") {
        for (const message of ["text", new Uint8Array([1, 2, 3])]) peer.send(message);
        peer.on("message", (message) => peer.send(String(message)));
      }
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
