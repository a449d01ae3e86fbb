import { CHANNELS } from "../../domain/channels.ts";
import {
  type ChainAnalytics,
  type ChainCompletion,
  type ChainHealth,
  type ChainHealthCounts,
  type ChainSnapshot,
  type ChainTrail,
  chainAnnouncement,
  chainFigures,
} from "../../domain/context/chain.ts";
import type { TrailPoint } from "../../domain/context/trail.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ProducerId } from "../../ports/raw-log.ts";
import type { BusChannels } from "./bus-channels.ts";
import { ExpiringMap } from "./expiring-map.ts";
import { frozenCopy } from "./frozen-copy.ts";
import { ProducerSequences } from "./producer-sequences.ts";
import { Trails } from "./trail.ts";

const CONTRACT_LIFE_MS = 300_000;
const MAX_TRAIL = 1_000;

/** The option chains of a database, what its clients share. Every method is one atomic step. */
export class ChainTable {
  /** The JSON texts of contracts, by `chainContractName`. */
  readonly contracts: ExpiringMap<string>;
  readonly #bus: BusChannels;
  readonly #producers = new ProducerSequences();
  readonly #latest = new Map<string, ChainSnapshot>();
  readonly #trails = new Trails(MAX_TRAIL);
  readonly #lastHealth = new Map<string, ChainHealth>();
  #counts: Readonly<Record<ChainHealth, number>> = { ok: 0, slow: 0, partial: 0, collapsed: 0, empty: 0, error: 0 };
  #analytics: ChainAnalytics = {
    runs: 0,
    errors: 0,
    total_snapshots: 0,
    total_contracts: 0,
    total_fetch_latency_ms: 0,
    last_snapshot_ts: null,
    latency_last_ms: null,
    publish_success: 0,
    publish_failures: 0,
    sla_violations: 0,
    promotions: 0,
    forced_promotions: 0,
  };

  constructor(clock: Clock, bus: BusChannels) {
    this.contracts = new ExpiringMap(clock, CONTRACT_LIFE_MS);
    this.#bus = bus;
  }

  complete(producer: ProducerId, seq: number, completion: ChainCompletion): "stored" | "already" {
    if (!this.#producers.advance(producer, seq)) return "already";
    const { snapshot, slaViolated, promotion, publishFailures } = completion;
    const { symbol, ts } = snapshot;
    const sums = this.#analytics;
    this.#analytics = {
      ...sums,
      runs: sums.runs + 1,
      total_snapshots: sums.total_snapshots + 1,
      total_contracts: sums.total_contracts + snapshot.contracts,
      total_fetch_latency_ms: sums.total_fetch_latency_ms + snapshot.latency_ms,
      last_snapshot_ts: ts,
      latency_last_ms: snapshot.latency_ms,
      publish_success: sums.publish_success + 1,
      publish_failures: sums.publish_failures + publishFailures,
      sla_violations: sums.sla_violations + (slaViolated ? 1 : 0),
      promotions: sums.promotions + (promotion === "none" ? 0 : 1),
      forced_promotions: sums.forced_promotions + (promotion === "forced" ? 1 : 0),
    };
    this.#count(symbol, snapshot.health);
    for (const [figure, value] of chainFigures(completion)) this.#trails.add(`${figure}:${symbol}`, { ts, value });
    this.#latest.set(symbol, frozenCopy(snapshot));
    this.#bus.publish(CHANNELS.chainSnapshot, JSON.stringify(chainAnnouncement(snapshot)));
    return "stored";
  }

  fail(producer: ProducerId, seq: number, symbol: string): "stored" | "already" {
    if (!this.#producers.advance(producer, seq)) return "already";
    this.#analytics = { ...this.#analytics, runs: this.#analytics.runs + 1, errors: this.#analytics.errors + 1 };
    this.#count(symbol, "error");
    return "stored";
  }

  storedSeq(producer: ProducerId): number {
    return this.#producers.stored(producer);
  }

  latest(symbol: string): ChainSnapshot | null {
    return this.#latest.get(symbol) ?? null;
  }

  analytics(): ChainAnalytics {
    return { ...this.#analytics };
  }

  health(): ChainHealthCounts {
    return { counts: { ...this.#counts }, last: new Map(this.#lastHealth) };
  }

  trail(figure: ChainTrail, symbol: string): readonly TrailPoint[] {
    return this.#trails.points(`${figure}:${symbol}`);
  }

  #count(symbol: string, health: ChainHealth): void {
    this.#counts = { ...this.#counts, [health]: this.#counts[health] + 1 };
    this.#lastHealth.set(symbol, health);
  }
}
