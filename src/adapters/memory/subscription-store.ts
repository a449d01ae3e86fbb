import { CHANNELS } from "../../domain/channels.ts";
import type { SubscriptionChange, SubscriptionStore } from "../../ports/subscription-store.ts";
import { PortClient } from "../port-client.ts";
import { checkedChange } from "../source-arguments.ts";
import { type MemoryDatabase, type MemoryTables, tablesOf } from "./database.ts";

/** A client of a database's wanted topics. */
export class MemorySubscriptionStore extends PortClient implements SubscriptionStore {
  readonly #tables: MemoryTables;

  constructor(database: MemoryDatabase) {
    super();
    this.#tables = tablesOf(database);
  }

  async change(change: SubscriptionChange): Promise<SubscriptionChange> {
    const action = "change the wanted topics";
    this.assertOpen(action);
    const asked = checkedChange(action, change);
    const { wantedTopics, bus } = this.#tables;
    const added = asked.added.filter((topic) => !wantedTopics.has(topic));
    const removed = asked.removed.filter((topic) => wantedTopics.delete(topic));
    for (const topic of added) wantedTopics.add(topic);
    const made: SubscriptionChange = { added, removed };
    if (added.length + removed.length > 0) bus.publish(CHANNELS.subscriptions, JSON.stringify(made));
    return made;
  }

  async wanted(): Promise<ReadonlySet<string>> {
    this.assertOpen("read the wanted topics");
    return new Set(this.#tables.wantedTopics);
  }
}
