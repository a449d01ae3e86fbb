import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { WsFeedConnector } from "../../src/adapters/ws/index.ts";
import type { WsConfig } from "../../src/domain/config/strikewire-config.ts";
import type { DataBatch } from "../../src/domain/market/batch.ts";
import type { TradeOrNbbo } from "../../src/domain/market/rows.ts";
import { ConnectionManager, type ConnectionManagerPorts } from "../../src/workers/source/connection-manager.ts";
import type { BenchProvider } from "./provider.ts";

/** Settings under which nothing is given up, however slow the machine: for measuring how fast it goes. */
export const PATIENT: Partial<WsConfig> = {
  wsStalenessLimitMs: 60_000,
  wsQueueEvents: 100_000_000,
  wsQueueBytes: 4_000_000_000,
  wsSpoolBytes: 4_000_000_000,
};

/** A source of ours, subscribed to all option trades of a provider. */
export function source(
  provider: BenchProvider,
  config: Partial<WsConfig> = {},
  ports: Partial<ConnectionManagerPorts> = {},
): ConnectionManager {
  return new ConnectionManager(
    { apiKey: "bench", wsUrl: provider.url, wsResources: ["options_trades"], ...config },
    { feed: new WsFeedConnector(), clock: SYSTEM_CLOCK, ...ports },
  );
}

/** Hands every batch to `onBatch`. Resolves when the provider has confirmed the subscription; `stop` then ends the run. */
export async function iterate(
  provider: BenchProvider,
  manager: ConnectionManager,
  onBatch: (batch: DataBatch<TradeOrNbbo>) => void | Promise<void>,
): Promise<() => Promise<void>> {
  const stop = new AbortController();
  const subscribed = provider.next("subscribed");
  const running = (async () => {
    for await (const batch of manager.run(stop.signal)) await onBatch(batch);
  })();
  await Promise.race([subscribed, running]);
  return async () => {
    stop.abort();
    await running;
  };
}

/** What anybody would write: a socket of `ws`, and each message as text. */
export async function bareClient(
  provider: BenchProvider,
  onText: (text: string) => void,
): Promise<() => Promise<void>> {
  const subscribed = provider.next("subscribed");
  const socket = new WebSocket(`${provider.url}/options`);
  await once(socket, "open");
  socket.send('{"action":"auth","params":"bench"}');
  socket.send('{"action":"subscribe","params":"T.*"}');
  await subscribed;
  socket.on("message", (data) => onText(String(data)));
  return async () => {
    const closed = once(socket, "close");
    socket.close();
    await closed;
  };
}

/** Waits for something that has to come. @throws Error where it has not after ten seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 1_000) throw new Error("Cannot measure: what was sent must arrive or be given up, it did not in time");
    await sleep(10);
  }
}
