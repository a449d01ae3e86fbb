import { z } from "zod";
import { FLOW_BUCKETS, type FlowBuckets, noBuckets } from "../../domain/flow/flow-buckets.ts";
import type { ContractTotals, LedgerState, TradeStreamId } from "../../domain/hydration/effects.ts";
import { parseOptionTicker } from "../../domain/instrument/option-symbol.ts";
import { GAP_CAUSES } from "../../domain/stream/gap.ts";
import { FieldError } from "../../domain/stream/raw-fields.ts";
import { readDecimal, readNs } from "./field-text.ts";
import { valueError } from "./reply-errors.ts";

const NS = z.string().regex(/^\d{1,19}$/);
const COUNT = z.number().int();

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

const TOTALS_VALUES = 22;
/** With what is counted apart. */
const MOST_VALUES = TOTALS_VALUES + 2 * FLOW_BUCKETS.length;

/**
 * The sums of a contract as their hash has them, under the contract's name: `day prints contracts premium_micros first_ns
 * last_ns last last_size last_sale_ns rate_sum rate_t`, then `prints contracts premium_micros` bought and the same sold,
 * `prints` with a side and a delta, and `delta_micros`, then `rated_contracts bought_edge sold_edge`, and
 * where something was counted apart `prints contracts` of each bucket; with blanks between them and `-` for what is not
 * known. Plain text, since one is written for almost every print.
 */
export function totalsText(totals: ContractTotals): string {
  const { day, prints, contracts, premiumMicros, firstTsNs, lastTsNs } = totals;
  const { last, lastSize, lastSaleTsNs, rateSum, rateTMs } = totals;
  return `${day} ${prints} ${contracts} ${premiumMicros} ${firstTsNs ?? "-"} ${lastTsNs ?? "-"} ${last ?? "-"} ${lastSize ?? "-"} ${lastSaleTsNs ?? "-"} ${rateSum} ${rateTMs} ${totals.boughtPrints} ${totals.boughtContracts} ${totals.boughtPremiumMicros} ${totals.soldPrints} ${totals.soldContracts} ${totals.soldPremiumMicros} ${totals.deltaPrints} ${totals.deltaMicros} ${totals.ratedContracts} ${totals.boughtEdge} ${totals.soldEdge}${bucketsText(totals.buckets)}`;
}

function bucketsText(buckets: FlowBuckets | undefined): string {
  if (buckets === undefined) return "";
  return FLOW_BUCKETS.map((bucket) => ` ${buckets[bucket].prints} ${buckets[bucket].contracts}`).join("");
}

function readBuckets(values: readonly string[]): FlowBuckets | undefined {
  if (values.length === 0) return undefined;
  const buckets = noBuckets();
  for (const [place, bucket] of FLOW_BUCKETS.entries()) {
    buckets[bucket].prints = readDecimal(`${bucket}.prints`, values[2 * place]);
    buckets[bucket].contracts = readDecimal(`${bucket}.contracts`, values[2 * place + 1]);
  }
  return buckets;
}

/** @throws {StorageError} naming the key, where the field is no contract's sums. */
export function readTotals(
  key: string,
  { underlying, expiration }: TradeStreamId,
  contract: string,
  text: string,
): ContractTotals {
  const values = text.split(" ");
  const [day, prints, contracts, premiumMicros, first, lastNs, last, lastSize, lastSale, rateSum, rateTMs] = values;
  const [boughtPrints, boughtContracts, boughtPremium, soldPrints, soldContracts, soldPremium] = values.slice(11);
  const [deltaPrints, deltaMicros, ratedContracts, boughtEdge, soldEdge] = values.slice(17);
  try {
    const terms = parseOptionTicker(contract);
    if (terms === undefined) throw new FieldError("contract", "an option ticker", contract);
    const isWhole = values.length === TOTALS_VALUES || values.length === MOST_VALUES;
    if (!isWhole || day === undefined || !/^\d{4}-\d\d-\d\d$/.test(day)) {
      throw new FieldError("day", `a date, with ${TOTALS_VALUES - 1} or ${MOST_VALUES - 1} values behind it`, text);
    }
    return {
      contract: terms.ticker,
      underlying,
      root: terms.root,
      expiration,
      right: terms.right,
      strike: terms.strike,
      day,
      prints: readDecimal("prints", prints),
      contracts: readDecimal("contracts", contracts),
      premiumMicros: readDecimal("premium_micros", premiumMicros),
      firstTsNs: first === "-" ? null : readNs("first_ns", first),
      lastTsNs: lastNs === "-" ? null : readNs("last_ns", lastNs),
      last: last === "-" ? null : readDecimal("last", last),
      lastSize: lastSize === "-" ? null : readDecimal("last_size", lastSize),
      lastSaleTsNs: lastSale === "-" ? null : readNs("last_sale_ns", lastSale),
      rateSum: readDecimal("rate_sum", rateSum),
      rateTMs: readDecimal("rate_t", rateTMs),
      boughtPrints: readDecimal("bought_prints", boughtPrints),
      boughtContracts: readDecimal("bought_contracts", boughtContracts),
      boughtPremiumMicros: readDecimal("bought_premium_micros", boughtPremium),
      soldPrints: readDecimal("sold_prints", soldPrints),
      soldContracts: readDecimal("sold_contracts", soldContracts),
      soldPremiumMicros: readDecimal("sold_premium_micros", soldPremium),
      deltaPrints: readDecimal("delta_prints", deltaPrints),
      deltaMicros: readDecimal("delta_micros", deltaMicros),
      ratedContracts: readDecimal("rated_contracts", ratedContracts),
      boughtEdge: readDecimal("bought_edge", boughtEdge),
      soldEdge: readDecimal("sold_edge", soldEdge),
      buckets: readBuckets(values.slice(TOTALS_VALUES)),
    };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    const what = `the sums of contracts, and of ${contract} '${error.field}' must be ${error.required}`;
    throw valueError("read a checkpoint", key, what, error.shown);
  }
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
