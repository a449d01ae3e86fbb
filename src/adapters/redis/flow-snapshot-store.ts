import { flowChannel, gridChannel } from "../../domain/channels.ts";
import type { FlowSnapshot, GridSnapshot } from "../../domain/flow/snapshot.ts";
import { FLOW_SNAPSHOT, GRID_SNAPSHOT } from "../../domain/flow/snapshot-schema.ts";
import type { FlowSnapshotStore } from "../../ports/flow-snapshot-store.ts";
import { readJson } from "./json-value.ts";
import { RedisClient } from "./redis-client.ts";
import { PUT_ANNOUNCED } from "./scripts/put-announced.ts";

const LIFE_MS = 30_000;

/** Flow snapshots as strings with a lifetime, announced in the step that stores them. */
export class RedisFlowSnapshotStore extends RedisClient implements FlowSnapshotStore {
  async putFlow(snapshot: FlowSnapshot): Promise<void> {
    const { underlying } = snapshot;
    const key = this.keys.of("flow", { UNDERLYING: underlying });
    await this.#put("write a flow snapshot", key, flowChannel(underlying), snapshot);
  }

  async putGrid(snapshot: GridSnapshot): Promise<void> {
    const { underlying, expiration } = snapshot;
    const key = this.keys.of("grid", { UNDERLYING: underlying, EXPIRY: expiration });
    await this.#put("write a grid snapshot", key, gridChannel(underlying, expiration), snapshot);
  }

  async flow(underlying: string): Promise<FlowSnapshot | null> {
    const action = "read a flow snapshot";
    const key = this.keys.of("flow", { UNDERLYING: underlying });
    const json = await this.command(action, "GET", key);
    return typeof json === "string" ? readJson(action, key, "a flow snapshot", FLOW_SNAPSHOT, json) : null;
  }

  async grid(underlying: string, expiration: string): Promise<GridSnapshot | null> {
    const action = "read a grid snapshot";
    const key = this.keys.of("grid", { UNDERLYING: underlying, EXPIRY: expiration });
    const json = await this.command(action, "GET", key);
    return typeof json === "string" ? readJson(action, key, "a grid snapshot", GRID_SNAPSHOT, json) : null;
  }

  async #put(action: string, key: string, channel: string, snapshot: object): Promise<void> {
    await this.run(action, PUT_ANNOUNCED, [key], [JSON.stringify(snapshot), LIFE_MS, this.keys.channel(channel)]);
  }
}
