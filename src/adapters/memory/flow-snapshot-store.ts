import { flowChannel, gridChannel } from "../../domain/channels.ts";
import type { FlowSnapshot, GridSnapshot } from "../../domain/flow/snapshot.ts";
import type { FlowSnapshotStore } from "../../ports/flow-snapshot-store.ts";
import { PortClient } from "../port-client.ts";
import { type MemoryDatabase, type MemoryTables, tablesOf } from "./database.ts";
import type { ExpiringMap } from "./expiring-map.ts";

/** A client of a database's flow snapshots. The snapshots it returns are frozen. */
export class MemoryFlowSnapshotStore extends PortClient implements FlowSnapshotStore {
  readonly #tables: MemoryTables;

  constructor(database: MemoryDatabase) {
    super();
    this.#tables = tablesOf(database);
  }

  async putFlow(snapshot: FlowSnapshot): Promise<void> {
    this.assertOpen("write a flow snapshot");
    this.#put(this.#tables.flows, flowChannel(snapshot.underlying), snapshot);
  }

  async putGrid(snapshot: GridSnapshot): Promise<void> {
    this.assertOpen("write a grid snapshot");
    this.#put(this.#tables.grids, gridChannel(snapshot.underlying, snapshot.expiration), snapshot);
  }

  async flow(underlying: string): Promise<FlowSnapshot | null> {
    this.assertOpen("read a flow snapshot");
    return this.#tables.flows.get(flowChannel(underlying));
  }

  async grid(underlying: string, expiration: string): Promise<GridSnapshot | null> {
    this.assertOpen("read a grid snapshot");
    return this.#tables.grids.get(gridChannel(underlying, expiration));
  }

  /** A snapshot is kept under the name of the channel that it is announced on. */
  #put<Snapshot>(snapshots: ExpiringMap<Snapshot>, channel: string, snapshot: Snapshot): void {
    snapshots.put(channel, snapshot);
    this.#tables.bus.publish(channel, JSON.stringify(snapshot));
  }
}
