import { CHANNELS } from "../../domain/channels.ts";
import { isTransient } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { BusMessage, MessageBus } from "../../ports/message-bus.ts";
import type { SubscriptionChange, SubscriptionStore } from "../../ports/subscription-store.ts";
import type { Telemetry } from "../../ports/telemetry.ts";

/** What is needed to follow the wanted topics. */
export interface WantedTopicsPorts {
  readonly subscriptions: SubscriptionStore;
  readonly bus: MessageBus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
}

/** Messages may be lost: the set is read again this often. */
const RECONCILE_MS = 5_000;

/** Follows the set of wanted topics: by the announced changes, and by rereading it now and then. */
export class WantedTopics {
  readonly #ports: WantedTopicsPorts;
  readonly #onChange: (topics: ReadonlySet<string>) => void;
  #topics = new Set<string>();
  #wake: AbortController | undefined;

  /** @param onChange hears of the whole set each time it is another one. */
  constructor(ports: WantedTopicsPorts, onChange: (topics: ReadonlySet<string>) => void) {
    this.#ports = ports;
    this.#onChange = onChange;
  }

  /** Follows until `signal` aborts. Rejects where the store or the bus refuses for good. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    let isSubscribed = false;
    while (!signal.aborted) {
      try {
        if (!isSubscribed) {
          await this.#ports.bus.subscribe(CHANNELS.subscriptions, (message) => this.#hear(message), signal);
          isSubscribed = true;
        }
        await this.#reread();
      } catch (error) {
        if (signal.aborted) return;
        if (!isTransient(error)) throw error;
        this.#ports.logger.warn("Cannot read which topics are wanted, keeping those known", { reason: String(error) });
      }
      this.#wake = new AbortController();
      await clock.sleep(RECONCILE_MS, AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  #hear(message: BusMessage): void {
    const change = message.kind === "message" ? readChange(message.body) : undefined;
    if (change === undefined) {
      // Something may have been missed, or is not ours to read: the set itself tells.
      this.#wake?.abort();
      return;
    }
    const topics = new Set(this.#topics);
    for (const topic of change.removed) topics.delete(topic);
    for (const topic of change.added) topics.add(topic);
    this.#set(topics);
  }

  async #reread(): Promise<void> {
    const topics = await this.#ports.subscriptions.wanted();
    const drift = differenceOf(topics, this.#topics);
    if (drift > 0) this.#ports.telemetry.count("source_wanted_drift_total", drift);
    this.#set(new Set(topics));
  }

  #set(topics: Set<string>): void {
    if (differenceOf(topics, this.#topics) === 0) return;
    this.#topics = topics;
    this.#onChange(topics);
  }
}

/** How many topics are in one of the two only. */
function differenceOf(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  let common = 0;
  for (const topic of one) if (other.has(topic)) common += 1;
  return one.size + other.size - 2 * common;
}

/** @returns `undefined` for what is no announced change. */
function readChange(body: string): SubscriptionChange | undefined {
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof message !== "object" || message === null) return undefined;
  const { added, removed } = message as { readonly added?: unknown; readonly removed?: unknown };
  return isTexts(added) && isTexts(removed) ? { added, removed } : undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}
