import { modelChannel } from "../../domain/channels.ts";
import { checkedMessage } from "../../domain/context/message.ts";
import {
  encodeModel,
  type ModelAnalytics,
  type ModelMessage,
  type ModelName,
  modelAnalyticsSchema,
  modelNameSchema,
} from "../../domain/context/model.ts";
import type { ModelStore } from "../../ports/model-store.ts";
import { assertSymbol } from "../context-arguments.ts";
import { PortClient } from "../port-client.ts";
import { type MemoryDatabase, type MemoryTables, tablesOf } from "./database.ts";

/** A client of a database's models. A model is kept as text: each reader gets an object of its own. */
export class MemoryModelStore extends PortClient implements ModelStore {
  readonly #tables: MemoryTables;

  constructor(database: MemoryDatabase) {
    super();
    this.#tables = tablesOf(database);
  }

  async put(model: ModelName, symbol: string, message: object): Promise<void> {
    const channel = this.#channel("store a model", model, symbol);
    const text = encodeModel(message);
    this.#tables.models.put(channel, text);
    this.#tables.bus.publish(channel, text);
  }

  async latest(model: ModelName, symbol: string): Promise<ModelMessage | null> {
    const text = this.#tables.models.get(this.#channel("read a model", model, symbol));
    return text === null ? null : JSON.parse(text);
  }

  async putAnalytics(model: ModelName, symbol: string, analytics: ModelAnalytics): Promise<void> {
    const action = "store the analytics of a model";
    const channel = this.#channel(action, model, symbol);
    this.#tables.modelAnalytics.set(channel, Object.freeze(checkedMessage(action, modelAnalyticsSchema, analytics)));
  }

  async analytics(model: ModelName, symbol: string): Promise<ModelAnalytics | null> {
    return this.#tables.modelAnalytics.get(this.#channel("read the analytics of a model", model, symbol)) ?? null;
  }

  /** The channel of a model, under whose name everything of it is kept. */
  #channel(action: string, model: ModelName, symbol: string): string {
    this.assertOpen(action);
    checkedMessage(action, modelNameSchema, model);
    assertSymbol(action, symbol);
    return modelChannel(model, symbol);
  }
}
