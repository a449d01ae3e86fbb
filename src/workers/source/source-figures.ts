import type { PlannedConnection } from "../../domain/connection/topology.ts";
import type {
  ConnectionGauges,
  SourceCounter,
  SourceCounters,
  SourceGauges,
} from "../../domain/context/source-status.ts";
import type { ConnectionId } from "../../domain/market/batch.ts";
import type { SourceCounts } from "./source-counts.ts";
import type { ReportedFigures } from "./source-reporter.ts";
import type { WsWorker } from "./ws-worker.ts";

const NS_PER_MS = 1_000_000n;

/** The figures of all connections of a source together. */
export class SourceFigures implements ReportedFigures {
  readonly #connections: readonly PlannedConnection[];
  readonly #workers: readonly WsWorker[];
  /** What is counted beside the connections. */
  readonly #counts: SourceCounts;
  readonly #others: { readonly coverage: () => number | undefined; readonly conflated: () => number };
  #conflated = 0;

  /** @param workers one for each of `connections`. */
  constructor(
    connections: readonly PlannedConnection[],
    workers: readonly WsWorker[],
    counts: SourceCounts,
    others: { readonly coverage: () => number | undefined; readonly conflated: () => number },
  ) {
    this.#connections = connections;
    this.#workers = workers;
    this.#counts = counts;
    this.#others = others;
  }

  takeCounts(): SourceCounters {
    const conflated = this.#others.conflated();
    this.#counts.add("conflated", conflated - this.#conflated);
    this.#conflated = conflated;
    const sums: Partial<Record<SourceCounter, number>> = {};
    for (const { counts } of [...this.#workers, { counts: this.#counts }]) {
      for (const [counter, by] of Object.entries(counts.take()) as [SourceCounter, number][]) {
        sums[counter] = (sums[counter] ?? 0) + by;
      }
    }
    return sums;
  }

  gauges(): SourceGauges {
    const sum = (size: (worker: WsWorker) => number): number => {
      return this.#workers.reduce((total, worker) => total + size(worker), 0);
    };
    const lastNs = this.#workers.flatMap(({ lastEventTsNs }) => lastEventTsNs ?? []);
    const watermarks = this.#workers.flatMap(({ watermarkTsNs }) => watermarkTsNs ?? []);
    const isWhole = watermarks.length === this.#workers.length && watermarks.length > 0;
    return {
      subs_wanted: sum(({ subscriptions }) => subscriptions.wanted.size),
      subs_active: sum(({ subscriptions }) => subscriptions.acknowledged.size),
      subs_seen: sum(({ subscriptions }) => subscriptions.seen.size),
      coverage: this.#others.coverage() ?? null,
      last_event_ts: lastNs.length === 0 ? null : Number(lastNs.reduce(later) / NS_PER_MS) / 1_000,
      watermark_ns: isWhole ? String(watermarks.reduce(earlier)) : null,
    };
  }

  connections(): readonly (readonly [ConnectionId, ConnectionGauges])[] {
    return this.#connections.flatMap(({ connection }, index) => {
      const worker = this.#workers[index];
      // What a run before left there is to be read first.
      return worker === undefined || worker.phase === "idle" ? [] : [[connection, worker.gauges()] as const];
    });
  }

  takeSample(): string | undefined {
    let sample: string | undefined;
    for (const worker of this.#workers) sample = worker.takeSample() ?? sample;
    return sample;
  }
}

function later(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function earlier(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
