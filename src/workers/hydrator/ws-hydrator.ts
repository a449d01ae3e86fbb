import { isStrikewireError } from "../../domain/errors.ts";
import { resolveCancel } from "../../domain/hydration/cancels.ts";
import type { HydrationCounters, TradeRecord } from "../../domain/hydration/effects.ts";
import { fold, foldTrimmed } from "../../domain/hydration/fold.ts";
import { type HydrationEffects, noEffects } from "../../domain/hydration/fold-effects.ts";
import { isAskedFor } from "../../domain/hydration/open-print.ts";
import { HydrationState } from "../../domain/hydration/state.ts";
import { CURSOR_START, type Cursor, earliestCursor, splitCursor } from "../../domain/stream/cursor.ts";
import type { RawEntry } from "../../domain/stream/raw-entry.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EpochStore } from "../../ports/epoch-store.ts";
import type { FlowSnapshotStore } from "../../ports/flow-snapshot-store.ts";
import type { HydrationStep, HydrationStore, Lease } from "../../ports/hydration-store.ts";
import type { Logger } from "../../ports/logger.ts";
import type { MessageBus } from "../../ports/message-bus.ts";
import type { RawLog } from "../../ports/raw-log.ts";
import type { SubstrateStore } from "../../ports/substrate-store.ts";
import type { Telemetry } from "../../ports/telemetry.ts";
import type { Heart } from "../heartbeat.ts";
import { untilStored } from "../until-stored.ts";
import { ChainValues } from "./chain-values.ts";
import { CommitPipeline, type Lost } from "./commit-pipeline.ts";
import { HydratorVitals } from "./hydrator-vitals.ts";
import { type ResolvedHydratorOptions, resolveHydratorOptions, type WsHydratorOptions } from "./options.ts";
import { ReadAhead } from "./read-ahead.ts";
import { rebuild } from "./rebuild.ts";
import { SnapshotWriter } from "./snapshot-writer.ts";
import { SubstrateWriter } from "./substrate-writer.ts";

/** Completes "Cannot ...". */
const READ = "read the raw log";

/** Of payloads, hydrated between two trims of the raw log. */
const TRIM_EVERY_CHARACTERS = 4_194_304;

/** Entries in a row whose steps may be deferred while more of them are here: the next owner would read them again. */
const DEFERRED_ENTRIES = 2_048;

/** Of payloads, folded into one commit at most, once it has one entry: some 400 prints. */
const BATCH_CHARACTERS = 49_152;

/** What a hydrator works with. */
export interface WsHydratorPorts {
  readonly log: RawLog;
  readonly store: HydrationStore;
  readonly substrate: SubstrateStore;
  readonly epochs: EpochStore;
  readonly snapshots: FlowSnapshotStore;
  /** Tells at once which chains were fetched: their quotes and deltas serve prints of contracts that are not streamed. */
  readonly bus?: MessageBus | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly telemetry: Telemetry;
  /** Beats while it runs, named `hydrator/{partition}`; one that stands by beside it needs a name of its own. */
  readonly heart?: Heart | undefined;
}

/**
 * Turns the raw log into trade streams, sums, gaps, substrate values and flow snapshots, exactly once in effect.
 *
 * It owns one partition under a lease, or stands by. Entries are read by explicit cursor and folded, and one
 * commit applies what comes of them together with the cursor. The substrate takes the same value twice without harm: what
 * moved is written some ms at a time. Whoever dies in between is continued by the next owner from the stored cursor: sums
 * and accounts come from the store, windows, recent prints and the latest values, all of which are written to the substrate
 * again, from reading the last stretch of the log again without effects.
 *
 * @example
 * ```ts
 * const stop = new AbortController();
 * const running = new WsHydrator(openMemory({ clock: SYSTEM_CLOCK }), { owner: "host-1" }).run(stop.signal);
 * stop.abort();
 * await running;
 * ```
 */
export class WsHydrator {
  readonly #ports: WsHydratorPorts;
  readonly #options: ResolvedHydratorOptions;
  readonly #vitals: HydratorVitals;
  #renewedAtMs = 0;
  #untrimmed = 0;

  /** @throws {RangeError} naming the option that is out of its limits. */
  constructor(ports: WsHydratorPorts, options: WsHydratorOptions) {
    this.#ports = ports;
    this.#options = resolveHydratorOptions(options);
    this.#vitals = new HydratorVitals(ports.heart, ports.clock);
  }

  /**
   * Works until `signal` aborts: then finishes the step in hand, stores all snapshots as of that step, and gives the lease
   * up.
   *
   * Rejects where the store refuses for good, and where a step could not be stored before the abort.
   */
  run(signal: AbortSignal): Promise<void> {
    return this.#vitals.during(() => this.#work(signal));
  }

