import {
  type ConnectionGauges,
  SOURCE_COUNTERS,
  type SourceCounter,
  type SourceGauges,
} from "../../domain/context/source-status.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ProducerId } from "../../ports/raw-log.ts";
import { ExpiringMap } from "./expiring-map.ts";
import { frozenCopy } from "./frozen-copy.ts";
import { ProducerSequences } from "./producer-sequences.ts";

const CONNECTION_LIFE_MS = 86_400_000;

/** How it stands with the sources of a database, what its clients share. Every method is one atomic step. */
export class SourceStatusTable {
  /** By connection, as `connectionName` names it. */
  readonly connections: ExpiringMap<ConnectionGauges>;
  sample: string | null = null;
  readonly #producers = new ProducerSequences();
  readonly #counters = new Map<SourceCounter, number>();
  #gauges: SourceGauges | null = null;

  constructor(clock: Clock) {
    this.connections = new ExpiringMap(clock, CONNECTION_LIFE_MS);
  }

  record(
    producer: ProducerId,
    seq: number,
    counts: readonly (readonly [SourceCounter, number])[],
    gauges: SourceGauges,
  ): "stored" | "already" {
    if (!this.#producers.advance(producer, seq)) return "already";
    for (const [name, by] of counts) this.#counters.set(name, (this.#counters.get(name) ?? 0) + by);
    this.#gauges = frozenCopy(gauges);
    return "stored";
  }

  counters(): Readonly<Record<SourceCounter, number>> {
    const totals = SOURCE_COUNTERS.map((name) => [name, this.#counters.get(name) ?? 0] as const);
    return Object.fromEntries(totals) as Record<SourceCounter, number>;
  }

  gauges(): SourceGauges | null {
    return this.#gauges;
  }
}
