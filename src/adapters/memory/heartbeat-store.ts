import { CHANNELS } from "../../domain/channels.ts";
import { type Heartbeat, heartbeatSchema } from "../../domain/context/heartbeat.ts";
import { checkedMessage } from "../../domain/context/message.ts";
import type { HeartbeatStore } from "../../ports/heartbeat-store.ts";
import { assertTtl } from "../context-arguments.ts";
import { PortClient } from "../port-client.ts";
import { type MemoryDatabase, type MemoryTables, tablesOf } from "./database.ts";
import { frozenCopy } from "./frozen-copy.ts";

const DEFAULT_TTL_MS = 15_000;

/** A client of a database's heartbeats. The heartbeats it returns are frozen. */
export class MemoryHeartbeatStore extends PortClient implements HeartbeatStore {
  readonly #tables: MemoryTables;

  constructor(database: MemoryDatabase) {
    super();
    this.#tables = tablesOf(database);
  }

  async beat(heartbeat: Heartbeat, ttlMs: number = DEFAULT_TTL_MS): Promise<void> {
    const action = "store a heartbeat";
    this.assertOpen(action);
    assertTtl(action, ttlMs);
    const checked = frozenCopy(checkedMessage(action, heartbeatSchema, heartbeat));
    const { clock, heartbeats, bus } = this.#tables;
    const nowMs = clock.now();
    for (const [worker, { untilMs }] of heartbeats) if (nowMs >= untilMs) heartbeats.delete(worker);
    heartbeats.set(checked.worker, { heartbeat: checked, untilMs: nowMs + ttlMs });
    bus.publish(CHANNELS.heartbeat, JSON.stringify(checked));
  }

  async all(): Promise<readonly Heartbeat[]> {
    this.assertOpen("read the heartbeats");
    const nowMs = this.#tables.clock.now();
    return [...this.#tables.heartbeats.values()]
      .flatMap(({ heartbeat, untilMs }) => (nowMs < untilMs ? [heartbeat] : []))
      .sort((a, b) => (a.worker < b.worker ? -1 : 1));
  }
}
