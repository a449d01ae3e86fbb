import { z } from "zod";
import type { ContractTotals, LedgerState, TradeStreamId } from "../../domain/hydration/effects.ts";
import { parseOptionTicker } from "../../domain/instrument/option-symbol.ts";
import { GAP_CAUSES } from "../../domain/stream/gap.ts";
import { valueError } from "./reply-errors.ts";

const NS = z.string().regex(/^\d{1,19}$/);
const COUNT = z.number().int();

const TOTALS = z.object({
  day: z.string().regex(/^\d{4}-\d\d-\d\d$/),
  prints: COUNT,
  contracts: COUNT,
  premium_micros: COUNT,
  first_ns: NS,
  last_ns: NS,
  last: z.number().nullable(),
  last_size: z.number().nullable(),
  last_sale_ns: NS.nullable(),
  rate_sum: z.number(),
  rate_t: z.number(),
});

const LEDGERS = z.array(
  z.object({
    epoch: COUNT,
    seq: COUNT,
    max_event_ns: NS.nullable(),
    watermark_ns: NS.nullable(),
    last_received_ms: z.number().nullable(),
    recent_lags_ms: z.array(z.number()),
    down_since: z.object({ cause: z.enum(GAP_CAUSES), from_ms: z.number().nullable() }).nullable(),
  }),
);

/** The sums of a contract as their hash has them, under the contract's name. Nanoseconds are text: JSON has no bigint. */
export function totalsJson(totals: ContractTotals): string {
  const { day, prints, contracts, premiumMicros, firstTsNs, lastTsNs } = totals;
  const { last, lastSize, lastSaleTsNs, rateSum, rateTMs } = totals;
  const value: z.infer<typeof TOTALS> = {
    day,
    prints,
    contracts,
    premium_micros: premiumMicros,
    first_ns: String(firstTsNs),
    last_ns: String(lastTsNs),
    last,
    last_size: lastSize,
    last_sale_ns: lastSaleTsNs === null ? null : String(lastSaleTsNs),
    rate_sum: rateSum,
    rate_t: rateTMs,
  };
  return JSON.stringify(value);
}

/** @throws {StorageError} naming the key, where the field is no contract's sums. */
export function readTotals(
  key: string,
  { underlying, expiration }: TradeStreamId,
  contract: string,
  json: string,
): ContractTotals {
  const terms = parseOptionTicker(contract);
  const parsed = TOTALS.safeParse(parseJson(json));
  if (terms === undefined || !parsed.success) {
    throw valueError("read a checkpoint", key, "the sums of option contracts", `${contract} ${json}`);
  }
  const { data } = parsed;
  return {
    contract: terms.ticker,
    underlying,
    root: terms.root,
    expiration,
    right: terms.right,
    strike: terms.strike,
    day: data.day,
    prints: data.prints,
    contracts: data.contracts,
    premiumMicros: data.premium_micros,
    firstTsNs: BigInt(data.first_ns),
    lastTsNs: BigInt(data.last_ns),
    last: data.last,
    lastSize: data.last_size,
    lastSaleTsNs: data.last_sale_ns === null ? null : BigInt(data.last_sale_ns),
    rateSum: data.rate_sum,
    rateTMs: data.rate_t,
  };
}

/** All accounts of one connection as their hash has them, under the connection's name. */
export function ledgersJson(ledgers: readonly LedgerState[]): string {
  const value: z.infer<typeof LEDGERS> = ledgers.map((ledger) => ({
    epoch: ledger.epoch,
    seq: ledger.seq,
    max_event_ns: ledger.maxEventTsNs === null ? null : String(ledger.maxEventTsNs),
    watermark_ns: ledger.watermarkTsNs === null ? null : String(ledger.watermarkTsNs),
    last_received_ms: ledger.lastReceivedAtMs,
    recent_lags_ms: [...ledger.recentLagsMs],
    down_since: ledger.downSince && { cause: ledger.downSince.cause, from_ms: ledger.downSince.fromAtMs },
  }));
  return JSON.stringify(value);
}

/** @throws {StorageError} naming the key, where the field is no account. */
export function readLedgers(key: string, connection: string, json: string): readonly LedgerState[] {
  const parsed = LEDGERS.safeParse(parseJson(json));
  if (!parsed.success) throw valueError("read a checkpoint", key, "accounts of connections", `${connection} ${json}`);
  return parsed.data.map((ledger) => ({
    connection,
    epoch: ledger.epoch,
    seq: ledger.seq,
    maxEventTsNs: ledger.max_event_ns === null ? null : BigInt(ledger.max_event_ns),
    watermarkTsNs: ledger.watermark_ns === null ? null : BigInt(ledger.watermark_ns),
    lastReceivedAtMs: ledger.last_received_ms,
    recentLagsMs: ledger.recent_lags_ms,
    downSince: ledger.down_since && { cause: ledger.down_since.cause, fromAtMs: ledger.down_since.from_ms },
  }));
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
