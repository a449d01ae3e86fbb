import type { FlowSnapshot, GridSnapshot } from "../domain/flow/snapshot.ts";
import type { FlowSnapshotStore } from "../ports/flow-snapshot-store.ts";

/**
 * The same store, which keeps in memory what was written to it last: a report may come when their lifetime is over. Of what
 * could not be written nothing is kept, rather than what stood there before.
 */
export class KeptSnapshots implements FlowSnapshotStore {
  readonly #store: FlowSnapshotStore;
  readonly #flows = new Map<string, FlowSnapshot>();
  readonly #grids = new Map<string, GridSnapshot>();

  constructor(store: FlowSnapshotStore) {
    this.#store = store;
  }

  async putFlow(snapshot: FlowSnapshot): Promise<void> {
    this.#flows.delete(snapshot.underlying);
    await this.#store.putFlow(snapshot);
    this.#flows.set(snapshot.underlying, snapshot);
  }

  async putGrid(snapshot: GridSnapshot): Promise<void> {
    const name = `${snapshot.underlying} ${snapshot.expiration}`;
    this.#grids.delete(name);
    await this.#store.putGrid(snapshot);
    this.#grids.set(name, snapshot);
  }

  /** As written by this client. */
  async flow(underlying: string): Promise<FlowSnapshot | null> {
    return this.#flows.get(underlying) ?? null;
  }

  /** As written by this client. */
  async grid(underlying: string, expiration: string): Promise<GridSnapshot | null> {
    return this.#grids.get(`${underlying} ${expiration}`) ?? null;
  }

  close(): Promise<void> {
    return this.#store.close();
  }
}
