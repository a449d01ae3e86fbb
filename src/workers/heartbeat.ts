import type { StrikewireConfig } from "../domain/config/strikewire-config.ts";
import { type Heartbeat, heartbeatSchema } from "../domain/context/heartbeat.ts";
import { checkedMessage } from "../domain/context/message.ts";
import { cutText } from "../domain/wire/describe-value.ts";
import type { Clock } from "../ports/clock.ts";
import type { HeartbeatStore } from "../ports/heartbeat-store.ts";
import type { Logger } from "../ports/logger.ts";

/** Whose heart it is, and where that runs. */
export interface HeartOwner {
  /** `ws`, `hydrator/0`, `spot`, `chain/SPX`: the same over restarts, another one for each of several. */
  readonly worker: string;
  /** Names the machine, for people. */
  readonly host: string;
  /** Number of the process; 0 where there is none. */
  readonly pid: number;
}

/** How often a heart beats, and how long a beat counts. */
export type HeartConfig = Pick<StrikewireConfig, "heartbeatIntervalSec" | "heartbeatTtlSec">;

/** What a heart works with. */
export interface HeartPorts {
  readonly heartbeats: HeartbeatStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

const MAX_REASON = 500;
/** How long the end of a worker waits for a store that does not answer. */
const LAST_BEAT_MS = 1_000;

/**
 * Tells that a worker lives and how it does: one beat per interval, one more at once when its status changes, and a last
 * one on the way out. Nothing that a worker says to it waits or throws, and a store that is away stops nothing: it hears
 * how things stand when it is back.
 *
 * A heart beats once: for one `run`, or one `during`.
 *
 * @example
 * ```ts
 * const config = { heartbeatIntervalSec: 5, heartbeatTtlSec: 15 };
 * const heart = new Heart({ worker: "spot", host: "host-1", pid: 4711 }, config, openMemory({ clock: SYSTEM_CLOCK }));
 * await heart.during(async () => {
 *   heart.degraded("the provider is away");
 *   heart.ok();
 * });
 * ```
 */
export class Heart {
  readonly worker: string;
  readonly #owner: HeartOwner;
  readonly #config: HeartConfig;
  readonly #ports: HeartPorts;
  readonly #detail: Record<string, string | number | boolean | null> = {};
  #status: Heartbeat["status"] = "ok";
  #reason: string | null = null;
  #startedAtMs: number;
  #isRunning = false;
  #isAway = false;
  #wake = new AbortController();

  /**
   * @throws {TypeError} for a name that is no worker's, or a pid that is no count.
   * @throws {RangeError} unless interval and TTL are above 0.
   */
  constructor(owner: HeartOwner, config: HeartConfig, ports: HeartPorts) {
    for (const name of ["heartbeatIntervalSec", "heartbeatTtlSec"] as const) {
      if (config[name] > 0) continue;
      throw new RangeError(`Cannot make a heart: '${name}' must be above 0, current value is ${config[name]}`);
    }
    this.worker = owner.worker;
    this.#owner = owner;
    this.#config = config;
    this.#ports = ports;
    this.#startedAtMs = ports.clock.now();
    checkedMessage("make a heart", heartbeatSchema, this.#beat());
  }

  get status(): Heartbeat["status"] {
    return this.#status;
  }

  /** All is well. */
  ok(): void {
    this.#change("ok", null);
  }

  /** It goes on trying. Where it is degraded already, the next beat has the new reason. */
  degraded(reason: string): void {
    this.#change("degraded", reason);
  }

  /** It has given up: the last word, nothing said later changes it. */
  failed(reason: string): void {
    this.#change("failed", reason);
  }

  /** Figures for the next beats, beside those told before under other names. A number that is not finite is told as null. */
  detail(fields: Heartbeat["detail"]): void {
    for (const [name, value] of Object.entries(fields)) {
      this.#detail[name] = typeof value === "number" && !Number.isFinite(value) ? null : value;
    }
  }

  /**
   * Beats until `signal` aborts, and once more then. Never rejects for what a store does.
   *
   * @throws {TypeError} on a second call.
   */
  async run(signal: AbortSignal): Promise<void> {
    this.#start();
    await this.#run(signal);
  }

  /** Beats for as long as `work` goes on; the last beat tells of its failure, or that it has `stopped`. Ends as it does. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#start();
    const end = new AbortController();
    // Before the first beat, which has what the work says at once.
    const working = (async () => work())();
    const beating = this.#run(end.signal);
    try {
      const result = await working;
      this.detail({ stopped: true });
      return result;
    } catch (error) {
      this.failed(reasonOf(error));
      throw error;
    } finally {
      end.abort();
      await beating;
    }
  }

  #start(): void {
    if (this.#isRunning) throw new TypeError(`Cannot run the heart of ${this.worker}: it must not have run, it has`);
    this.#isRunning = true;
    this.#startedAtMs = this.#ports.clock.now();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const end = (): void => this.#wake.abort();
    signal.addEventListener("abort", end, { once: true });
    try {
      while (!signal.aborted) {
        const dueAtMs = clock.monotonic() + this.#config.heartbeatIntervalSec * 1_000;
        // A change that comes while the beat is on its way ends the sleep behind it before it begins.
        this.#wake = new AbortController();
        await until(this.#store(), signal);
        await clock.sleep(dueAtMs - clock.monotonic(), this.#wake.signal);
      }
    } finally {
      signal.removeEventListener("abort", end);
    }
    const late = new AbortController();
    const waited = clock.sleep(LAST_BEAT_MS, late.signal);
    await Promise.race([this.#store(), waited]);
    late.abort();
    await waited;
  }

  #change(status: Heartbeat["status"], reason: string | null): void {
    if (this.#status === "failed") return;
    this.#reason = reason === null ? null : cutText(reason, MAX_REASON);
    if (status === this.#status) return;
    this.#status = status;
    this.#wake.abort();
  }

  #beat(): Heartbeat {
    return {
      worker: this.#owner.worker,
      host: this.#owner.host,
      pid: this.#owner.pid,
      ts: this.#ports.clock.now() / 1_000,
      status: this.#status,
      reason: this.#reason,
      started_ts: this.#startedAtMs / 1_000,
      detail: { ...this.#detail },
    };
  }

  async #store(): Promise<void> {
    const { heartbeats, logger } = this.#ports;
    try {
      await heartbeats.beat(this.#beat(), Math.ceil(this.#config.heartbeatTtlSec * 1_000));
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway) logger.error(`Cannot store the heartbeat of ${this.worker}, the next one tries again`, error);
      this.#isAway = true;
    }
  }
}

/** What an error says, as the reason of a heartbeat. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Ends with a promise that never rejects, or with the abort. */
function until(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener("abort", end);
      resolve();
    };
    if (signal.aborted) end();
    signal.addEventListener("abort", end, { once: true });
    void promise.then(end);
  });
}
