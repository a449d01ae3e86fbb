import WsWebSocket from "ws";
import type { WebSocketConstructor } from "../../src/adapters/ws/index.ts";

/** A WebSocket class that knows how many listeners its instances have. */
export interface CountedClass {
  readonly WebSocket: WebSocketConstructor;
  listeners(): number;
}

/** The class of `ws`. */
export function countedWs(): CountedClass {
  const sockets: WsWebSocket[] = [];
  class Counted extends WsWebSocket {
    constructor(url: string, protocols?: string[], options?: object) {
      super(url, protocols, options);
      sockets.push(this);
    }
  }
  return {
    WebSocket: Counted,
    listeners: () =>
      sockets.reduce(
        (sum, socket) => sum + socket.eventNames().reduce((count, name) => count + socket.listenerCount(name), 0),
        0,
      ),
  };
}

/** The class of the runtime. */
export function countedGlobal(): CountedClass {
  const sockets: Set<string>[] = [];
  const names = new Map<unknown, number>();
  const nameOf = (type: string, listener: unknown): string => {
    const number = names.get(listener) ?? names.size;
    names.set(listener, number);
    return `${type} ${number}`;
  };
  class Counted extends globalThis.WebSocket {
    readonly #listeners = new Set<string>();
    constructor(url: string) {
      super(url);
      sockets.push(this.#listeners);
    }
    override addEventListener(type: string, listener: EventListenerOrEventListenerObject): void {
      this.#listeners.add(nameOf(type, listener));
      super.addEventListener(type, listener);
    }
    override removeEventListener(type: string, listener: EventListenerOrEventListenerObject): void {
      this.#listeners.delete(nameOf(type, listener));
      super.removeEventListener(type, listener);
    }
  }
  return { WebSocket: Counted, listeners: () => sockets.reduce((sum, listeners) => sum + listeners.size, 0) };
}
