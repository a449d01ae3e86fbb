import type { TradeRecord } from "../../../src/domain/hydration/effects.ts";
import { openPrintQuery } from "../../../src/domain/hydration/open-print.ts";
import { formatOptionTicker } from "../../../src/domain/instrument/option-symbol.ts";
import { CURSOR_START, type Cursor, compareCursors, splitCursor } from "../../../src/domain/stream/cursor.ts";
import type { AcquireResult, HydrationCheckpoint, HydrationStep, Lease } from "../../../src/ports/hydration-store.ts";
import { check } from "../../../src/testing/check.ts";
import type { ContractDraft, HydrationCommand, PrintDraft } from "./hydration-commands.ts";
import type { RawLogRun } from "./raw-log-run.ts";
import { Between } from "./shapes.ts";
import type { Worlds } from "./worlds.ts";

const DAY_MS = 86_400_000;
/** How far the times left of one lease may be apart: what a call takes on a busy machine. */
const TOLERANCE_MS = 10_000;

/** What is known of a partition beyond what its port tells. */
export interface PartitionRun {
  readonly leases: Lease[];
  /** Whose lease the last one is; `undefined` once it was given up. */
  owner: string | undefined;
  leaseUntilMs: Between;
  lastStep: HydrationStep | undefined;
  /** When a step was last applied. */
  appliedAtMs: Between | undefined;
}

/** What a step that was applied leaves besides its effects. */
export interface AppliedStep {
  readonly step: HydrationStep;
  readonly during: Between;
  readonly lagEntries: number;
}

/** The hydration store of both worlds, and what was done to it. */
export class HydrationRun {
  readonly #worlds: Worlds;
  readonly #log: RawLogRun;
  readonly partitions: Map<number, PartitionRun> = new Map();
  /** When prints were last written, by stream. */
  readonly tradesAt: Map<string, Between> = new Map();
  /** When sums were last written, by partition, then stream. */
  readonly totalsAt: Map<number, Map<string, Between>> = new Map();
  readonly #prints: TradeRecord[] = [];
  lastApplied: AppliedStep | undefined;

  constructor(worlds: Worlds, log: RawLogRun) {
    this.#worlds = worlds;
    this.#log = log;
  }

  async run(command: HydrationCommand): Promise<void> {
    const { op, client } = command;
    const worlds = this.#worlds;
    switch (op) {
      case "acquire":
        return this.#acquire(command);
      case "renew":
        return this.#renew(command);
      case "release":
        return this.#release(command);
      case "commit":
        return this.#commit(command);
      case "checkpoint":
        await worlds.call(client, op, ({ store }) => store.checkpoint(command.partition), { comparable: inOrder });
        return;
      case "cursors":
        await worlds.call(client, op, ({ store }) => store.cursors());
        return;
      case "stateCursors":
        await worlds.call(client, op, ({ store }) => store.stateCursors());
        return;
      case "counters":
        await worlds.call(client, op, ({ store }) => store.counters(), { comparable: withoutZeros });
        return;
      case "tradeStreams":
        await worlds.call(client, op, ({ store }) => store.tradeStreams());
        return;
      case "trades": {
        const stream = this.#written(command.of)?.trade ?? this.#contract(command.on);
        await worlds.call(client, op, ({ store }) => store.trades(stream, command.limit));
        return;
      }
      case "gaps":
        await worlds.call(client, op, ({ store }) => store.gaps(command.limit));
        return;
      case "quarantine":
        await worlds.call(client, op, ({ store }) => store.quarantine(command.limit));
        return;
      case "findOpenPrint": {
        const { of, on, print, from, before } = command;
        const { trade } = this.#written(of) ?? this.#record(on, print);
        const query = openPrintQuery(trade, from, before);
        const unstored = command.unstored.map(({ trade: { tradeTsNs }, ...rest }) => {
          return { ...rest, trade: { ...trade, tradeTsNs } };
        });
        await worlds.call(client, op, ({ store }) => store.findOpenPrint(query, unstored));
        return;
      }
    }
  }

