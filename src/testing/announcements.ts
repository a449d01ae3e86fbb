import type { BusMessage, MessageBus } from "../ports/message-bus.ts";
import { type StoreTime, soon, started } from "./runner.ts";

/** A client of a store that announces what it stores, and one of the bus of the same store. */
export interface AnnouncingClients<Store> {
  readonly store: Store;
  readonly bus: MessageBus;
}

/** Bodies of a channel's messages from now on, in order; `on` is called as each arrives. */
export async function hear(
  time: StoreTime,
  bus: MessageBus,
  channel: string,
  on: (body: string) => void = () => {},
): Promise<readonly string[]> {
  const bodies: string[] = [];
  const listener = (message: BusMessage): void => {
    if (message.kind !== "message") return;
    bodies.push(message.body);
    on(message.body);
  };
  await soon(time, "subscribe", started(bus.subscribe(channel, listener, new AbortController().signal)));
  return bodies;
}
