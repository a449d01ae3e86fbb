import { UnavailableError } from "../../domain/errors.ts";
import {
  HYDRATION_COUNTERS,
  type HydrationCounter,
  type HydrationCounters,
  type QuarantineRecord,
  type TradeRecord,
  type TradeStreamId,
} from "../../domain/hydration/effects.ts";
import { latestOpenPrint, type OpenPrint, type OpenPrintQuery } from "../../domain/hydration/open-print.ts";
import type { Cursor } from "../../domain/stream/cursor.ts";
import type { Gap } from "../../domain/stream/gap.ts";
import type {
  AcquireResult,
  CommitResult,
  HydrationCheckpoint,
  HydrationStep,
  HydrationStore,
  Lease,
} from "../../ports/hydration-store.ts";
import { assertLimit, assertStep } from "../arguments.ts";
import { readLedgers, readTotals } from "./checkpoint-coding.ts";
import type { RedisConnection } from "./connection.ts";
import { readGap, readQuarantine } from "./gap-coding.ts";
import { hydratorGroup } from "./keys.ts";
import { fieldsOf, type StreamEntry } from "./raw-entry-coding.ts";
import { readCursor } from "./read-cursor.ts";
import { RedisClient } from "./redis-client.ts";
import { valueError } from "./reply-errors.ts";
import { ACQUIRE_PARTITION } from "./scripts/acquire-partition.ts";
import { COMMIT_STEP } from "./scripts/commit-step.ts";
import { FIND_PRINTS } from "./scripts/find-prints.ts";
import { KEEP_LEASE } from "./scripts/keep-lease.ts";
import { codeStep } from "./step-coding.ts";
import { readTrade } from "./trade-coding.ts";

/** Prints kept per underlying and expiration where nothing else is asked for, about. */
const DEFAULT_MAX_TRADES = 100_000;
const MAX_GAPS = 10_000;
/** Prints that one look-up script looks at. */
const FIND_ENTRIES = 1_000;
/** A checkpoint is read while its owner may commit: how often to try for a moment between two commits. */
const CHECKPOINT_TRIES = 20;

/** What hydration makes of the raw log, in streams and hashes; a step is one script. */
export class RedisHydrationStore extends RedisClient implements HydrationStore {
  readonly #maxTradesPerStream: number;

