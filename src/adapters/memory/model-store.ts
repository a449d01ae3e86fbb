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
import { assertSymbol, assertTicket } from "../context-arguments.ts";
import { PortClient } from "../port-client.ts";
import { type MemoryDatabase, type MemoryTables, tablesOf } from "./database.ts";

/** A client of a database's models. A model is kept as text: each reader gets an object of its own. */
export class MemoryModelStore extends PortClient implements ModelStore {
  readonly #tables: MemoryTables;

  constructor(database: MemoryDatabase) {
    super();
    this.#tables = tablesOf(database);
  }

  async takeTicket(): Promise<number> {
    this.assertOpen("take a ticket");
    return ++this.#tables.modelTickets.last;
  }

  async put(
    model: ModelName,
    symbol: string,
    message: object,
    ticket?: number | undefined,
  ): Promise<"stored" | "superseded"> {
    const action = "store a model";
    const channel = this.#channel(action, model, symbol);
    const text = encodeModel(message);
    if (ticket !== undefined) assertTicket(action, ticket);
    const { models, modelTickets: tickets, bus } = this.#tables;
    const stored = tickets.stored.get(channel) ?? 0;
    if (ticket !== undefined && (ticket < stored || ticket > tickets.last)) return "superseded";
    tickets.stored.set(channel, ticket ?? ++tickets.last);
    models.put(channel, text);
    bus.publish(channel, text);
    return "stored";
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
