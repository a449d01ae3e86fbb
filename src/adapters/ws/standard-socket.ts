import {
  FrameTooLarge,
  type RuntimeSocket,
  type SocketListener,
  type SocketSettings,
  type WebSocketConstructor,
} from "./runtime-socket.ts";

/** Without a close frame. Deno gives 0 in its place, which no frame carries either. */
const NO_FRAME = 1006;
const TOO_LARGE = 1009;
/** Stands in for 1009, which the standard keeps from clients. */
const TOO_LARGE_FROM_CLIENT = 4009;

/** Opens a socket of the standard: no pings, no pause, and no HTTP status of a refusal. */
export function openStandardSocket(
  socketClass: WebSocketConstructor,
  { url, maxFrameBytes }: SocketSettings,
  listener: SocketListener,
): RuntimeSocket {
  const socket = new socketClass(url) as WebSocket;
  socket.binaryType = "arraybuffer";
  let isDetached = false;
  /** Stands while a Blob is read: what comes after it waits for it. */
  let reading: Promise<void> | undefined;

  const inOrder = (happen: () => void | Promise<void>): void => {
    if (reading === undefined) {
      const work = happen();
      if (work !== undefined) follow(work);
      return;
    }
    follow(reading.then(() => (isDetached ? undefined : happen())));
  };
  const follow = (work: Promise<void>): void => {
    const last = work
      .catch((error: unknown) => listener.failed(error))
      .then(() => {
        if (reading === last) reading = undefined;
      });
    reading = last;
  };

  const fail = (error: FrameTooLarge): void => {
    socket.removeEventListener("message", onMessage);
    try {
      socket.close(TOO_LARGE, error.message);
    } catch {
      socket.close(TOO_LARGE_FROM_CLIENT, error.message);
    }
    listener.failed(error);
  };
  const deliver = (payload: string | Uint8Array): void => {
    if (isWithin(payload, maxFrameBytes)) listener.frame(payload);
    else fail(new FrameTooLarge());
  };

  const onOpen = (): void => listener.opened();
  const onMessage = ({ data }: { readonly data: unknown }): void => {
    if (typeof data === "string" && reading === undefined) deliver(data);
    else inOrder(() => handOver(data, deliver));
  };
  const onError = (event: object): void => inOrder(() => listener.failed(failureOf(event)));
  const onClose = ({ code, reason }: { readonly code: number; readonly reason: string }): void => {
    inOrder(() => {
      detach();
      listener.ended(code === 0 ? NO_FRAME : code, reason);
    });
  };
  const detach = (): void => {
    isDetached = true;
    socket.removeEventListener("open", onOpen);
    socket.removeEventListener("message", onMessage);
    socket.removeEventListener("error", onError);
    socket.removeEventListener("close", onClose);
  };
  socket.addEventListener("open", onOpen);
  socket.addEventListener("message", onMessage);
  socket.addEventListener("error", onError);
  socket.addEventListener("close", onClose);

  return {
    capabilities: { ping: false, pause: false },
    send: (text) => socket.send(text),
    ping: () => false,
    pause: () => {},
    resume: () => {},
    close: (code, reason) => socket.close(code, reason),
    terminate() {
      detach();
      // Without effect once a close frame was sent: the runtime then ends the connection in its own time.
      socket.close();
      return false;
    },
  };
}

/** Hands a message over, at once unless it is a Blob, as runtimes without a `binaryType` give. */
function handOver(data: unknown, deliver: (payload: string | Uint8Array) => void): void | Promise<void> {
  if (typeof data === "string") return deliver(data);
  if (data instanceof ArrayBuffer) return deliver(new Uint8Array(data));
  if (ArrayBuffer.isView(data)) return deliver(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return (data as Blob).arrayBuffer().then((buffer) => deliver(new Uint8Array(buffer)));
}

/** The failure in an error event; `undefined` for one that says no more than that there was one. */
function failureOf(event: { readonly error?: unknown; readonly message?: string }): unknown {
  if (event.error instanceof Error && event.error.message !== "") return event.error;
  return event.message === "" ? undefined : event.message;
}

function isWithin(payload: string | Uint8Array, maxBytes: number): boolean {
  // A unit of a string's length takes three bytes at most.
  if (payload.length * 3 <= maxBytes) return true;
  if (payload.length > maxBytes) return false;
  return typeof payload !== "string" || new TextEncoder().encode(payload).length <= maxBytes;
}
