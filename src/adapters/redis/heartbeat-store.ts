import { CHANNELS } from "../../domain/channels.ts";
import { type Heartbeat, heartbeatSchema } from "../../domain/context/heartbeat.ts";
import { checkedMessage } from "../../domain/context/message.ts";
import type { HeartbeatStore } from "../../ports/heartbeat-store.ts";
import { assertTtl } from "../context-arguments.ts";
import { readJson } from "./json-value.ts";
import { RedisClient } from "./redis-client.ts";
import { BEAT } from "./scripts/beat.ts";
import { READ_HEARTBEATS } from "./scripts/read-heartbeats.ts";

const DEFAULT_TTL_MS = 15_000;

/** Heartbeats as strings with a lifetime, named by an index, announced in the step that stores them. */
export class RedisHeartbeatStore extends RedisClient implements HeartbeatStore {
  async beat(heartbeat: Heartbeat, ttlMs: number = DEFAULT_TTL_MS): Promise<void> {
    const action = "store a heartbeat";
    this.assertOpen(action);
    assertTtl(action, ttlMs);
    const checked = checkedMessage(action, heartbeatSchema, heartbeat);
    const { worker } = checked;
    const names = [this.keys.of("heartbeat", { worker }), this.keys.of("heartbeats")];
    const args = [worker, JSON.stringify(checked), ttlMs, this.keys.channel(CHANNELS.heartbeat)];
    await this.run(action, BEAT, names, args);
  }

  async all(): Promise<readonly Heartbeat[]> {
    const action = "read the heartbeats";
    const prefix = this.keys.of("heartbeat", { worker: "" });
    const answer = (await this.run(action, READ_HEARTBEATS, [this.keys.of("heartbeats")], [prefix])) as string[];
    const beats: Heartbeat[] = [];
    for (let index = 0; index + 1 < answer.length; index += 2) {
      const key = prefix + answer[index];
      beats.push(readJson(action, key, "a heartbeat", heartbeatSchema, answer[index + 1] ?? ""));
    }
    return beats.sort((a, b) => (a.worker < b.worker ? -1 : 1));
  }
}
