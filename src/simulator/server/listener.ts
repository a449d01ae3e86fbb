import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import type { AssetClass } from "../../domain/instrument/resource.ts";
import { ASSET_CLASSES } from "./protocol.ts";

/** What a listener tells. */
export interface ListenerEvents {
  /** Whether a socket may be opened now; otherwise how it is refused. */
  readonly admit: (assetClass: AssetClass) => "open" | "drop" | "http";
  readonly opened: (assetClass: AssetClass, webSocket: WebSocket, socket: Duplex) => void;
  readonly rejected: (path: string, why: string) => void;
}

/** How long a peer may take to answer a close frame, in ms. */
const CLOSE_TIMEOUT_MS = 1_000;

/** The largest message of a client, in bytes. The provider's limit is not known. */
const MAX_MESSAGE_BYTES = 4_194_304;

/** HTTP and WebSocket on one port, which can be closed and opened again. */
export class Listener {
  readonly #server: Server;
  readonly #webSockets: WebSocketServer;
  readonly #events: ListenerEvents;
  readonly #sockets = new Set<Duplex>();
  readonly #host: string;
  #port: number;
  /** Closing and opening happen one after the other. */
  #step: Promise<void> = Promise.resolve();

  /** @param onRequest answers what is no upgrade. */
  constructor(host: string, port: number, onRequest: RequestListener, events: ListenerEvents) {
    this.#host = host;
    this.#port = port;
    this.#events = events;
    // The types lag behind the library.
    const options: ServerOptions & { readonly closeTimeout: number } = {
      noServer: true,
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: MAX_MESSAGE_BYTES,
      closeTimeout: CLOSE_TIMEOUT_MS,
    };
    this.#webSockets = new WebSocketServer(options);
    this.#server = createServer(onRequest);
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => undefined).once("close", () => this.#sockets.delete(socket));
    });
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  get port(): number {
    return this.#port;
  }

  /** Listens, unless it does; the port stays the same from the first time on. Rejects where it is taken. */
  open(): Promise<void> {
    const opened = this.#step.then(() => this.#listen());
    this.#step = opened.catch(() => undefined);
    return opened;
  }

  /** Stops listening and drops whatever is connected. */
  close(): Promise<void> {
    this.#step = this.#step.then(
      () =>
        new Promise((resolve) => {
          this.#server.close(() => resolve());
          for (const socket of this.#sockets) socket.destroy();
        }),
    );
    return this.#step;
  }

  async #listen(): Promise<void> {
    if (this.#server.listening) return;
    await new Promise<void>((resolve, reject) => {
      const fail = (cause: NodeJS.ErrnoException): void => {
        const why = cause.code === "EADDRINUSE" ? "a free one" : "one that this process may listen on";
        reject(new Error(`Cannot start a simulator: 'port' must be ${why}, current value is ${this.#port}`, { cause }));
      };
      this.#server.once("error", fail);
      this.#server.listen(this.#port, this.#host, () => {
        this.#server.off("error", fail);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Of the path only: whatever stands behind it may be a secret.
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const assetClass = ASSET_CLASSES.find((name) => path === `/${name}`);
    if (assetClass === undefined) {
      this.#refuse(socket, path, "404 Not Found");
      return;
    }
    const admission = this.#events.admit(assetClass);
    if (admission === "drop") {
      this.#events.rejected(path, "dropped");
      socket.destroy();
      return;
    }
    if (admission === "http") {
      this.#refuse(socket, path, "503 Service Unavailable");
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.#events.opened(assetClass, webSocket, socket);
    });
  }

  #refuse(socket: Duplex, path: string, status: string): void {
    this.#events.rejected(path, `HTTP ${status}`);
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }
}
