import { readGap, readQuarantine } from "../../adapters/redis/gap-coding.ts";
import type { StreamEntry } from "../../adapters/redis/raw-entry-coding.ts";
import { isStrikewireError } from "../../domain/errors.ts";
import { cutText } from "../../domain/wire/describe-value.ts";
import { gapFields } from "../gap-fields.ts";
import { quarantineFields } from "../quarantine-fields.ts";
import { type KeyReader, reading } from "../redis/key-reader.ts";
import { figuresOf } from "./figures.ts";
import type { Figures, GapState, QuarantineState } from "./inspection.ts";

const COUNTED_GAPS = 1_000;
const LAST_GAPS = 10;
const LAST_REFUSALS = 5;
const SHOWN_CHARACTERS = 200;

/** What was counted, what is missing and what was refused. */
export async function readAccounts(reader: KeyReader): Promise<{
  readonly analytics: Figures | null;
  readonly hydrate_analytics: Figures | null;
  readonly gaps: GapState | null;
  readonly quarantine: QuarantineState | null;
}> {
  const { keys } = reader;
  const gapsKey = keys.of("gaps");
  const quarantineKey = keys.of("quarantine");
  const [analytics, hydrated, gaps, quarantine] = await reader.read("look at the accounts", [
    reading(keys.of("analytics"), "analytics", ["HGETALL"]),
    reading(keys.of("hydrateAnalytics"), "hydrateAnalytics", ["HGETALL"]),
    reading(gapsKey, "gaps", ["XLEN"], ["XREVRANGE", "+", "-", "COUNT", COUNTED_GAPS]),
    reading(quarantineKey, "quarantine", ["XLEN"], ["XREVRANGE", "+", "-", "COUNT", LAST_REFUSALS]),
  ]);
  return {
    analytics: figuresOf(analytics),
    hydrate_analytics: figuresOf(hydrated),
    gaps: gaps === undefined ? null : gapState(reader, gapsKey, gaps),
    quarantine: quarantine === undefined ? null : quarantineState(reader, quarantineKey, quarantine),
  };
}

function gapState(reader: KeyReader, key: string, [length, entries]: readonly unknown[]): GapState {
  const gaps = readEntries(reader, key, entries, readGap);
  const counts = new Map<string, number>();
  for (const { cause } of gaps) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  const by_cause = Object.fromEntries([...counts].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1)));
  const last = gaps.slice(-LAST_GAPS).map(gapFields);
  return { key, length: Number(length), counted: gaps.length, by_cause, last };
}

function quarantineState(reader: KeyReader, key: string, [length, entries]: readonly unknown[]): QuarantineState {
  const last = readEntries(reader, key, entries, readQuarantine).map((record) => {
    const fields = quarantineFields(record);
    return { ...fields, payload: cutText(fields.payload, SHOWN_CHARACTERS) };
  });
  return { key, length: Number(length), last };
}

/** Entries that came newest first, oldest first; one that is none of ours is left out, and its key a problem. */
function readEntries<T>(
  reader: KeyReader,
  key: string,
  entries: unknown,
  read: (key: string, entry: StreamEntry) => T,
): readonly T[] {
  return (entries as readonly StreamEntry[]).toReversed().flatMap((entry): readonly T[] => {
    try {
      return [read(key, entry)];
    } catch (error) {
      if (!isStrikewireError(error)) throw error;
      reader.addProblem(key, `holds what is not ours (${error.message})`);
      return [];
    }
  });
}
