import { isStrikewireError } from "../../domain/errors.ts";
import { resolveCancel } from "../../domain/hydration/cancels.ts";
import { fold, foldTrimmed } from "../../domain/hydration/fold.ts";
import { type HydrationEffects, noEffects } from "../../domain/hydration/fold-effects.ts";
import { isAskedFor } from "../../domain/hydration/open-print.ts";
import { HydrationState } from "../../domain/hydration/state.ts";
import { CURSOR_START, splitCursor } from "../../domain/stream/cursor.ts";
import type { Clock } from "../../ports/clock.ts";
import type { EpochStore } from "../../ports/epoch-store.ts";
import type { FlowSnapshotStore } from "../../ports/flow-snapshot-store.ts";
import type { HydrationStore, Lease } from "../../ports/hydration-store.ts";
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
import { LogTrimmer } from "./log-trimmer.ts";
import { type ResolvedHydratorOptions, resolveHydratorOptions, type WsHydratorOptions } from "./options.ts";
import { PartitionLease } from "./partition-lease.ts";
import { ReadAhead } from "./read-ahead.ts";
import { rebuild } from "./rebuild.ts";
import { SnapshotWriter } from "./snapshot-writer.ts";
import { BatchSize, isOfSubstrate, stepOf, sumsOf } from "./step.ts";
import { SubstrateWriter } from "./substrate-writer.ts";
import { SumsSchedule } from "./sums-schedule.ts";

/** Completes "Cannot ...". */
const READ = "read the raw log";

