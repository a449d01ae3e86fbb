import { PARTITIONS } from "../../domain/hydration/partition.ts";
import { DEFAULT_HYDRATION_OPTIONS, type HydrationOptions } from "../../domain/hydration/state.ts";

/** Settings of a `WsHydrator`; every field but the owner has a default. */
export interface WsHydratorOptions {
  /** Which partition of the underlyings; there is one today. @default 0 */
  readonly partition?: number;
  /** Names this process in the lease. Two hydrators must not share it. */
  readonly owner: string;
  /** How long a silent owner keeps the lease, ms. @default 5000 */
  readonly leaseMs?: number;
  /** Entries read at once at most: a store does nothing else while it answers. @default 128 */
  readonly readEntries?: number;
  /**
   * Entries folded into one commit at most, fewer where they hold more than some 300 prints and refusals or 262,144
   * characters: a store is busy for as long as one takes.
   *
   * @default 128
   */
  readonly batchEntries?: number;
  /**
   * Commits on their way to the store at once at most. A store works one off in about 1 ms and has more to do while the next
   * read is parsed; whoever else asks it something waits for all of them at worst.
   *
   * @default 4
   */
  readonly commitsInFlight?: number;
  /** How long a read waits for new entries, ms. @default 250 */
  readonly blockMs?: number;
  /**
   * How much of the raw log is read again to rebuild windows and recent prints, ms of log time; after an owner that died
   * with sums not stored yet two minutes at least.
   *
   * @default 120000
   */
  readonly rebuildHorizonMs?: number;
  /** Flow snapshots are stored at most this often, ms; a quarter as often while there is a backlog. @default 250 */
  readonly snapshotIntervalMs?: number;
  /**
   * Contracts that move are written to the substrate at most this often, ms, all of them together: the first at once, and
   * the last not later than this. Writing takes a quarter of the time at most, a sixteenth while there is a backlog: where
   * one write took longer, the next one begins four or sixteen times as long behind it, up to 1 s. @default 50
   */
  readonly substrateIntervalMs?: number;
  /** How often the active epochs are asked for, ms. @default 1000 */
  readonly epochRecheckMs?: number;
  /** What is done with the entries; its `partition` is the one above. */
  readonly hydration?: HydrationOptions;
}

/** The same with defaults filled in. */
export type ResolvedHydratorOptions = Required<WsHydratorOptions>;

/** @throws {RangeError} naming the field that is out of its limits. */
export function resolveHydratorOptions(options: WsHydratorOptions): ResolvedHydratorOptions {
  const resolved = {
    partition: options.partition ?? 0,
    owner: options.owner,
    leaseMs: options.leaseMs ?? 5_000,
    readEntries: options.readEntries ?? 128,
    batchEntries: options.batchEntries ?? 128,
    commitsInFlight: options.commitsInFlight ?? 4,
    blockMs: options.blockMs ?? 250,
    rebuildHorizonMs: options.rebuildHorizonMs ?? 120_000,
    snapshotIntervalMs: options.snapshotIntervalMs ?? 250,
    substrateIntervalMs: options.substrateIntervalMs ?? 50,
    epochRecheckMs: options.epochRecheckMs ?? 1_000,
    hydration: { ...(options.hydration ?? DEFAULT_HYDRATION_OPTIONS), partition: options.partition ?? 0 },
  };
  requireInteger("partition", resolved.partition, 0);
  requireInteger("leaseMs", resolved.leaseMs, 10);
  requireInteger("readEntries", resolved.readEntries, 1);
  requireInteger("batchEntries", resolved.batchEntries, 1);
  requireInteger("commitsInFlight", resolved.commitsInFlight, 1);
  requireInteger("blockMs", resolved.blockMs, 0);
  requireInteger("rebuildHorizonMs", resolved.rebuildHorizonMs, 0);
  requireInteger("snapshotIntervalMs", resolved.snapshotIntervalMs, 0);
  requireInteger("substrateIntervalMs", resolved.substrateIntervalMs, 0);
  requireInteger("epochRecheckMs", resolved.epochRecheckMs, 0);
  if (resolved.partition >= PARTITIONS) {
    throw new RangeError(
      `Cannot make a hydrator: 'partition' must be below ${PARTITIONS}, current value is ${resolved.partition}`,
    );
  }
  if (resolved.owner === "") throw new RangeError("Cannot make a hydrator: 'owner' must not be empty, got \"\"");
  return resolved;
}

function requireInteger(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(
      `Cannot make a hydrator: '${name}' must be an integer of at least ${least}, current value is ${value}`,
    );
  }
}
