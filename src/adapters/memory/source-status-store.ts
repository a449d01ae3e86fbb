import type {
  ConnectionGauges,
  SourceCounter,
  SourceCounters,
  SourceGauges,
} from "../../domain/context/source-status.ts";
import { type ConnectionId, connectionName } from "../../domain/market/batch.ts";
import type { ProducerId } from "../../ports/raw-log.ts";
import type { SourceStatusStore } from "../../ports/source-status-store.ts";
import { PortClient } from "../port-client.ts";
import { assertConnection, checkedConnectionGauges, checkedStatus } from "../source-arguments.ts";
import { type MemoryDatabase, tablesOf } from "./database.ts";
import type { SourceStatusTable } from "./source-status-table.ts";

/** A client of what a database knows of its sources. The gauges it returns are frozen. */
export class MemorySourceStatusStore extends PortClient implements SourceStatusStore {
  readonly #status: SourceStatusTable;

  constructor(database: MemoryDatabase) {
    super();
    this.#status = tablesOf(database).sourceStatus;
  }

  async record(
    producer: ProducerId,
    seq: number,
    counts: SourceCounters,
    gauges: SourceGauges,
  ): Promise<"stored" | "already"> {
    const action = "record the status of a source";
    this.assertOpen(action);
    const checked = checkedStatus(action, seq, counts, gauges);
    return this.#status.record(producer, seq, checked.added, asText(checked.gauges));
  }

  async counters(): Promise<Readonly<Record<SourceCounter, number>>> {
    this.assertOpen("read the counters of sources");
    return this.#status.counters();
  }

  async gauges(): Promise<SourceGauges | null> {
    this.assertOpen("read the gauges of a source");
    return this.#status.gauges();
  }

  async putConnection(connection: ConnectionId, gauges: ConnectionGauges): Promise<void> {
    const action = "store the gauges of a connection";
    this.assertOpen(action);
    const checked = checkedConnectionGauges(action, connection, gauges);
    this.#status.connections.put(connectionName(connection), asText(checked));
  }

  async connectionGauges(connection: ConnectionId): Promise<ConnectionGauges | null> {
    const action = "read the gauges of a connection";
    this.assertOpen(action);
    assertConnection(action, connection);
    return this.#status.connections.get(connectionName(connection));
  }

  async putSample(payload: string): Promise<void> {
    this.assertOpen("keep a sample frame");
    this.#status.sample = payload;
  }

  async sample(): Promise<string | null> {
    this.assertOpen("read the sample frame");
    return this.#status.sample;
  }
}

/** As text has it, which knows no -0. */
function asText<T>(gauges: T): T {
  return JSON.parse(JSON.stringify(gauges));
}