  async #acquire(command: HydrationCommand & { readonly op: "acquire" }): Promise<void> {
    const { client, lost, partition, owner, ttlMs, takeOver } = command;
    const waits: number[] = [];
    const replies = await this.#worlds.call(
      client,
      "acquire",
      ({ store }) => store.acquire(partition, owner, ttlMs, { takeOver }),
      {
        lost: lost ? "acquire-partition" : undefined,
        comparable(reply: AcquireResult) {
          if (reply.status === "acquired") return reply;
          waits.push(reply.expiresInMs);
          return { status: reply.status, owner: reply.owner };
        },
      },
    );
    const apartMs = waits.length === 0 ? 0 : Math.max(...waits) - Math.min(...waits);
    check.isTrue(`times left of one lease are ${apartMs} ms apart`, apartMs < TOLERANCE_MS);
    for (const reply of replies) {
      if (reply.status !== "acquired") continue;
      const run = this.#partition(partition);
      run.leases.push(reply.lease);
      run.owner = owner;
      run.leaseUntilMs = this.#worlds.during.plus(ttlMs);
    }
  }

  async #renew(command: HydrationCommand & { readonly op: "renew" }): Promise<void> {
    const { client, lost, partition, ttlMs } = command;
    const lease = this.#lease(command);
    const replies = await this.#worlds.call(client, "renew", ({ store }) => store.renew(lease, ttlMs), {
      lost: lost ? "keep-lease" : undefined,
    });
    if (replies.includes("renewed")) this.#partition(partition).leaseUntilMs = this.#worlds.during.plus(ttlMs);
  }

  async #release(command: HydrationCommand & { readonly op: "release" }): Promise<void> {
    const { client, lost, partition } = command;
    const lease = this.#lease(command);
    await this.#worlds.call(client, "release", ({ store }) => store.release(lease), {
      lost: lost ? "keep-lease" : undefined,
    });
    const run = this.partitions.get(partition);
    if (run !== undefined && run.leases.at(-1)?.token === lease.token) run.owner = undefined;
  }

  async #commit(command: HydrationCommand & { readonly op: "commit" }): Promise<void> {
    const { client, lost, partition } = command;
    if (command.lease === "last" && this.partitions.get(partition)?.owner === undefined) {
      // Who commits has acquired. Left to chance, half of all steps would be fenced.
      await this.#acquire({
        op: "acquire",
        client,
        lost: false,
        partition,
        owner: "a",
        ttlMs: 600_000,
        takeOver: false,
      });
    }
    const lease = this.#lease(command);
    const before = this.partitions.get(partition);
    const step = await this.#step(command, before?.lastStep);
    const replies = await this.#worlds.call(client, "commit", ({ store }) => store.commit(lease, step), {
      lost: lost ? "commit-step" : undefined,
    });
    if (before === undefined || !replies.some(({ status }) => status === "applied")) return;
    const { during, memory } = this.#worlds;
    before.lastStep = step;
    // One that leads nowhere is no step of hydration: how far that came, and when, stays.
    if (step.next !== step.prev) before.appliedAtMs = during;
    const isEmpty = (await memory.log.countAfter(CURSOR_START)) === 0;
    const behind = isEmpty ? 0 : splitCursor(this.#log.last).n - splitCursor(step.next).n;
    if (step.next !== step.prev) this.lastApplied = { step, during, lagEntries: Math.max(0, behind) };
    this.#prints.push(...step.trades);
    for (const { trade } of step.trades) this.tradesAt.set(`${trade.underlying}:${trade.expiration}`, during);
    const totalsAt = this.totalsAt.get(partition) ?? new Map<string, Between>();
    this.totalsAt.set(partition, totalsAt);
    for (const { underlying, expiration } of step.totals) totalsAt.set(`${underlying}:${expiration}`, during);
  }

  async #step(command: HydrationCommand & { readonly op: "commit" }, last?: HydrationStep): Promise<HydrationStep> {
    const { from, prev, next, stands, partition } = command;
    if (from === "again" && last !== undefined) return last;
    const { cursor } = await this.#worlds.memory.store.checkpoint(partition);
    const start = from === "elsewhere" ? this.#log.cursorAt(prev) : cursor;
    const effects = this.#effects(command);
    if (stands === "laden") return { prev: start, next: start, ...effects };
    // Who has come nowhere owes no sums.
    if (stands === "bare" && start !== CURSOR_START) {
      return { ...effects, prev: start, next: start, trades: [], counters: {}, gaps: [], quarantine: [] };
    }
    const end = this.#log.cursorAt(next);
    const isRefused = next.shift === "wrong" || (from === "elsewhere" && prev.shift === "wrong");
    const leadsOn = isRefused || compareCursors(end, start) > 0;
    return { prev: start, next: leadsOn ? end : placeBehind(start), ...effects };
  }

  #effects({ effects, deferred }: HydrationCommand & { readonly op: "commit" }): Omit<HydrationStep, "prev" | "next"> {
    const { trades, totals, ledgers, ...rest } = effects;
    return {
      ...rest,
      trades: trades.map(({ on, print }) => this.#record(on, print)),
      totals: deferred === "bare" ? [] : totals.map(({ on, sums }) => ({ ...this.#contract(on), ...sums })),
      ledgers: deferred === "bare" ? [] : ledgers,
      deferred: deferred !== "no",
    };
  }

  #written(fromLast: number): TradeRecord | undefined {
    return this.#prints.at(-1 - fromLast);
  }

  #record(on: ContractDraft, { trade, ...print }: PrintDraft): TradeRecord {
    return { ...print, trade: { ...this.#contract(on), ...trade } };
  }

  #contract({ daysAhead, ...contract }: ContractDraft): ContractDraftTerms {
    const expiration = new Date(this.#worlds.startMs + daysAhead * DAY_MS).toISOString().slice(0, 10);
    const parts = { ...contract, expiration, strikeThousandths: contract.strike * 1_000 };
    return { ...contract, expiration, contract: formatOptionTicker(parts) };
  }

  #lease({ partition, lease }: { readonly partition: number; readonly lease: "last" | "earlier" | "forged" }): Lease {
    const leases = this.partitions.get(partition)?.leases ?? [];
    const known = lease === "earlier" ? leases.at(-2) : leases.at(-1);
    if (known !== undefined && lease !== "forged") return known;
    return { partition, owner: "nobody", token: leases.length + 7 };
  }

  #partition(partition: number): PartitionRun {
    const run = this.partitions.get(partition) ?? {
      leases: [],
      owner: undefined,
      leaseUntilMs: new Between(0, 0),
      lastStep: undefined,
      appliedAtMs: undefined,
    };
    this.partitions.set(partition, run);
    return run;
  }
}

type ContractDraftTerms = Omit<ContractDraft, "daysAhead"> & { readonly expiration: string; readonly contract: string };

/** A checkpoint in an order that does not depend on the store: by connection and by contract. */
export function inOrder({ ledgers, totals, ...cursors }: HydrationCheckpoint): HydrationCheckpoint {
  return {
    ...cursors,
    ledgers: [...ledgers].sort((a, b) => compareTexts(a.connection, b.connection)),
    totals: [...totals].sort((a, b) => compareTexts(a.contract, b.contract)),
  };
}

function withoutZeros(counters: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counters).filter(([, count]) => count !== 0));
}

function placeBehind(cursor: Cursor): Cursor {
  const { ms, n } = splitCursor(cursor);
  return `${ms}-${n + 1}`;
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
