import {
  type ConnectionGauges,
  SOURCE_COUNTERS,
  type SourceCounter,
  type SourceCounters,
  type SourceGauges,
} from "../../domain/context/source-status.ts";
import { type ConnectionId, connectionName } from "../../domain/market/batch.ts";
import type { ProducerId } from "../../ports/raw-log.ts";
import type { SourceStatusStore } from "../../ports/source-status-store.ts";
import { STATUS_PRODUCER } from "../arguments.ts";
import { assertConnection, checkedConnectionGauges, checkedStatus } from "../source-arguments.ts";
import { CountedFields } from "./context-fields.ts";
import { gaugeFields } from "./gauge-fields.ts";
import { fieldsOf } from "./raw-entry-coding.ts";
import { RedisClient } from "./redis-client.ts";
import { PUT_CONNECTION } from "./scripts/put-connection.ts";
import { PUT_TEXT } from "./scripts/put-text.ts";
import { RECORD_SOURCE_STATUS } from "./scripts/record-source-status.ts";
import { CONNECTION_GAUGES, readConnectionGauges, readSourceGauges, SOURCE_GAUGES } from "./source-gauges.ts";

const CONNECTION_LIFE_MS = 86_400_000;

/** Counters and gauges of sources in the hash that the raw log counts in, those of each connection in one of its own. */
export class RedisSourceStatusStore extends RedisClient implements SourceStatusStore {
  async record(
    producer: ProducerId,
    seq: number,
    counts: SourceCounters,
    gauges: SourceGauges,
  ): Promise<"stored" | "already"> {
    const action = "record the status of a source";
    this.assertOpen(action);
    const { added, gauges: checked } = checkedStatus(action, seq, counts, gauges);
    const { known, unknown } = gaugeFields(SOURCE_GAUGES, checked);
    const { keys } = this;
    const names = [keys.of("analytics"), keys.of("producers"), keys.of("producersUsed")];
    const head = [producer + STATUS_PRODUCER, seq, added.length, ...added.flat()];
    const stored = await this.run(action, RECORD_SOURCE_STATUS, names, [
      ...head,
      known.length / 2,
      ...known,
      ...unknown,
    ]);
    return stored === 1 ? "stored" : "already";
  }

  async counters(): Promise<Readonly<Record<SourceCounter, number>>> {
    const action = "read the counters of sources";
    const key = this.keys.of("analytics");
    const counted = new CountedFields(action, key, await this.#fields(action, key, SOURCE_COUNTERS));
    const totals = SOURCE_COUNTERS.map((name) => [name, counted.count(name)] as const);
    return Object.fromEntries(totals) as Record<SourceCounter, number>;
  }

  async gauges(): Promise<SourceGauges | null> {
    const action = "read the gauges of a source";
    const key = this.keys.of("analytics");
    const fields = await this.#fields(action, key, Object.keys(SOURCE_GAUGES));
    return readSourceGauges(action, key, fields);
  }

  async putConnection(connection: ConnectionId, gauges: ConnectionGauges): Promise<void> {
    const action = "store the gauges of a connection";
    this.assertOpen(action);
    const { known } = gaugeFields(CONNECTION_GAUGES, checkedConnectionGauges(action, connection, gauges));
    const names = [this.keys.of("connectionAnalytics", connection), this.keys.of("connectionsIndex")];
    await this.run(action, PUT_CONNECTION, names, [connectionName(connection), CONNECTION_LIFE_MS, ...known]);
  }

  async connectionGauges(connection: ConnectionId): Promise<ConnectionGauges | null> {
    const action = "read the gauges of a connection";
    this.assertOpen(action);
    assertConnection(action, connection);
    const key = this.keys.of("connectionAnalytics", connection);
    const fields = fieldsOf((await this.command(action, "HGETALL", key)) as readonly string[]);
    return readConnectionGauges(action, key, fields);
  }

  async putSample(payload: string): Promise<void> {
    await this.run("keep a sample frame", PUT_TEXT, [this.keys.of("lastSample")], [payload]);
  }

  async sample(): Promise<string | null> {
    const payload = await this.command("read the sample frame", "GET", this.keys.of("lastSample"));
    return typeof payload === "string" ? payload : null;
  }

  async #fields(
    action: string,
    key: string,
    names: readonly string[],
  ): Promise<Readonly<Partial<Record<string, string>>>> {
    const texts = (await this.command(action, "HMGET", key, ...names)) as readonly (string | null)[];
    return Object.fromEntries(
      names.flatMap((name, index) => {
        const text = texts[index] ?? null;
        return text === null ? [] : [[name, text]];
      }),
    );
  }
}
