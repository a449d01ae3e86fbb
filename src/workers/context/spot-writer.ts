import type { SpotFetch } from "../../domain/context/spot.ts";
import { isStrikewireError, isTransient } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { ProducerId } from "../../ports/raw-log.ts";
import type { SpotStore } from "../../ports/spot-store.ts";
import { untilStored } from "../until-stored.ts";

/** What a writer works with. */
export interface SpotWriterPorts {
  readonly spot: SpotStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Hears of a writer. */
export interface SpotWriterListener {
  /** A fetch was given up: a newer one took its place while the store was away, or the writer ended. */
  readonly dropped: () => void;
  /** The store fails, with why, or works again. */
  readonly away: (reason: string | undefined) => void;
}

type Call = (seq: number) => Promise<"stored" | "already">;

/** How long the end of a worker waits for a store that does not answer. */
const LAST_CALLS_MS = 1_000;

/**
 * Stores what one role fetches, in order, each call under the next number of the role. Giving it something never waits:
 * while the store is away the newest fetch of every request is kept, and failures are kept as a number.
 */
export class SpotWriter {
  readonly #role: ProducerId;
  readonly #ports: SpotWriterPorts;
  readonly #listener: SpotWriterListener;
  /** By request, the longest waiting first. */
  readonly #fetches = new Map<number, SpotFetch>();
  #failures = 0;
  #seq: number | undefined;
  #isStoring = false;
  #wake: (() => void) | undefined;

  /** @param role the store remembers it for good, and takes two writers of one role for one. */
  constructor(role: ProducerId, ports: SpotWriterPorts, listener: SpotWriterListener) {
    this.#role = role;
    this.#ports = ports;
    this.#listener = listener;
  }

  /** @param request which of the requests of the role answered. */
  put(request: number, fetch: SpotFetch): void {
    if (this.#fetches.delete(request)) this.#listener.dropped();
    this.#fetches.set(request, fetch);
    this.#wake?.();
  }

  /** One request was not answered. */
  fail(): void {
    this.#failures += 1;
    this.#wake?.();
  }

  /**
   * Stores what comes until `signal` aborts, and tries what is left once more then; what cannot be stored is dropped.
   *
   * Rejects where the store refuses for good.
   */
  async run(signal: AbortSignal): Promise<void> {
    const storing = this.#work(signal);
    const end = (): void => this.#wake?.();
    signal.addEventListener("abort", end, { once: true });
    const late = new AbortController();
    try {
      await Promise.race([storing, this.#lateAfter(signal, late.signal)]);
    } finally {
      signal.removeEventListener("abort", end);
      late.abort();
    }
    storing.catch(() => {});
    this.#giveUp();
  }

  async #work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const call = this.#take();
      if (call === undefined) await this.#untilWoken();
      else await this.#store(call, signal);
    }
    for (let call = this.#take(); call !== undefined; call = this.#take()) await this.#store(call, signal);
  }

  /** Ends some time after the abort, where that is not taken back by `ended`. */
  async #lateAfter(signal: AbortSignal, ended: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      for (const end of [signal, ended]) {
        if (end.aborted) resolve();
        end.addEventListener("abort", () => resolve(), { once: true });
      }
    });
    await this.#ports.clock.sleep(LAST_CALLS_MS, ended);
  }

  /** The next thing to store: values before counts. */
  #take(): { readonly call: Call; readonly isFetch: boolean } | undefined {
    const { spot } = this.#ports;
    const [next] = this.#fetches;
    if (next !== undefined) {
      const [request, fetch] = next;
      this.#fetches.delete(request);
      return { call: async (seq) => (await spot.put(this.#role, seq, fetch)).status, isFetch: true };
    }
    if (this.#failures === 0) return undefined;
    this.#failures -= 1;
    return { call: (seq) => spot.fail(this.#role, seq), isFetch: false };
  }

  /** Stores one thing; once the signal is aborted it tries once. */
  async #store(
    { call, isFetch }: { readonly call: Call; readonly isFetch: boolean },
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, logger } = this.#ports;
    const action = `store what ${this.#role} fetched`;
    this.#isStoring = isFetch;
    try {
      await untilStored(action, this.#numbered(call), { clock, logger, signal });
      this.#isStoring = false;
    } catch (error) {
      // Aborted in the middle of a retry: the role's next process goes on from the number that is stored.
      if (!isTransient(error) || !signal.aborted) throw error;
      this.#giveUp();
    }
  }

  /** The call under a number of its own, the same whenever it is repeated. */
  #numbered(call: Call): () => Promise<void> {
    const { spot, logger } = this.#ports;
    let number: number | undefined;
    let mayBeStored = false;
    const attempt = async (): Promise<void> => {
      this.#seq ??= await spot.storedSeq(this.#role);
      number ??= this.#seq + 1;
      this.#seq = number;
      const outcome = await call(number);
      if (outcome === "stored" || mayBeStored) return;
      // Nothing of ours can be stored under this number: somebody else has used it.
      logger.warn(`Another process stores as ${this.#role}, going on behind its number`, { seq: number });
      this.#seq = undefined;
      number = undefined;
      await attempt();
    };
    return async () => {
      try {
        await attempt();
        this.#listener.away(undefined);
      } catch (error) {
        if (number !== undefined && !isStrikewireError(error, "STRIKEWIRE_FULL")) mayBeStored = true;
        if (isTransient(error)) this.#listener.away(error instanceof Error ? error.message : String(error));
        throw error;
      }
    };
  }

  /** Drops what is left. */
  #giveUp(): void {
    const left = this.#fetches.size + (this.#isStoring ? 1 : 0);
    this.#isStoring = false;
    this.#fetches.clear();
    if (left > 0 || this.#failures > 0) {
      const fields = { role: this.#role, fetches: left, failures: this.#failures };
      this.#ports.logger.warn("Gave up what could not be stored before the end", fields);
    }
    this.#failures = 0;
    for (let index = 0; index < left; index++) this.#listener.dropped();
  }

  #untilWoken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }
}
