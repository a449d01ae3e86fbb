import type { ConnectionPhase } from "../../domain/connection/connection-protocol.ts";
import { durationText } from "../duration-text.ts";
import { integer } from "../integer-text.ts";
import type { HeartbeatState, HydratorState, Inspection } from "./inspection.ts";

/** A hydrator that is further behind than this does not keep up. */
const MOST_LAG_ENTRIES = 10_000;
/** What a connection is that does its work, or was ended in order. */
const WELL: readonly string[] = [
  "subscribing",
  "streaming",
  "idle",
  "closing",
  "stopped",
] satisfies readonly ConnectionPhase[];
/** Gaps this young are news. */
const RECENT_MS = 600_000;
/** Of `maxmemory`: beyond this there is soon no room. */
const FULL = 0.9;

/**
 * What somebody should look at, the worst first, each in one line; empty where nothing stands out. Only of what the
 * inspection tells: a worker that never ran leaves no trace, and is missed by nobody here.
 */
export function findingsOf(inspection: Omit<Inspection, "findings">): readonly string[] {
  const { heartbeats, hydrators, connections, epochs, chains, models, problems } = inspection;
  return [
    ...problems.map(({ key, problem }) => `key "${key}" ${problem}`),
    ...serverFindings(inspection),
    ...heartbeats.flatMap(workerFinding),
    ...hydrators.flatMap(hydratorFinding),
    ...connections
      .filter(({ state }) => state !== null && !WELL.includes(state))
      .map(({ connection, state }) => `connection ${connection} is ${state}`),
    ...epochs
      .filter(({ valid_left_ms: leftMs }) => leftMs !== null && leftMs <= 0)
      .map(({ symbol, valid_left_ms: leftMs }) => `the epoch of ${symbol} is over for ${durationText(-(leftMs ?? 0))}`),
    ...chains
      .filter(({ last_health: health }) => health !== null && health !== "ok" && health !== "slow")
      .map(({ symbol, last_health: health }) => `the last chain of ${symbol} was ${health}`),
    ...models
      .filter(({ left_ms: leftMs }) => leftMs === null)
      .map(({ model, symbol }) => `the ${model} of ${symbol} is gone`),
    ...gapFindings(inspection),
  ];
}

function serverFindings({ server }: Omit<Inspection, "findings">): readonly string[] {
  const { maxmemory_bytes: most, memory_used_bytes: used, maxmemory_policy: policy } = server;
  return [
    ...(policy === "noeviction" ? [] : [`Redis may evict keys: maxmemory-policy is ${policy}, it must be noeviction`]),
    ...(most > 0 && used > FULL * most ? [`Redis is ${Math.floor((100 * used) / most)} % full`] : []),
  ];
}

function workerFinding({ worker, status, reason, age_ms: ageMs }: HeartbeatState): readonly string[] {
  switch (status) {
    case "ok":
    case "stopped":
      return [];
    case "silent":
      return [`worker ${worker} is silent${ageMs === null ? "" : ` for ${durationText(ageMs)}`}`];
    case "degraded":
    case "failed":
      return [`worker ${worker} is ${status}${reason === null ? "" : `: ${reason}`}`];
  }
}

function hydratorFinding({ partition, owner, lag_entries: lag }: HydratorState): readonly string[] {
  if (lag === null || lag === 0) return [];
  if (owner === null) return [`nobody hydrates partition ${partition}, and ${integer(lag)} entries wait`];
  return lag > MOST_LAG_ENTRIES ? [`the hydrator of partition ${partition} is ${integer(lag)} entries behind`] : [];
}

function gapFindings({ gaps, at_ms: nowMs }: Omit<Inspection, "findings">): readonly string[] {
  const recent = gaps?.last.filter(({ to_ms: toMs }) => toMs !== null && nowMs - toMs < RECENT_MS) ?? [];
  if (recent.length === 0) return [];
  const causes = [...new Set(recent.map(({ cause }) => cause))].sort();
  const least = recent.length === gaps?.last.length && recent.length < gaps.length ? "at least " : "";
  return [`${least}${recent.length} ${recent.length === 1 ? "gap" : "gaps"} in the last 10 min (${causes.join(", ")})`];
}
