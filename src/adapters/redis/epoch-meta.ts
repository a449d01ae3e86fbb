import type { EpochDraft, EpochId, EpochMeta, SubstrateRecord } from "../../domain/epoch/substrate.ts";
import { msOfSecondsText, secondsText } from "../../domain/stream/receipt-seconds.ts";
import { valueError } from "./reply-errors.ts";

/** The fields of an epoch's meta data that `decodeMeta` reads, in its order. */
export const META_FIELDS = [
  "epoch_id",
  "symbol",
  "created_ts",
  "valid_until",
  "geometry_hash",
  "contract_count",
  "forced",
  "dormant_count",
  "superseded_ts",
  "streamed_ts",
] as const;

/** Names and values of the meta data that an epoch is staged with. Without records there are no bounds of strikes. */
export function encodeMeta(draft: EpochDraft, records: readonly SubstrateRecord[]): readonly (string | number)[] {
  const strikes = new Set(records.map(({ terms }) => terms.strike));
  const expirations = [...new Set(records.map(({ terms }) => terms.expiration))].sort();
  const ordered = [...strikes].sort((a, b) => a - b);
  const [least] = ordered;
  const greatest = ordered.at(-1);
  return [
    ...["epoch_id", draft.id, "symbol", draft.symbol],
    ...["created_ts", secondsText(draft.createdAtMs), "valid_until", secondsText(draft.validUntilMs)],
    ...["geometry_hash", draft.geometryHash, "contract_count", records.length],
    ...["strike_count", strikes.size, "expiration_count", expirations.length],
    ...(least === undefined || greatest === undefined ? [] : ["strike_min", least, "strike_max", greatest]),
    ...["expirations", JSON.stringify(expirations)],
    ...["dormant_count", draft.dormantCount, "forced", draft.forced ? 1 : 0],
  ];
}

/**
 * The meta data of an epoch, `null` where there is none.
 *
 * @param action completes "Cannot ...".
 * @param values of `META_FIELDS`.
 * @throws {StorageError} naming the key, where they are not what we store.
 */
export function decodeMeta(action: string, key: string, values: readonly (string | null)[]): EpochMeta | null {
  if (values.every((value) => value === null)) return null;
  const [id, symbol, created, validUntil, hash, count, forced, dormant, superseded, streamed] = values.map(
    (value) => value ?? "",
  );
  const meta = {
    id,
    symbol,
    createdAtMs: msOf(created),
    validUntilMs: msOf(validUntil),
    geometryHash: hash,
    contractCount: countOf(count),
    forced: flagOf(forced),
    dormantCount: countOf(dormant),
    supersededAtMs: superseded === "" ? null : msOf(superseded),
    streamedAtMs: streamed === "" ? null : msOf(streamed),
  };
  if (!isWhole(meta) || id === "" || symbol === "") throw metaError(action, key, values.join(" "));
  return meta;
}

/** One promotion as the timeline names it. */
export interface TimelineEntry extends Pick<EpochMeta, "id" | "createdAtMs" | "forced" | "dormantCount"> {}

const LINE = /^([^|]+)\|(.+)\|forced=([01])\|dormant=(\d+)$/s;

/**
 * Reads `{created_ts}|{id}|forced={0,1}|dormant={n}`.
 *
 * @throws {StorageError} naming the key, where it is no such line.
 */
export function decodeTimelineEntry(action: string, key: string, line: string): TimelineEntry {
  const [, created, id = "", forced, dormant] = LINE.exec(line) ?? [];
  const entry = { id, createdAtMs: msOf(created), forced: flagOf(forced), dormantCount: countOf(dormant) };
  if (!isWhole(entry)) throw valueError(action, key, "lines {created_ts}|{id}|forced={0,1}|dormant={n}", line);
  return entry;
}

const FINAL = /^([^|]+)\|([^|]+)\|(\d+)\|([^|]*)\|(.*)$/s;

/**
 * The meta data of an epoch that was superseded: what the timeline says of it, and
 * `{valid_until}|{superseded_ts}|{contract_count}|{streamed_ts}|{geometry_hash}`, which does not change any more.
 *
 * @throws {StorageError} naming the key, where it is something else.
 */
export function decodeFinalMeta(
  action: string,
  key: string,
  symbol: string,
  entry: TimelineEntry,
  final: string,
): EpochMeta {
  const [, validUntil, superseded, count, streamed, geometryHash] = FINAL.exec(final) ?? [];
  const meta = {
    ...entry,
    symbol,
    validUntilMs: msOf(validUntil),
    geometryHash,
    contractCount: countOf(count),
    supersededAtMs: msOf(superseded),
    streamedAtMs: streamed === "" ? null : msOf(streamed),
  };
  if (!isWhole(meta)) throw metaError(action, key, final);
  return meta;
}

/** What `decodeMeta` and its like throw; `value` as text. */
export function metaError(action: string, key: string, value?: string): Error {
  return valueError(action, key, "meta data of an epoch", value);
}

/** Where the lines of a symbol name an epoch that nothing else is known of. */
export function forgottenError(action: string, key: string, epoch: EpochId): Error {
  return valueError(action, key, `meta data of "${epoch}", which the timeline names`);
}

type Whole<Fields> = { readonly [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

/** Whether every field could be read. */
function isWhole<Fields extends object>(fields: Fields): fields is Fields & Whole<Fields> {
  return Object.values(fields).every((value) => value !== undefined);
}

function msOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? undefined : msOfSecondsText(text);
  return ms !== undefined && Number.isSafeInteger(ms) && ms >= 0 ? ms : undefined;
}

function countOf(text: string | undefined): number | undefined {
  const count = text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(count) ? count : undefined;
}

function flagOf(text: string | undefined): boolean | undefined {
  if (text === "1") return true;
  return text === "0" ? false : undefined;
}
