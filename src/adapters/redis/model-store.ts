import { z } from "zod";
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
import type { RedisCommand } from "./connection.ts";
import { CountedFields } from "./context-fields.ts";
import { readJson } from "./json-value.ts";
import { RedisClient } from "./redis-client.ts";
import { PUT_MODEL } from "./scripts/put-model.ts";
import { TAKE_TICKET } from "./scripts/take-ticket.ts";

const LIFE_MS = 60_000;
const ANALYTICS_FIELDS = [
  "builds",
  "full",
  "incremental",
  "last_ts",
  "last_ms",
  "skipped_stale",
  "errors",
] as const satisfies readonly (keyof ModelAnalytics)[];

/** Any object: what its fields must be is its builder's affair. */
const modelSchema: z.ZodType<ModelMessage> = z.custom<ModelMessage>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  { error: "an object" },
);

/** Models as strings with a lifetime, announced in the step that stores them; tickets and analytics in one hash each. */
export class RedisModelStore extends RedisClient implements ModelStore {
  async takeTicket(): Promise<number> {
    const action = "take a ticket";
    this.assertOpen(action);
    return Number(await this.run(action, TAKE_TICKET, [this.keys.of("modelTickets")], []));
  }

  async put(
    model: ModelName,
    symbol: string,
    message: object,
    ticket?: number | undefined,
  ): Promise<"stored" | "superseded"> {
    const action = "store a model";
    this.#check(action, model, symbol);
    const text = encodeModel(message);
    if (ticket !== undefined) assertTicket(action, ticket);
    const names = [this.keys.of("model", { model, SYMBOL: symbol }), this.keys.of("modelTickets")];
    const channel = this.keys.channel(modelChannel(model, symbol));
    const args = [text, LIFE_MS, channel, `${model}:${symbol}`, ticket ?? ""];
    return (await this.run(action, PUT_MODEL, names, args)) === 1 ? "stored" : "superseded";
  }

  async latest(model: ModelName, symbol: string): Promise<ModelMessage | null> {
    const action = "read a model";
    this.#check(action, model, symbol);
    const key = this.keys.of("model", { model, SYMBOL: symbol });
    const json = await this.command(action, "GET", key);
    return typeof json === "string" ? readJson(action, key, "a model", modelSchema, json) : null;
  }

  async putAnalytics(model: ModelName, symbol: string, analytics: ModelAnalytics): Promise<void> {
    const action = "store the analytics of a model";
    this.#check(action, model, symbol);
    const checked = checkedMessage(action, modelAnalyticsSchema, analytics);
    const key = this.keys.of("modelAnalytics");
    const written: (string | number)[] = [];
    const absent: string[] = [];
    for (const field of ANALYTICS_FIELDS) {
      const value = checked[field];
      if (value === null) absent.push(`${model}:${symbol}:${field}`);
      else written.push(`${model}:${symbol}:${field}`, value);
    }
    const commands: RedisCommand[] = [["HSET", key, ...written]];
    if (absent.length > 0) commands.push(["HDEL", key, ...absent]);
    await this.transaction(action, commands);
  }

  async analytics(model: ModelName, symbol: string): Promise<ModelAnalytics | null> {
    const action = "read the analytics of a model";
    this.#check(action, model, symbol);
    const key = this.keys.of("modelAnalytics");
    const names = ANALYTICS_FIELDS.map((field) => `${model}:${symbol}:${field}`);
    const texts = (await this.command(action, "HMGET", key, ...names)) as readonly (string | null)[];
    if (texts.every((text) => text === null)) return null;
    const fields = Object.fromEntries(names.map((name, index) => [name, texts[index] ?? undefined]));
    const counted = new CountedFields(action, key, fields);
    const gauges = ANALYTICS_FIELDS.map((field, index) => [field, counted.gauge(names[index] ?? "")] as const);
    const json = JSON.stringify(Object.fromEntries(gauges));
    return readJson(action, key, `analytics of ${model}:${symbol}`, modelAnalyticsSchema, json);
  }

  #check(action: string, model: ModelName, symbol: string): void {
    this.assertOpen(action);
    checkedMessage(action, modelNameSchema, model);
    assertSymbol(action, symbol);
  }
}
