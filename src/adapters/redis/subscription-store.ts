import { CHANNELS } from "../../domain/channels.ts";
import { isTopic } from "../../domain/connection/subscription-request.ts";
import type { SubscriptionChange, SubscriptionStore } from "../../ports/subscription-store.ts";
import { checkedChange } from "../source-arguments.ts";
import { RedisClient } from "./redis-client.ts";
import { valueError } from "./reply-errors.ts";
import { CHANGE_SUBSCRIPTIONS } from "./scripts/change-subscriptions.ts";

/** The wanted topics as a set, changed and announced by one script. */
export class RedisSubscriptionStore extends RedisClient implements SubscriptionStore {
  async change(change: SubscriptionChange): Promise<SubscriptionChange> {
    const action = "change the wanted topics";
    this.assertOpen(action);
    const { added, removed } = checkedChange(action, change);
    const args = [JSON.stringify(added), JSON.stringify(removed), this.keys.channel(CHANNELS.subscriptions)];
    const made = String(await this.run(action, CHANGE_SUBSCRIPTIONS, [this.keys.of("subscriptions")], args));
    return made === "" ? { added: [], removed: [] } : JSON.parse(made);
  }

  async wanted(): Promise<ReadonlySet<string>> {
    const action = "read the wanted topics";
    const key = this.keys.of("subscriptions");
    const topics = (await this.command(action, "SMEMBERS", key)) as readonly string[];
    const foreign = topics.find((topic) => !isTopic(topic));
    if (foreign !== undefined) throw valueError(action, key, "topics", foreign);
    return new Set(topics);
  }
}
