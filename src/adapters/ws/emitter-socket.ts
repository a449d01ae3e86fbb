import {
  FrameTooLarge,
  OPEN,
  type RuntimeSocket,
  type SocketListener,
  type SocketSettings,
  type WebSocketConstructor,
} from "./runtime-socket.ts";

/** How long `ws` waits for the end of a connection after close frames, ms. */
const CLOSE_TIMEOUT_MS = 1_000;

interface Emitter {
  readonly readyState: number;
  binaryType: string;
  on(event: string, listener: (...values: never[]) => void): void;
  removeListener(event: string, listener: (...values: never[]) => void): void;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
  ping?(): void;
  pause?(): void;
  resume?(): void;
}

type EmitterConstructor = new (url: string, protocols: readonly string[], options: object) => Emitter;

/** Whether the instances of a class are emitters, as those of `ws` are. */
export function isEmitterClass(socketClass: WebSocketConstructor): boolean {
  return "on" in socketClass.prototype && "terminate" in socketClass.prototype;
}

/** Opens a socket of `ws`. Its events carry less than those of the standard, and cost less. */
export function openEmitterSocket(
  socketClass: WebSocketConstructor,
  { url, maxFrameBytes }: SocketSettings,
  listener: SocketListener,
): RuntimeSocket {
  const socket = new (socketClass as unknown as EmitterConstructor)(url, [], {
    maxPayload: maxFrameBytes,
    closeTimeout: CLOSE_TIMEOUT_MS,
    // Inflating costs more than a fast link saves, and runs apart from the socket's events, so that pongs overtake data.
    perMessageDeflate: false,
  });
  socket.binaryType = "nodebuffer";
  const { frame, pong } = listener;

  const listeners: Readonly<Record<string, (...values: never[]) => void>> = {
    open: () => listener.opened(),
    message: (data: Uint8Array, isBinary: boolean) => frame(isBinary ? bytesOf(data) : data.toString()),
    pong: () => pong(),
    "unexpected-response": (_request: unknown, response: { readonly statusCode?: number }) => {
      listener.refused(response.statusCode ?? 0);
      // Who listens to this has to end the attempt.
      socket.terminate();
    },
    error: (error: unknown) => listener.failed(isTooLarge(error) ? new FrameTooLarge() : error),
    close: (code: number, reason: { toString(): string }) => {
      for (const [event, remove] of Object.entries(listeners)) socket.removeListener(event, remove);
      listener.ended(code, reason.toString());
    },
  };
  for (const [event, add] of Object.entries(listeners)) socket.on(event, add);

  const canPing = typeof socket.ping === "function";
  const canPause = typeof socket.pause === "function" && typeof socket.resume === "function";
  return {
    capabilities: { ping: canPing, pause: canPause },
    send: (text) => socket.send(text),
    ping() {
      if (!canPing || socket.readyState !== OPEN) return false;
      socket.ping?.();
      return true;
    },
    pause: () => socket.pause?.(),
    resume: () => socket.resume?.(),
    close: (code, reason) => socket.close(code, reason),
    terminate() {
      socket.terminate();
      return true;
    },
  };
}

/** The bytes without what Node's `Buffer` adds, which behaves unlike that of other runtimes. */
function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
}
