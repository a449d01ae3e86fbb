import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { AUTHENTICATED, CONNECTED, subscribed } from "../../../src/simulator/index.ts";

/** A server that speaks the provider's protocol as far as a source needs it, and sends what it is told to. */
export class ScriptedFeed {
  readonly #server: WebSocketServer;
  readonly #topics = new Map<WebSocket, number>();

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket) => this.#serve(socket));
  }

  static async start(): Promise<ScriptedFeed> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await once(server, "listening");
    return new ScriptedFeed(server);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Topics asked for by all who are connected. */
  get topics(): number {
    return [...this.#topics.values()].reduce((sum, topics) => sum + topics, 0);
  }

  /** Sends a frame to all who are connected. */
  send(frame: string): void {
    for (const socket of this.#topics.keys()) socket.send(frame);
  }

  async close(): Promise<void> {
    for (const socket of this.#topics.keys()) socket.terminate();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(socket: WebSocket): void {
    this.#topics.set(socket, 0);
    socket.on("close", () => this.#topics.delete(socket));
    socket.send(`[${CONNECTED}]`);
    socket.on("message", (data) => {
      const { action, params } = JSON.parse(String(data)) as { readonly action: string; readonly params: string };
      if (action === "auth") socket.send(`[${AUTHENTICATED}]`);
      if (action !== "subscribe") return;
      const topics = params.split(",");
      this.#topics.set(socket, (this.#topics.get(socket) ?? 0) + topics.length);
      socket.send(`[${topics.map(subscribed).join()}]`);
    });
  }
}
