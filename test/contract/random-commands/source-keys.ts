import { Between } from "./shapes.ts";
import type { SourceRun } from "./source-run.ts";
import type { ExpectedKey, ExpectedKeys } from "./stored-keys.ts";
import type { Worlds } from "./worlds.ts";

const DAY_MS = 86_400_000;

/** The keys of source status and wanted topics, but for those that the raw log shares. */
export async function sourceKeys(worlds: Worlds, run: SourceRun): Promise<ExpectedKeys> {
  const { keys } = worlds.redis;
  const { sourceStatus, subscriptions } = worlds.memory;
  const expected: [string, ExpectedKey][] = [];
  const ends: Record<string, Between> = {};
  for (const [name, { connection, during }] of run.connections) {
    const endsAtMs = during.plus(DAY_MS);
    const value = gaugeFields((await sourceStatus.connectionGauges(connection)) ?? {});
    expected.push([keys.of("connectionAnalytics", connection), { type: "hash", value, endsAtMs }]);
    ends[name] = endsAtMs;
  }
  if (run.connections.size > 0) expected.push([keys.of("connectionsIndex"), { type: "zset", value: ends }]);
  const sample = await sourceStatus.sample();
  if (sample !== null) expected.push([keys.of("lastSample"), { type: "string", value: sample }]);
  const wanted = await subscriptions.wanted();
  if (wanted.size > 0) expected.push([keys.of("subscriptions"), { type: "set", value: [...wanted].sort() }]);
  return expected;
}

/** The fields that sources have among the analytics of the raw log. */
export async function sourceFields({ memory: { sourceStatus } }: Worlds): Promise<Readonly<Record<string, unknown>>> {
  const counts = Object.entries(await sourceStatus.counters()).filter(([, count]) => count > 0);
  return { ...gaugeFields(Object.fromEntries(counts)), ...gaugeFields((await sourceStatus.gauges()) ?? {}) };
}

/** Numbers, however they are written, and texts; what is `null` has no field. */
function gaugeFields(gauges: object): Readonly<Record<string, unknown>> {
  const known = Object.entries(gauges).filter(([, gauge]) => gauge !== null);
  return Object.fromEntries(
    known.map(([name, gauge]) => [name, typeof gauge === "number" ? new Between(gauge, gauge) : gauge]),
  );
}
