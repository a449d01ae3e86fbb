import { parsePayload } from "../../src/domain/wire/parse-payload.ts";
import type { Simulator } from "../../src/simulator/index.ts";

/** Rows in a program's JSON, without the times of receipt that only it knows. */
export function rowsOf(json: string): readonly unknown[] {
  const rows: readonly Record<string, unknown>[] = JSON.parse(json);
  return rows.map(({ receivedAtMs: _, ...row }) => row);
}

/** The rows that a connection was sent, as Node parses them; of a simulator that keeps the payloads. */
export function sentRows(simulator: Simulator, connection: number): readonly unknown[] {
  const rows = simulator.log.frames(connection).flatMap(({ payload = "" }) => {
    const parsed = parsePayload(payload);
    return parsed.ok ? parsed.batches.flatMap((batch) => batch.rows) : [];
  });
  return rowsOf(JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)));
}