  /**
   * @param options.maxTradesPerStream prints kept per underlying and expiration, the newest, about; default 100,000.
   * @throws {RangeError} unless it is a positive integer.
   */
  constructor(connection: RedisConnection, options: { readonly maxTradesPerStream?: number | undefined } = {}) {
    super(connection);
    this.#maxTradesPerStream = options.maxTradesPerStream ?? DEFAULT_MAX_TRADES;
    assertLimit("open a hydration store", this.#maxTradesPerStream);
  }

  async acquire(
    partition: number,
    owner: string,
    ttlMs: number,
    options: { readonly takeOver?: boolean } = {},
  ): Promise<AcquireResult> {
    const names = [this.keys.of("hydrator", { partition }), this.keys.of("hydrators"), this.keys.of("rawStream")];
    const args = [partition, owner, ttlMs, options.takeOver === true ? "1" : "", hydratorGroup(partition)];
    const answer = await this.run("acquire a partition", ACQUIRE_PARTITION, names, args);
    const [status, second = "", third = ""] = answer as readonly string[];
    if (status === "held") return { status, owner: second, expiresInMs: Number(third) };
    return { status: "acquired", lease: { partition, owner, token: Number(second) }, cursor: third };
  }

  async renew(lease: Lease, ttlMs: number): Promise<"renewed" | "fenced"> {
    return (await this.#keepLease("renew a lease", lease, ttlMs)) ? "renewed" : "fenced";
  }

  async release(lease: Lease): Promise<void> {
    await this.#keepLease("release a lease", lease, "");
  }

  async commit(lease: Lease, step: HydrationStep): Promise<CommitResult> {
    const action = "commit a step";
    this.assertOpen(action);
    assertStep(step);
    const { keys } = this;
    const { partition } = lease;
    const { expirations, effects, trades } = codeStep(step);
    const names = [
      keys.of("hydrator", { partition }),
      keys.of("rawStream"),
      keys.of("hydrateAnalytics"),
      keys.of("gaps"),
      keys.of("quarantine"),
      keys.of("ledgers", { partition }),
      keys.of("totalsIndex", { partition }),
      keys.of("tradesIndex"),
    ];
    for (const stream of expirations) names.push(this.#tradesKey(stream), this.#totalsKey(partition, stream));
    const group = hydratorGroup(partition);
    const deferred = step.deferred === true ? "1" : "";
    const settings = [lease.token, step.prev, step.next, group, this.#maxTradesPerStream, MAX_GAPS];
    const args = [...settings, effects, deferred, ...trades];
    const [status, cursor = ""] = (await this.run(action, COMMIT_STEP, names, args)) as readonly string[];
    if (status === "moved") return { status, cursor };
    if (status === "already" || status === "fenced") return { status };
    return { status: "applied" };
  }

  async checkpoint(partition: number): Promise<HydrationCheckpoint> {
    const action = "read a checkpoint";
    const key = this.keys.of("hydrator", { partition });
    const ledgersKey = this.keys.of("ledgers", { partition });
    for (let tries = 0; tries < CHECKPOINT_TRIES; tries++) {
      const [[cursor, stateCursor], ledgers, expirations] = (await this.commands(action, [
        ["HMGET", key, "cursor", "state_cursor"],
        ["HGETALL", ledgersKey],
        ["ZRANGE", this.keys.of("totalsIndex", { partition }), 0, -1],
      ])) as readonly [readonly [string | null, string | null], readonly string[], readonly string[]];
      const streams = expirations.map((name) =>
        this.#streamOf(action, this.keys.of("totalsIndex", { partition }), name),
      );
      const totals = await this.commands(action, [
        ...streams.map((stream) => ["HGETALL", this.#totalsKey(partition, stream)] as const),
        ["HMGET", key, "cursor", "state_cursor"],
      ]);
      // As of one moment: a commit between the first look and the last would have moved one of the cursors.
      const [still, stateStill] = totals[streams.length] as readonly (string | null)[];
      if (still !== cursor || stateStill !== stateCursor) continue;
      return {
        cursor: readCursor(action, key, cursor),
        stateCursor: readCursor(action, key, stateCursor),
        ledgers: pairsOf(ledgers).flatMap(([connection, json]) => readLedgers(ledgersKey, connection, json)),
        totals: streams.flatMap((stream, index) =>
          pairsOf(totals[index] as readonly string[]).map(([contract, json]) =>
            readTotals(this.#totalsKey(partition, stream), stream, contract, json),
          ),
        ),
      };
    }
    throw new UnavailableError(`Cannot ${action}: partition ${partition} must stand still for a moment, it does not`);
  }

  async cursors(): Promise<ReadonlyMap<number, Cursor>> {
    return this.#cursorsOf("read cursors", "cursor");
  }

  async stateCursors(): Promise<ReadonlyMap<number, Cursor>> {
    return this.#cursorsOf("read state cursors", "state_cursor");
  }

  async counters(): Promise<HydrationCounters> {
    const action = "read counters";
    const key = this.keys.of("hydrateAnalytics");
    const fields = fieldsOf((await this.command(action, "HGETALL", key)) as readonly string[]);
    const counters: Partial<Record<HydrationCounter, number>> = {};
    for (const name of HYDRATION_COUNTERS) {
      const text = fields[name];
      if (text === undefined) continue;
      if (!/^\d{1,16}$/.test(text)) throw valueError(action, key, "whole numbers", `${name} ${text}`);
      counters[name] = Number(text);
    }
    return counters;
  }

  async tradeStreams(): Promise<readonly TradeStreamId[]> {
    const action = "list trade streams";
    const names = (await this.command(action, "ZRANGE", this.keys.of("tradesIndex"), 0, -1)) as readonly string[];
    if (names.length === 0) return [];
    const streams = names.map((name) => this.#streamOf(action, this.keys.of("tradesIndex"), name));
    const commands = streams.map((stream) => ["EXISTS", this.#tradesKey(stream)] as const);
    const exist = await this.commands(action, commands);
    return streams
      .filter((_, index) => exist[index] === 1)
      .sort((a, b) => compareTexts(a.underlying, b.underlying) || compareTexts(a.expiration, b.expiration));
  }

  async trades(stream: TradeStreamId, limit: number): Promise<readonly TradeRecord[]> {
    const action = "read trades";
    const key = this.#tradesKey(stream);
    return (await this.#last(action, key, limit)).map((entry) => readTrade(action, key, stream, entry));
  }

  async findOpenPrint(query: OpenPrintQuery, unstored: readonly TradeRecord[]): Promise<OpenPrint | undefined> {
    const action = "find an open print";
    const key = this.#tradesKey(query);
    const wanted = [query.contract, String(query.price), String(query.size), String(query.exchange ?? "")];
    const records: TradeRecord[] = [];
    for (let from = "-"; ; ) {
      const answer = await this.run(action, FIND_PRINTS, [key], [from, FIND_ENTRIES, ...wanted]);
      const [last, found] = answer as readonly [string, readonly StreamEntry[]];
      for (const entry of found) records.push(readTrade(action, key, query, entry));
      if (last === "") return latestOpenPrint(records, query, unstored);
      from = `(${last}`;
    }
  }

  async gaps(limit: number): Promise<readonly Gap[]> {
    const key = this.keys.of("gaps");
    return (await this.#last("read gaps", key, limit)).map((entry) => readGap(key, entry));
  }

  async quarantine(limit: number): Promise<readonly QuarantineRecord[]> {
    const key = this.keys.of("quarantine");
    return (await this.#last("read the quarantine", key, limit)).map((entry) => readQuarantine(key, entry));
  }

  async #cursorsOf(action: string, field: "cursor" | "state_cursor"): Promise<ReadonlyMap<number, Cursor>> {
    const key = this.keys.of("hydrators");
    const names = (await this.command(action, "SMEMBERS", key)) as readonly string[];
    if (names.length === 0) return new Map();
    const hydrators = names.map((name) => {
      if (!/^\d{1,9}$/.test(name)) throw valueError(action, key, "numbers of partitions", name);
      return { partition: Number(name), key: this.keys.of("hydrator", { partition: name }) };
    });
    const commands = hydrators.map((hydrator) => ["HGET", hydrator.key, field] as const);
    const cursors = await this.commands(action, commands);
    return new Map(
      hydrators.map((hydrator, index) => [hydrator.partition, readCursor(action, hydrator.key, cursors[index])]),
    );
  }

  async #keepLease(action: string, { partition, token }: Lease, ttlMs: number | ""): Promise<boolean> {
    return (await this.run(action, KEEP_LEASE, [this.keys.of("hydrator", { partition })], [token, ttlMs])) === 1;
  }

  /** The last entries of a stream, oldest first. */
  async #last(action: string, key: string, limit: number): Promise<readonly StreamEntry[]> {
    this.assertOpen(action);
    assertLimit(action, limit);
    const entries = await this.command(action, "XREVRANGE", key, "+", "-", "COUNT", limit);
    return (entries as StreamEntry[]).reverse();
  }

  #tradesKey({ underlying, expiration }: TradeStreamId): string {
    return this.keys.of("trades", { UNDERLYING: underlying, EXPIRY: expiration });
  }

  #totalsKey(partition: number, { underlying, expiration }: TradeStreamId): string {
    return this.keys.of("totals", { partition, UNDERLYING: underlying, EXPIRY: expiration });
  }

  /** The stream that an index names `SPX:2025-12-23`. */
  #streamOf(action: string, key: string, name: string): TradeStreamId {
    const match = /^(.+):(\d{4}-\d\d-\d\d)$/.exec(name);
    if (match !== null) return { underlying: match[1] ?? "", expiration: match[2] ?? "" };
    throw valueError(action, key, "an underlying and an expiration", name);
  }
}

function pairsOf(flat: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index] ?? "", flat[2 * index + 1] ?? ""]);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
