import { CHANNELS } from "../../domain/channels.ts";
import { isTopic } from "../../domain/connection/subscription-request.ts";
import { isTransient, StorageError } from "../../domain/errors.ts";
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
  readonly #onKnown: () => void;
  #topics = new Set<string>();
  /** Whether the set was ever read. */
  #isKnown = false;
  /** What was heard since the last reading began. */
  #heard: SubscriptionChange[] = [];
  #wake: AbortController | undefined;

  /**
   * @param onChange hears of the whole set each time it is another one.
   * @param onKnown is called once, behind that: the set was read, be it empty.
   */
  constructor(
    ports: WantedTopicsPorts,
    onChange: (topics: ReadonlySet<string>) => void,
    onKnown: () => void = () => undefined,
  ) {
    this.#ports = ports;
    this.#onChange = onChange;
    this.#onKnown = onKnown;
  }

  /**
   * Follows until `signal` aborts. Rejects where the store or the bus refuses for good before the set was ever read; later what is
   * known is worth going on with: no frame depends on the set.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { bus, clock } = this.#ports;
    const subscribe = (): Promise<void> => {
      return bus.subscribe(CHANNELS.subscriptions, (message) => this.#hear(message), signal);
    };
    let isSubscribed = false;
    while (!signal.aborted) {
      if (!isSubscribed) {
        isSubscribed = await this.#attempt("hear which topics are wanted, reading them only", subscribe, signal);
      }
      if (signal.aborted) return;
      // Told to read again while reading, it does.
      const wake = new AbortController();
      this.#wake = wake;
      await this.#attempt("read which topics are wanted, keeping those known", () => this.#reread(), signal);
      await clock.sleep(RECONCILE_MS, AbortSignal.any([signal, wake.signal]));
    }
  }

  /** @returns whether it went well; where it did not, it is to be tried again. */
  async #attempt(action: string, work: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (isTransient(error)) this.#ports.logger.warn(`Cannot ${action}`, { reason: String(error) });
      else if (this.#isKnown && error instanceof StorageError) this.#ports.logger.error(`Cannot ${action}`, error);
      else throw error;
      return false;
    }
  }

  #hear(message: BusMessage): void {
    const change = message.kind === "message" ? readChange(message.body) : undefined;
    if (change === undefined) {
      // Something may have been missed, or is not ours to read: the set itself tells.
      this.#wake?.abort();
      return;
    }
    this.#heard.push(change);
    // Before the first reading there is nothing that a change could be one of.
    if (this.#isKnown) this.#set(changed(this.#topics, change));
  }

  async #reread(): Promise<void> {
    this.#heard = [];
    const read = new Set(await this.#ports.subscriptions.wanted());
    // What was heard meanwhile may be newer than what was read; where it is not, it changes nothing.
    const topics = this.#heard.reduce(changed, read);
    const drift = this.#isKnown ? differenceOf(topics, this.#topics) : 0;
    if (drift > 0) this.#ports.telemetry.count("source_wanted_drift_total", drift);
    const isFirst = !this.#isKnown;
    this.#isKnown = true;
    this.#set(topics);
    if (isFirst) this.#onKnown();
  }

  #set(topics: Set<string>): void {
    if (differenceOf(topics, this.#topics) === 0) return;
    this.#topics = topics;
    this.#onChange(topics);
  }
}

function changed(topics: ReadonlySet<string>, { added, removed }: SubscriptionChange): Set<string> {
  const result = new Set(topics);
  for (const topic of removed) result.delete(topic);
  for (const topic of added) result.add(topic);
  return result;
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
  return areTopics(added) && areTopics(removed) ? { added, removed } : undefined;
}

function areTopics(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string" && isTopic(text));
}
