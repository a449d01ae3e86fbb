import type { FlowSnapshot, GridSnapshot } from "../../domain/flow/snapshot.ts";
import type { FlowSnapshotStore } from "../../ports/flow-snapshot-store.ts";
import { PortClient } from "../port-client.ts";
import { type MemoryDatabase, tablesOf } from "./database.ts";
import type { ExpiringMap } from "./expiring-map.ts";

/** A client of a database's flow snapshots. The snapshots it returns are frozen. */
export class MemoryFlowSnapshotStore extends PortClient implements FlowSnapshotStore {
  readonly #flows: ExpiringMap<FlowSnapshot>;
  readonly #grids: ExpiringMap<GridSnapshot>;

  constructor(database: MemoryDatabase) {
    super();
    const { flows, grids } = tablesOf(database);
    this.#flows = flows;
    this.#grids = grids;
  }

  async putFlow(snapshot: FlowSnapshot): Promise<void> {
    this.assertOpen("write a flow snapshot");
    this.#flows.put(snapshot.underlying, snapshot);
  }

  async putGrid(snapshot: GridSnapshot): Promise<void> {
    this.assertOpen("write a grid snapshot");
    this.#grids.put(gridName(snapshot.underlying, snapshot.expiration), snapshot);
  }

  async flow(underlying: string): Promise<FlowSnapshot | null> {
    this.assertOpen("read a flow snapshot");
    return this.#flows.get(underlying);
  }

  async grid(underlying: string, expiration: string): Promise<GridSnapshot | null> {
    this.assertOpen("read a grid snapshot");
    return this.#grids.get(gridName(underlying, expiration));
  }
}

function gridName(underlying: string, expiration: string): string {
  return `${underlying}:${expiration}`;
}
