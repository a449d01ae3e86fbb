import type { Gap } from "../../../src/domain/stream/gap.ts";
import type { RawDraft } from "../../../src/domain/stream/raw-entry.ts";
import type { RawLogRun } from "./raw-log-run.ts";
import { Between, JsonOf } from "./shapes.ts";
import { sourceFields } from "./source-keys.ts";
import type { SourceRun } from "./source-run.ts";
import type { ExpectedKey, ExpectedKeys } from "./stored-keys.ts";
import { secondsOf, textOf } from "./texts.ts";
import type { Worlds } from "./worlds.ts";

const WEEK_MS = 604_800_000;

/**
 * The keys of the raw log, with what sources have in those that they share.
 *
 * @param groups ids that the stream's groups have read up to, by group.
 */
export async function rawLogKeys(
  worlds: Worlds,
  run: RawLogRun,
  groups: Readonly<Record<string, string>>,
  sources: SourceRun,
): Promise<ExpectedKeys> {
  const { keys } = worlds.redis;
  const { entries, trimmed } = await run.entries();
  const { frames, storedAt } = run;
  const expected: [string, ExpectedKey][] = [];
  if (storedAt.size > 0 || Object.keys(groups).length > 0) {
    const shown = entries.map(({ cursor, draft }) => ({ id: cursor, fields: rawFields(draft) }));
    expected.push([keys.of("rawStream"), { type: "stream", value: { entries: shown, groups } }]);
  }
  if (frames.length > 0 || trimmed !== undefined) {
    const bytes = String(bytesOf(entries.map(({ draft }) => draft)));
    const value = { bytes, first_removed: trimmed?.from, last_removed: trimmed?.to };
    expected.push([keys.of("rawState"), { type: "hash", value }]);
  }
  const usedAt = new Map(storedAt);
  for (const [producer, { during }] of sources.recorded) usedAt.set(`${producer}/status`, during);
  if (usedAt.size > 0) {
    const stored: Record<string, string> = {};
    for (const producer of storedAt.keys()) stored[producer] = String(await worlds.memory.log.storedSeq(producer));
    for (const [producer, { seq }] of sources.recorded) stored[`${producer}/status`] = String(seq);
    const ends = [...usedAt.values()].map((during) => during.plus(WEEK_MS));
    const endsAtMs = new Between(Math.max(...ends.map(({ from }) => from)), Math.max(...ends.map(({ to }) => to)));
    expected.push([keys.of("producers"), { type: "hash", value: stored, endsAtMs }]);
    expected.push([keys.of("producersUsed"), { type: "zset", value: Object.fromEntries(usedAt), endsAtMs }]);
  }
  if (storedAt.size > 0) {
    const tails = [...run.tails].map(([name, tail]) => [name, `${tail.epoch} ${secondsOf(tail.receivedAtMs) ?? ""}`]);
    expected.push([keys.of("connections"), { type: "hash", value: Object.fromEntries(tails) }]);
  }
  const ofSources = await sourceFields(worlds);
  if (frames.length > 0 || sources.recorded.size > 0) {
    const last_ts = secondsOf(frames.findLast(({ receivedAtMs }) => receivedAtMs !== undefined)?.receivedAtMs);
    const received =
      frames.length > 0 ? { frames: textOf(frames.length), bytes: textOf(bytesOf(frames)), last_ts } : {};
    const value = { ...received, ...ofSources };
    expected.push([keys.of("analytics"), { type: "hash", value }]);
  }
  return expected;
}

/** A gap as its own stream, and `info` of an entry, have it; times as `timeOf` writes them. */
export function gapFields<Time>(
  gap: Gap,
  timeOf: (ms: number | undefined) => Time,
): Readonly<Record<"from_ts" | "to_ts", Time> & Pick<Gap, "connection" | "cause" | "scope">> {
  const { connection, fromAtMs, toAtMs, cause, scope } = gap;
  return { connection, from_ts: timeOf(fromAtMs), to_ts: timeOf(toAtMs), cause, scope };
}

function rawFields(draft: RawDraft): unknown {
  const { class: assetClass, shard, epoch, seq } = draft.position;
  const fields = { ts: secondsOf(draft.receivedAtMs), src: `${assetClass}/${shard}/${epoch}/${seq}` };
  if (draft.kind === "frame") return { ...fields, payload: draft.payload };
  return { ...fields, payload: "[]", kind: draft.kind, info: infoOf(draft) };
}

function infoOf(draft: RawDraft): unknown {
  if (draft.kind === "closed") return new JsonOf({ cause: draft.cause });
  if (draft.kind !== "gap") return undefined;
  const seconds = (ms: number | undefined): number | undefined =>
    ms === undefined ? undefined : Number(secondsOf(ms));
  return new JsonOf({ ...gapFields(draft.gap, seconds), instruments: draft.gap.instruments });
}

function bytesOf(drafts: readonly RawDraft[]): number {
  return drafts.reduce((sum, draft) => sum + (draft.kind === "frame" ? Buffer.byteLength(draft.payload) : 0), 0);
}