/** What works beside the steps of one lease. */
interface Beside {
  readonly chains: ChainValues;
  readonly snapshots: SnapshotWriter;
  readonly trimmer: LogTrimmer;
}

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
    const lease = new PartitionLease(this.#ports, this.#options, this.#vitals, (action, operation) =>
      this.#stored(action, operation, signal),
    );
    while (!signal.aborted) {
      const acquired = await lease.acquire(signal);
      if (acquired === undefined) return;
      try {
        await this.#own(acquired, () => lease.renew(acquired), chains, signal);
      } finally {
        await lease.release(acquired);
      }
    }
  }

  /** Hydrates under one lease. Returns when it is lost, when the cursor was moved, or on abort. */
  async #own(lease: Lease, renew: () => Promise<boolean>, chains: ChainValues, signal: AbortSignal): Promise<void> {
    const snapshots = new SnapshotWriter(this.#ports, this.#options.snapshotIntervalMs);
    const trimmer = new LogTrimmer(this.#ports, (action, operation) => this.#stored(action, operation, signal));
    try {
      await this.#hydrate(lease, renew, { chains, snapshots, trimmer }, signal);
    } finally {
      // They work beside it, and what they use may be closed next.
      await Promise.all([snapshots.settled(), trimmer.settled()]);
    }
  }

  async #hydrate(
    lease: Lease,
    renew: () => Promise<boolean>,
    { chains, snapshots, trimmer }: Beside,
    signal: AbortSignal,
  ): Promise<void> {
    const { log, store, clock, logger, telemetry } = this.#ports;
    const { partition, rebuildHorizonMs, readEntries, batchEntries, blockMs, commitsInFlight } = this.#options;
    const { epochRecheckMs, substrateIntervalMs } = this.#options;
    const checkpoint = await this.#stored("read the checkpoint", () => store.checkpoint(partition), signal);
    const state = new HydrationState(this.#options.hydration);
    await chains.readAll(state);
    const rebuilt = await rebuild(state, checkpoint, rebuildHorizonMs, async (after) => {
      if (!(await renew())) return undefined;
      const part = await this.#stored(READ, () => log.read(after, readEntries, 0, signal), signal);
      return signal.aborted ? undefined : part; // an aborted read answers with nothing, as the end of the log does
    });
    if (!rebuilt.whole) return;

    const substrate = new SubstrateWriter(this.#ports, epochRecheckMs, substrateIntervalMs);
    let { cursor } = checkpoint;
    /** Where to read on: ahead of the committed cursor only over entries that retention removed. */
    let position = cursor;
    const sums = new SumsSchedule(clock);
    // What was read again. With entries missing, sums go only together with the gap that tells so, in the next step.
    if (checkpoint.stateCursor !== cursor && rebuilt.lost === undefined) sums.owe(1);
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
      makeRoom: () => trimmer.trim(),
    });
    const isLost = (lost: Lost | undefined): boolean => {
      if (lost !== undefined) logger.warn("Lost the partition, starting over", { status: lost, cursor });
      return lost !== undefined;
    };

    const writeSubstrate = (): Promise<void> =>
      this.#written(() => substrate.write(state, effects.counters), trimmer, signal);

    /** Stores what deferred steps left, where no entry comes that would take it along. */
    const storeSums = async (): Promise<Lost | undefined> => {
      const step = sumsOf(cursor, state);
      sums.stored();
      snapshots.mark(step.totals);
      // Alone: the cursor would not tell from the steps around it whether this one was applied.
      return (await commits.drain()) ?? (await commits.push(step)) ?? (await commits.drain());
    };

    const reader = new ReadAhead(log, readEntries, signal);
    while (!signal.aborted) {
      if (!(await renew())) return;
      if (chains.isDue) await chains.read(state);
      const after = position;
      // A read waits at the end of the log alone: however far behind this was, it is not then.
      const waitMs = Math.min(blockMs, Math.ceil(substrate.dueInMs(false)), Math.ceil(sums.dueInMs(false)));
      const { entries, trimmed } = await this.#stored(READ, () => reader.read(after, waitMs), signal);
      if (trimmed !== undefined) {
        foldTrimmed(state, trimmed, effects);
        position = trimmed.to;
      }
      for (let first = 0, end = 0; first < entries.length && !signal.aborted; first = end) {
        const size = new BatchSize(batchEntries);
        let isLookedUp = false;
        for (const entry of entries.slice(first)) {
          if (!size.takes(entry, effects.trades.length + effects.quarantine.length)) break;
          end += 1;
          fold(state, entry, effects);
          if (effects.unresolved.length === 0) continue;
          // At once, so that the sums take the same turns however the log is cut into steps.
          if (isLost(await commits.drain())) return;
          await this.#resolveCancels(state, effects, signal);
          isLookedUp = true;
        }
        const batch = entries.slice(first, end);
        const next = batch.at(-1)?.cursor ?? cursor;
        sums.owe(batch.length);
        let deferred = end < entries.length || !sums.isDue(reader.isBehind);
        // What was looked up could not be found a second time: the store has this cancel then.
        deferred &&= !isLookedUp;
        // The next owner may find another chain: what came of this one goes into the sums together with the prints.
        deferred &&= !effects.trades.some(isOfSubstrate);
        // What the sums lack is told once, and what they have is not in the log any more.
        deferred &&= effects.counters.trimmed_before_read === 0;
        substrate.mark(state.takeMoved());
        if (substrate.dueInMs(reader.isBehind) <= 0) await writeSubstrate();
        if (!deferred) sums.stored();
        const step = stepOf(cursor, next, state, effects, deferred);
        if (isLost(await commits.push(step))) return;
        // Nobody waits for what is not behind: the store and this process take turns, and leave time to others.
        if (!reader.isBehind && isLost(await commits.drain())) return;
        cursor = next;
        position = next;
        effects = noEffects();
        snapshots.mark(step.totals);
        telemetry.count("hydrator_entries_total", batch.length);
        this.#vitals.reached(cursor, false);
        telemetry.gauge("hydrator_cursor_age_ms", clock.now() - splitCursor(cursor).ms);
        if (trimmer.account(batch)) {
          // What was trimmed cannot be read again, should we die before it is written.
          await writeSubstrate();
          await trimmer.begin(cursor);
        }
      }
      trimmer.assertWell();
      if (entries.length === 0) {
        // Those of a backlog that ended with a full part: nobody has asked yet what became of them.
        if (isLost(await commits.drain())) return;
        this.#vitals.reached(cursor, true);
        // Another epoch may have become active while the feed is quiet.
        await writeSubstrate();
        if (sums.isDue(reader.isBehind) && isLost(await storeSums())) return;
      }
      // With a backlog there are steps on their way: a store takes a snapshot behind them all the same.
      if (snapshots.isDue(reader.isBehind)) snapshots.begin(state);
    }
    await writeSubstrate();
    if (isLost(sums.isOwing ? await storeSums() : await commits.drain())) return;
    await snapshots.settled();
    await snapshots.writeAll(state);
    await trimmer.settled();
    trimmer.assertWell();
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

  /** Writes the substrate. Where there is no room for it, makes some before it is written again. */
  #written(write: () => Promise<void>, trimmer: LogTrimmer, signal: AbortSignal): Promise<void> {
    const operation = (): Promise<void> =>
      write().catch(async (error: unknown) => {
        if (isStrikewireError(error, "STRIKEWIRE_FULL")) await trimmer.trim();
        throw error;
      });
    return this.#stored("write the substrate", operation, signal);
  }

  #stored<T>(action: string, operation: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { clock, logger } = this.#ports;
    return untilStored(action, () => this.#vitals.watch(action, operation), { clock, logger, signal });
  }
}