  async #work(signal: AbortSignal): Promise<void> {
    const chains = new ChainValues(this.#ports);
    void chains.follow(signal);
    while (!signal.aborted) {
      const acquired = await this.#acquire(signal);
      if (acquired === undefined) return;
      try {
        await this.#own(acquired, chains, signal);
      } finally {
        await this.#ports.store.release(acquired).catch((error: unknown) => {
          this.#ports.logger.warn("Cannot release the lease, a standby has to wait for its end", {
            reason: String(error),
          });
        });
      }
    }
  }

  async #acquire(signal: AbortSignal): Promise<Lease | undefined> {
    const { store, clock } = this.#ports;
    const { partition, owner, leaseMs } = this.#options;
    while (!signal.aborted) {
      const result = await this.#stored("acquire the lease", () => store.acquire(partition, owner, leaseMs), signal);
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

  /** Hydrates under one lease. Returns when it is lost, when the cursor was moved, or on abort. */
  async #own(lease: Lease, chains: ChainValues, signal: AbortSignal): Promise<void> {
    const { log, store, clock, logger } = this.#ports;
    const { partition, rebuildHorizonMs, readEntries, batchEntries, blockMs, commitsInFlight } = this.#options;
    const { epochRecheckMs, substrateIntervalMs } = this.#options;
    const checkpoint = await this.#stored("read the checkpoint", () => store.checkpoint(partition), signal);
    const state = new HydrationState(this.#options.hydration);
    await chains.readAll(state);
    const rebuilt = await rebuild(state, checkpoint, rebuildHorizonMs, async (after) => {
      if (!(await this.#renew(lease, signal))) return undefined;
      const part = await this.#stored(READ, () => log.read(after, readEntries, 0, signal), signal);
      return signal.aborted ? undefined : part; // an aborted read answers with nothing, as the end of the log does
    });
    if (!rebuilt.whole) return;

    const substrate = new SubstrateWriter(this.#ports, epochRecheckMs, substrateIntervalMs);
    const snapshots = new SnapshotWriter(this.#ports, this.#options.snapshotIntervalMs);
    let { cursor } = checkpoint;
    /** Where to read on: ahead of the committed cursor only over entries that retention removed. */
    let position = cursor;
    /** Entries since sums and accounts were stored. */
    let unsaved = 0;
    let effects = noEffects();
    if (cursor !== CURSOR_START) effects.counters.takeovers += 1;
    if (rebuilt.lost !== undefined) foldTrimmed(state, rebuilt.lost, effects);

    const committed = {
      commit: (...step: Parameters<HydrationStore["commit"]>) =>
        this.#vitals.watch("commit a step", () => store.commit(...step)),
    };
    const commits = new CommitPipeline(committed, lease, commitsInFlight, {
      clock,
      logger,
      signal,
      makeRoom: () => this.#trim(signal),
    });
    const isLost = (lost: Lost | undefined): boolean => {
      if (lost !== undefined) logger.warn("Lost the partition, starting over", { status: lost, cursor });
      return lost !== undefined;
    };

    const writeSubstrate = (): Promise<void> => this.#written(() => substrate.write(state, effects.counters), signal);

    const reader = new ReadAhead(log, readEntries, signal);
    while (!signal.aborted) {
      if (!(await this.#renew(lease, signal))) return;
      if (chains.isDue) await chains.read(state);
      const after = position;
      const waitMs = Math.min(blockMs, Math.ceil(substrate.dueInMs));
      const { entries, trimmed } = await this.#stored(READ, () => reader.read(after, waitMs), signal);
      if (trimmed !== undefined) {
        foldTrimmed(state, trimmed, effects);
        position = trimmed.to;
      }
      for (let first = 0, end = 0; first < entries.length && !signal.aborted; first = end) {
        end = batchEnd(entries, first, batchEntries);
        const batch = entries.slice(first, end);
        const next = batch.at(-1)?.cursor ?? cursor;
        unsaved += batch.length;
        // Sums change with almost every print: of many steps in a row only the last one stores them.
        let deferred = end < entries.length || (unsaved < DEFERRED_ENTRIES && (await reader.has(next)));
        for (const entry of batch) {
          fold(state, entry, effects);
          if (effects.unresolved.length === 0) continue;
          // At once, so that the sums take the same turns however the log is cut into steps.
          if (isLost(await commits.drain())) return;
          await this.#resolveCancels(state, effects, signal);
          // What was looked up could not be found a second time: the store has this cancel then.
          deferred = false;
        }
        // The next owner may find another chain: what came of this one goes into the sums together with the prints.
        deferred &&= !effects.trades.some(isOfSubstrate);
        substrate.mark(state.takeMoved());
        if (substrate.dueInMs <= 0) await writeSubstrate();
        if (!deferred) unsaved = 0;
        const step = stepOf(cursor, next, state, effects, deferred);
        if (isLost(await commits.push(step))) return;
        cursor = next;
        position = next;
        effects = noEffects();
        snapshots.mark(step.totals);
        // What was trimmed cannot be read again, should we die before it is written.
        if (this.#account(cursor, batch)) {
          await writeSubstrate();
          await this.#trim(signal);
        }
      }
      if (entries.length === 0) {
        this.#vitals.reached(cursor, true);
        // Another epoch may have become active while the feed is quiet.
        await writeSubstrate();
      }
      if (entries.length === 0 || snapshots.isDue) {
        if (isLost(await commits.drain())) return;
        if (snapshots.isDue) await snapshots.write(state);
      }
    }
    await writeSubstrate();
    if (isLost(await commits.drain())) return;
    await snapshots.writeAll(state);
  }

  /** After a commit: tells how far it came. @returns whether it is time to make room in the log. */
  #account(cursor: Cursor, entries: readonly RawEntry[]): boolean {
    const { clock, telemetry } = this.#ports;
    telemetry.count("hydrator_entries_total", entries.length);
    this.#vitals.reached(cursor, false);
    telemetry.gauge("hydrator_cursor_age_ms", clock.now() - splitCursor(cursor).ms);
    for (const { draft } of entries) this.#untrimmed += draft.kind === "frame" ? draft.payload.length : 1;
    return this.#untrimmed >= TRIM_EVERY_CHARACTERS;
  }

  /** Looks cancels up whose print is older than the state remembers; they are few. */
  async #resolveCancels(state: HydrationState, effects: HydrationEffects, signal: AbortSignal): Promise<void> {
    const { store } = this.#ports;
    for (const { index, query } of effects.unresolved.splice(0)) {
      const unstored = effects.trades.filter(({ trade }, place) => place < index && isAskedFor(trade, query));
      const found = await this.#stored("look a print up", () => store.findOpenPrint(query, unstored), signal);
      resolveCancel(state, effects, index, found);
    }
  }

  /** @returns whether the lease is still ours; asks only once per third of its life. */
  async #renew(lease: Lease, signal: AbortSignal): Promise<boolean> {
    const { store, clock, logger } = this.#ports;
    const { leaseMs } = this.#options;
    if (clock.monotonic() - this.#renewedAtMs < leaseMs / 3) return true;
    const result = await this.#stored("renew the lease", () => store.renew(lease, leaseMs), signal);
    this.#renewedAtMs = clock.monotonic();
    if (result === "fenced") logger.warn("Lost the lease to another hydrator", { partition: lease.partition });
    return result === "renewed";
  }

  async #trim(signal: AbortSignal): Promise<void> {
    const { log, store, logger, telemetry } = this.#ports;
    this.#untrimmed = 0;
    const cursors = await this.#stored("read the cursors", () => store.stateCursors(), signal);
    const slowest = earliestCursor(cursors.values());
    if (slowest === undefined) return;
    const report = await this.#stored("trim the raw log", () => log.trim(slowest), signal);
    telemetry.count("raw_log_trimmed_total", report.removed);
    if (report.unread !== undefined) {
      logger.warn("Trimmed unread entries: the raw log is at its hard bound", { ...report.unread });
    }
  }

  /** Writes the substrate. Where there is no room for it, makes some before it is written again. */
  #written(write: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const operation = (): Promise<void> =>
      write().catch(async (error: unknown) => {
        if (isStrikewireError(error, "STRIKEWIRE_FULL")) await this.#trim(signal);
        throw error;
      });
    return this.#stored("write the substrate", operation, signal);
  }

  #stored<T>(action: string, operation: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { clock, logger } = this.#ports;
    return untilStored(action, () => this.#vitals.watch(action, operation), { clock, logger, signal });
  }
}

/** Whether sums have something of a print that the log alone does not tell. */
function isOfSubstrate({ side, delta }: TradeRecord): boolean {
  return side.quoteSource === "substrate" || (delta !== null && side.side !== "U");
}

/** Where a batch ends that begins at `first`: by number of entries, or by their text, since a store's work follows that. */
function batchEnd(entries: readonly RawEntry[], first: number, batchEntries: number): number {
  let characters = 0;
  for (let place = first; place < entries.length && place - first < batchEntries; place++) {
    const draft = entries[place]?.draft;
    characters += draft?.kind === "frame" ? draft.payload.length : 0;
    if (characters > BATCH_CHARACTERS) return Math.max(place, first + 1);
  }
  return Math.min(entries.length, first + batchEntries);
}

function stepOf(
  prev: Cursor,
  next: Cursor,
  state: HydrationState,
  effects: HydrationEffects,
  deferred: boolean,
): HydrationStep {
  const counters: HydrationCounters = effects.counters;
  return {
    prev,
    next,
    trades: effects.trades,
    totals: deferred ? [] : state.takeTotals(),
    ledgers: deferred ? [] : state.ledgers().map((ledger) => ledger.state()),
    deferred,
    counters,
    gaps: effects.gaps,
    quarantine: effects.quarantine,
  };
}
