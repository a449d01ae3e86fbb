import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { commandHead, RespSplitter } from "./resp-splitter.ts";

/** What answers like a Redis and is none. */
export interface FakeRedis {
  /** `127.0.0.1:{port}` */
  readonly host: string;
  close(): Promise<void>;
}

/** Starts one that says `info` when it is asked for it and takes everything else; `undefined` for one that says nothing. */
export async function startFakeRedis(info: string | undefined): Promise<FakeRedis> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    const requests = new RespSplitter();
    socket.on("data", (bytes) => {
      for (const message of requests.push(bytes)) {
        if (info !== undefined) socket.write(replyTo(commandHead(message)[0], info));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a server on TCP has a port");
  return {
    host: `127.0.0.1:${address.port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function replyTo(command: string, info: string): string {
  if (command === "INFO") return `$${Buffer.byteLength(info)}\r\n${info}\r\n`;
  // The client goes on with the protocol that old servers speak.
  return command === "HELLO" ? "-ERR unknown command 'HELLO'\r\n" : "+OK\r\n";
}
