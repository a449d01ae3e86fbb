import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import type { FrameOrigin } from "./server-log.ts";

/** A frame on its way to a socket. */
export interface OutboundFrame {
  readonly payload: string;
  /** Market events, 0 where none can be read from it. */
  readonly events: number;
  readonly statuses: number;
  readonly origin: FrameOrigin;
}

/** How a connection's sending is held up at the moment. */
interface HoldUp {
  stalledUntilMs: number;
  answersPings: boolean;
  slowUntilMs: number;
  bytesPerSecond: number;
  /** What may be sent at this time; below 0 after a frame larger than that. */
  credit: number;
  creditedAtMs: number;
}

/** Bytes that lie in the socket before frames wait here: what is here can still be counted as not sent. */
const SOCKET_BYTES = 1_048_576;

/** How long the last words of a connection may take to leave, in real ms. */
const DROP_WITHIN_MS = 1_000;

/**
 * What one connection has still to be sent: a queue in front of its socket, and the socket's own buffer, together bounded
 * in bytes. Frames leave in order.
 */
export class Outbox {
  readonly #webSocket: WebSocket;
  readonly #limitBytes: number;
  readonly #socketBytes: number;
  readonly #onHanded: (frame: OutboundFrame) => void;
  readonly #queue: (OutboundFrame | { readonly pong: Buffer })[] = [];
  readonly #holdUp: HoldUp = {
    stalledUntilMs: 0,
    answersPings: true,
    slowUntilMs: 0,
    bytesPerSecond: 0,
    credit: 0,
    creditedAtMs: 0,
  };
  #queuedBytes = 0;
  #handed = 0;
  #left = 0;

  /** @param onHanded is called at the moment at which a frame goes to the socket. */
  constructor(webSocket: WebSocket, limitBytes: number, onHanded: (frame: OutboundFrame) => void) {
    this.#webSocket = webSocket;
    this.#limitBytes = limitBytes;
    this.#socketBytes = Math.min(SOCKET_BYTES, limitBytes / 2);
    this.#onHanded = onHanded;
  }

  /** Bytes not yet out of this process. */
  get bufferedBytes(): number {
    return this.#queuedBytes + this.#webSocket.bufferedAmount;
  }

  /** Frames that were handed to the socket and have not wholly left this process. */
  get undelivered(): number {
    return this.#handed - this.#left;
  }

  /** Takes a frame. @returns `false`, without taking it, where the buffer is full. */
  push(frame: OutboundFrame, elapsedMs: number): boolean {
    if (this.bufferedBytes + frame.payload.length > this.#limitBytes) return false;
    this.#queue.push(frame);
    this.#queuedBytes += frame.payload.length;
    this.pump(elapsedMs);
    return true;
  }

  /** Hands on whatever may be sent now. */
  pump(elapsedMs: number): void {
    while (this.#queue.length > 0 && this.#mayHand(elapsedMs)) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      if ("pong" in next) this.#webSocket.pong(next.pong);
      else this.#hand(next);
    }
  }

  /** Answers a ping: behind what waits, as a server does whose reader lags. */
  ping(data: Buffer, elapsedMs: number): void {
    if (this.isStalled(elapsedMs)) {
      if (this.#holdUp.answersPings) this.#webSocket.pong(data);
    } else if (this.#queue.length > 0) {
      this.#queue.push({ pong: data });
    } else {
      this.#webSocket.pong(data);
    }
  }

  stall(untilMs: number, answersPings: boolean): void {
    this.#holdUp.stalledUntilMs = Math.max(this.#holdUp.stalledUntilMs, untilMs);
    this.#holdUp.answersPings = answersPings;
  }

  isStalled(elapsedMs: number): boolean {
    return elapsedMs < this.#holdUp.stalledUntilMs;
  }

  throttle(untilMs: number, bytesPerSecond: number, elapsedMs: number): void {
    Object.assign(this.#holdUp, { slowUntilMs: untilMs, bytesPerSecond, credit: 0, creditedAtMs: elapsedMs });
  }

  /** Empties the queue. @returns the frames that were not handed to the socket. */
  discard(): OutboundFrame[] {
    const frames = this.#queue.splice(0).filter((item): item is OutboundFrame => !("pong" in item));
    this.#queuedBytes = 0;
    return frames;
  }

  /** Hands a frame to the socket past whatever waits and holds up: the last words of a connection. */
  sendNow(frame: OutboundFrame): void {
    this.#queuedBytes += frame.payload.length;
    this.#hand(frame);
  }

  #mayHand(elapsedMs: number): boolean {
    const { webSocket, holdUp } = { webSocket: this.#webSocket, holdUp: this.#holdUp };
    if (webSocket.readyState !== WebSocket.OPEN || this.isStalled(elapsedMs)) return false;
    if (elapsedMs < holdUp.slowUntilMs) {
      holdUp.credit += (holdUp.bytesPerSecond * (elapsedMs - holdUp.creditedAtMs)) / 1000;
      // What was not used is not saved up: a slow line does not become a fast one after a pause.
      holdUp.credit = Math.min(holdUp.credit, holdUp.bytesPerSecond);
      holdUp.creditedAtMs = elapsedMs;
      if (holdUp.credit <= 0) return false;
    }
    return webSocket.bufferedAmount < this.#socketBytes;
  }

  #hand(frame: OutboundFrame): void {
    this.#queuedBytes -= frame.payload.length;
    this.#holdUp.credit -= frame.payload.length;
    this.#handed += 1;
    this.#onHanded(frame);
    this.#webSocket.send(frame.payload, this.#onLeft);
  }

  readonly #onLeft = (error?: Error | null): void => {
    if (!error) this.#left += 1;
  };
}

/** Ends a TCP connection when what was written has left, without a close frame. */
export function dropAfterWriting(socket: Duplex): void {
  // A peer that does not read would hold it open.
  const patience = setTimeout(() => socket.destroy(), DROP_WITHIN_MS);
  socket.once("close", () => clearTimeout(patience));
  socket.end(() => socket.destroy());
}
