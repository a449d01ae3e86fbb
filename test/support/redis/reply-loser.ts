import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to a server on which replies get lost. */
export interface ReplyLoser {
  readonly url: string;
  /** Breaks the connection in the place of the next reply: its command was carried out, and nobody is told. */
  loseNext(): void;
  close(): Promise<void>;
}

export async function startReplyLoser(serverUrl: string): Promise<ReplyLoser> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let loses = false;
  const proxy = createServer((client) => {
    const server = connect(Number(target.port || 6379), target.hostname);
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("close", () => server.destroy());
    server.on("close", () => client.destroy());
    client.pipe(server);
    server.on("data", (reply) => {
      if (!loses) client.write(reply);
      else {
        loses = false;
        client.destroy();
      }
    });
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("a proxy on TCP has a port");
  const url = new URL(serverUrl);
  url.host = `127.0.0.1:${address.port}`;
  return {
    url: url.href,
    loseNext() {
      loses = true;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };
}
