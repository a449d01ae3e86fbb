import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { commandHead, isPush, RespSplitter } from "./resp-splitter.ts";

/**
 * What becomes of a command. `pass` it is carried out and answered; `cut` it is carried out, and the connection breaks in
 * the place of its reply; `stall` it is carried out, and neither it nor any later one of its connection is ever answered;
 * `drop` the connection breaks before it reaches the server; `hold` it and all later ones of its connection wait on
 * their way to the server for `release()`.
 */
export type CommandFate = "pass" | "cut" | "stall" | "drop" | "hold";

/** A way to a server that decides about each command. */
export interface FaultProxy {
  readonly url: string;
  /** Asked about every command in its turn: its name in capitals and its first argument. @default all pass */
  fate: (name: string, first: string) => CommandFate;
  /** Lets what is held go on. */
  release(): void;
  /** Breaks all connections. */
  cutAll(): void;
  close(): Promise<void>;
}

/** Starts a proxy on the loopback address in front of a server. */
export async function startFaultProxy(serverUrl: string): Promise<FaultProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  const held = new Set<() => void>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 6379), target.hostname);
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());

    const fates: CommandFate[] = [];
    let waiting: Buffer[] | undefined;
    const requests = new RespSplitter();
    client.on("data", (bytes) => {
      for (const message of requests.push(bytes)) {
        const fate = waiting === undefined ? proxy.fate(...commandHead(message)) : "hold";
        if (fate === "drop") {
          client.destroy();
          return;
        }
        if (fate === "hold") {
          if (waiting === undefined) {
            waiting = [];
            held.add(() => {
              // What the client sent stays sent, whether or not it still waits for the answer.
              for (const one of waiting?.splice(0) ?? []) upstream.write(one);
              waiting = undefined;
            });
          }
          waiting.push(message);
        } else upstream.write(message);
        fates.push(fate);
      }
    });

    let stalled = false;
    const replies = new RespSplitter();
    upstream.on("data", (bytes) => {
      for (const message of replies.push(bytes)) {
        const fate = isPush(message) ? "pass" : fates.shift();
        if (fate === "cut") client.destroy();
        stalled ||= fate === "stall";
        if (!stalled && !client.destroyed) client.write(message);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a proxy on TCP has a port");
  const proxy: FaultProxy = {
    url: `redis://127.0.0.1:${address.port}`,
    fate: () => "pass",
    release() {
      for (const go of held) go();
      held.clear();
    },
    cutAll() {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      proxy.cutAll();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}
