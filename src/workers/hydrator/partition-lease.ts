import type { Clock } from "../../ports/clock.ts";
import type { HydrationStore, Lease } from "../../ports/hydration-store.ts";
import type { Logger } from "../../ports/logger.ts";
import type { HydratorVitals } from "./hydrator-vitals.ts";
import type { ResolvedHydratorOptions } from "./options.ts";

/** Repeats an operation of the store until it succeeds. @param action completes "Cannot ...". */
export type Stored = <T>(action: string, operation: () => Promise<T>) => Promise<T>;

/** The lease of one partition: waited for, kept while it is ours, given back. */
export class PartitionLease {
  readonly #ports: { readonly store: HydrationStore; readonly clock: Clock; readonly logger: Logger };
  readonly #options: Pick<ResolvedHydratorOptions, "partition" | "owner" | "leaseMs">;
  readonly #vitals: HydratorVitals;
  readonly #stored: Stored;
  #renewedAtMs = 0;

  constructor(
    ports: { readonly store: HydrationStore; readonly clock: Clock; readonly logger: Logger },
    options: Pick<ResolvedHydratorOptions, "partition" | "owner" | "leaseMs">,
    vitals: HydratorVitals,
    stored: Stored,
  ) {
    this.#ports = ports;
    this.#options = options;
    this.#vitals = vitals;
    this.#stored = stored;
  }

  /** Stands by until the lease is ours. @returns `undefined` on an abort. */
  async acquire(signal: AbortSignal): Promise<Lease | undefined> {
    const { store, clock } = this.#ports;
    const { partition, owner, leaseMs } = this.#options;
    while (!signal.aborted) {
      const result = await this.#stored("acquire the lease", () => store.acquire(partition, owner, leaseMs));
      if (result.status === "acquired") {
        this.#renewedAtMs = clock.monotonic();
        this.#vitals.owns(owner);
        return result.lease;
      }
      this.#vitals.standsBy(result.owner);
      await clock.sleep(Math.max(1, Math.min(result.expiresInMs, leaseMs / 2)), signal);
    }
    return undefined;
  }

  /** @returns whether the lease is still ours; asks only once per third of its life. */
  async renew(lease: Lease): Promise<boolean> {
    const { store, clock, logger } = this.#ports;
    const { leaseMs } = this.#options;
    if (clock.monotonic() - this.#renewedAtMs < leaseMs / 3) return true;
    const result = await this.#stored("renew the lease", () => store.renew(lease, leaseMs));
    this.#renewedAtMs = clock.monotonic();
    if (result === "fenced") logger.warn("Lost the lease to another hydrator", { partition: lease.partition });
    return result === "renewed";
  }

  /** Gives the lease up, so that a standby need not wait for its end. */
  async release(lease: Lease): Promise<void> {
    await this.#ports.store.release(lease).catch((error: unknown) => {
      this.#ports.logger.warn("Cannot release the lease, a standby has to wait for its end", {
        reason: String(error),
      });
    });
  }
}
