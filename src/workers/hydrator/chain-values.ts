import { CHANNELS } from "../../domain/channels.ts";
import type { HydrationState } from "../../domain/hydration/state.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EpochStore } from "../../ports/epoch-store.ts";
import type { Logger } from "../../ports/logger.ts";
import type { BusMessage, MessageBus } from "../../ports/message-bus.ts";
import type { SubstrateStore } from "../../ports/substrate-store.ts";
import { listen } from "../listen.ts";

/** Announcements may be lost, and without a bus there are none: all chains are read again this often. */
const REREAD_MS = 60_000;
/** How long to leave a store alone that refused. */
const RETRY_MS = 1_000;

/** What chain values are read with. */
export interface ChainValuesPorts {
  readonly substrate: SubstrateStore;
  readonly epochs: EpochStore;
  /** Tells which chains were fetched. */
  readonly bus?: MessageBus | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Brings quotes and deltas of the active epochs to a hydration state: when it begins, after each fetch of a chain, and now
 * and then. Sides and sums are better with them and go on without: nothing here holds hydration up for good.
 */
export class ChainValues {
  readonly #ports: ChainValuesPorts;
  /** Symbols whose chain was fetched; all where something may have been missed. */
  #fetched: Set<string> | "all" = "all";
  #dueAtMs = Number.NEGATIVE_INFINITY;

  constructor(ports: ChainValuesPorts) {
    this.#ports = ports;
  }

  /** Hears of fetches until `signal` aborts. Without a bus, or where it refuses, chains are read now and then only. */
  async follow(signal: AbortSignal): Promise<void> {
    const { bus, clock, logger } = this.#ports;
    if (bus === undefined) return;
    const fetches = {
      channel: CHANNELS.chainSnapshot,
      what: "fetched chains",
      hear: (message: BusMessage) => this.#hear(message),
    };
    try {
      await listen(fetches, { bus, clock, logger }, signal);
    } catch (error) {
      if (!signal.aborted)
        logger.warn("Cannot hear of fetched chains, reading them now and then", { reason: String(error) });
    }
  }

  get isDue(): boolean {
    return this.#ports.clock.monotonic() >= this.#dueAtMs;
  }

  /** Reads all chains, into a state that knows nothing of them. */
  readAll(state: HydrationState): Promise<void> {
    this.#fetched = "all";
    return this.read(state);
  }

  /** Reads what was fetched. What cannot be read is left for later. */
  async read(state: HydrationState): Promise<void> {
    const { substrate, epochs, clock, logger } = this.#ports;
    // Due, and nothing was heard: it is time to read them all again.
    const fetched = this.#fetched === "all" || this.#fetched.size === 0 ? "all" : this.#fetched;
    this.#fetched = new Set();
    this.#dueAtMs = clock.monotonic() + REREAD_MS;
    try {
      for (const [symbol, epoch] of await epochs.allActive()) {
        if (fetched !== "all" && !fetched.has(symbol)) continue;
        for (const record of (await substrate.records(epoch)) ?? []) state.learn(record);
      }
    } catch (error) {
      logger.warn("Cannot read the values of chains, going on without", { reason: String(error) });
      this.#fetched = "all";
      this.#dueAtMs = clock.monotonic() + RETRY_MS;
    }
  }

  #hear(message: BusMessage): void {
    const symbol = message.kind === "message" ? symbolIn(message.body) : undefined;
    // Another process may announce what we cannot read: then it may be any chain.
    if (symbol === undefined) this.#fetched = "all";
    else if (this.#fetched !== "all") this.#fetched.add(symbol);
    this.#dueAtMs = Number.NEGATIVE_INFINITY;
  }
}

function symbolIn(body: string): string | undefined {
  try {
    const { symbol }: { symbol?: unknown } = JSON.parse(body);
    return typeof symbol === "string" ? symbol : undefined;
  } catch {
    return undefined;
  }
}
