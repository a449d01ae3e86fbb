import { formatStreamPosition } from "../market/batch.ts";
import { classifyConditions, type TradeConditionFlags } from "../market/conditions.ts";
import type { Nbbo, OptionTrade } from "../market/rows.ts";
import type { CursorRange } from "../stream/cursor.ts";
import { splitCursor } from "../stream/cursor.ts";
import type { Gap } from "../stream/gap.ts";
import type { FrameDraft, RawEntry } from "../stream/raw-entry.ts";
import type { StreamLedger } from "../stream/stream-ledger.ts";
import { parsePayload } from "../wire/parse-payload.ts";
import { type ContractState, priceMicros } from "./contract-state.ts";
import {
  type HydrationCounter,
  type QuarantineRecord,
  type TradeFlag,
  type TradeRecord,
  UNCLASSIFIED,
} from "./effects.ts";
import { type OpenPrintQuery, openPrintQuery } from "./open-print.ts";
import type { HydrationState } from "./state.ts";

/** What entries of the raw log mean, as plain data, in the order of the log. */
export interface HydrationEffects {
  readonly trades: TradeRecord[];
  /** Cancels whose print is older than the state remembers. See `resolveCancel`. */
  readonly unresolved: UnresolvedCancel[];
  readonly gaps: Gap[];
  readonly quarantine: QuarantineRecord[];
  readonly counters: Record<HydrationCounter, number>;
}

/** A cancel that has to be looked up. */
export interface UnresolvedCancel {
  /** Its place in the `trades` of the effects. */
  readonly index: number;
  /** The prints among which its own may be: of its trading day, older than what the state remembered. */
  readonly query: OpenPrintQuery;
}

/** Effects of nothing. */
export function noEffects(): HydrationEffects {
  return {
    trades: [],
    unresolved: [],
    gaps: [],
    quarantine: [],
    counters: {
      seen: 0,
      frames: 0,
      bytes: 0,
      events: 0,
      trades: 0,
      quotes: 0,
      values: 0,
      statuses: 0,
      other: 0,
      invalid: 0,
      duplicates: 0,
      late: 0,
      late_reports: 0,
      cancels: 0,
      unmatched_cancels: 0,
      repeated: 0,
      gaps: 0,
      hydrated: 0,
      geometry_miss: 0,
      stale_skip: 0,
      trimmed_before_read: 0,
      takeovers: 0,
    },
  };
}

const NO_FLAGS: readonly TradeFlag[] = Object.freeze([]);
const MAX_QUARANTINED_CHARS = 65_536;
const NS_PER_MS = 1_000_000n;

/**
 * What one entry of the raw log means: the one statement of it, for every store.
 *
 * Advances `state` and adds to `effects`; does no I/O and reads no clock. An entry that the state has seen before adds
 * nothing but to `repeated`. The sums, accounts and latest values that changed stand in the state; see `takeTouched`.
 */
export function fold(state: HydrationState, entry: RawEntry, effects: HydrationEffects): void {
  const { draft } = entry;
  const { counters } = effects;
  const { position, receivedAtMs } = draft;
  counters.seen += 1;
  const ledger = state.ledgerOf(position, position.epoch);
  const verdict = ledger.accept(position.seq);
  if (verdict === "repeat") {
    counters.repeated += 1;
    return;
  }
  const excused = state.isFirstSinceTrim(ledger);
  if (verdict === "hole" && !excused) addGap(state, effects, ledger.gapUntil(receivedAtMs, "sequence"));

  switch (draft.kind) {
    case "frame":
      foldFrame(state, ledger, draft, effects);
      break;
    case "heartbeat":
      if (receivedAtMs !== undefined) ledger.heartbeat(receivedAtMs);
      break;
    case "closed":
      ledger.down(draft.cause, receivedAtMs);
      break;
    case "gap":
      ledger.up();
      addGap(state, effects, draft.gap);
      break;
    case "connected":
      break;
  }
}

/** Retention removed entries that were not read: nobody knows any more what they held. */
export function foldTrimmed(state: HydrationState, range: CursorRange, effects: HydrationEffects): void {
  state.markTrimmed();
  effects.counters.trimmed_before_read += 1;
  addGap(state, effects, {
    connection: "*",
    fromAtMs: splitCursor(range.from).ms,
    toAtMs: splitCursor(range.to).ms,
    cause: "trimmed_before_read",
    scope: "all",
    instruments: undefined,
  });
}

function addGap(state: HydrationState, effects: HydrationEffects, gap: Gap): void {
  if (!state.isNewGap(gap)) return;
  effects.gaps.push(gap);
  effects.counters.gaps += 1;
}

function foldFrame(state: HydrationState, ledger: StreamLedger, draft: FrameDraft, effects: HydrationEffects): void {
  const { payload, receivedAtMs, position } = draft;
  const { counters } = effects;
  counters.frames += 1;
  counters.bytes += payload.length;

  const parsed = parsePayload(payload, {
    onInvalid: "quarantine",
    receivedAtMs,
    maxFrameBytes: state.options.maxFrameBytes,
    maxFutureSkewMs: state.options.maxFutureSkewMs,
    contracts: state.contractCache,
  });
  if (!parsed.ok) {
    const { message: reason, value } = parsed.error;
    quarantine(state, ledger, draft, [{ reason, path: "", value }], effects);
    ledger.endFrame(receivedAtMs);
    return;
  }
  if (parsed.rejected.length > 0) {
    const refusals = parsed.rejected.map(({ index, path, reason, value }) => {
      return { path: path === "" ? `[${index}]` : `[${index}].${path}`, reason, value };
    });
    quarantine(state, ledger, draft, refusals, effects);
  }

  counters.statuses += parsed.statuses.length;
  counters.events += parsed.statuses.length + parsed.rejected.length;
  for (const count of parsed.ignored.values()) {
    counters.other += count;
    counters.events += count;
  }
  const epoch = `${ledger.connection}/${position.epoch}`;
  for (const { rows } of parsed.batches) {
    counters.events += rows.length;
    for (const row of rows) {
      switch (row.type) {
        case "optionTrade":
          counters.trades += 1;
          foldTrade(state, ledger.observe(row.tradeTsNs), row, epoch, effects);
          break;
        case "nbbo":
          counters.quotes += 1;
          if (ledger.observe(row.quoteTsNs)) counters.late += 1;
          foldQuote(state, row);
          break;
        case "equityTrade":
          counters.trades += 1;
          if (ledger.observe(row.tradeTsNs)) counters.late += 1;
          break;
        case "indexValue":
          counters.values += 1;
          if (ledger.observe(row.valueTsNs)) counters.late += 1;
          break;
      }
    }
  }
  ledger.endFrame(receivedAtMs);
}

function foldTrade(
  state: HydrationState,
  late: boolean,
  trade: OptionTrade,
  epoch: string,
  effects: HydrationEffects,
): void {
  const contract = state.openContract(trade.contract);
  if (contract === undefined) throw new TypeError(`Cannot fold a trade: "${trade.contract}" must be an option ticker`);
  const conditions = classifyConditions(trade.conditions);
  const duplicate = state.prints.add(trade, epoch, contract.chain, conditions.countsVolume);

  let cancelsTsNs: bigint | undefined;
  if (!duplicate && conditions.cancel) cancelsTsNs = foldCancel(state, contract, trade, effects);
  else if (!duplicate && conditions.countsVolume) foldPrint(state, contract, trade, conditions);
  if (!duplicate && !conditions.cancel && !conditions.lateReport) keepLatestTrade(state, contract, trade);

  effects.trades.push({ trade, flags: flagsOf(duplicate, late, conditions), side: UNCLASSIFIED, cancelsTsNs });
  const { counters } = effects;
  if (duplicate) counters.duplicates += 1;
  if (late) counters.late += 1;
  if (conditions.lateReport) counters.late_reports += 1;
  if (conditions.cancel) counters.cancels += 1;
}

function foldPrint(
  state: HydrationState,
  contract: ContractState,
  trade: OptionTrade,
  conditions: TradeConditionFlags,
): void {
  const day = state.tradingDays.dayOf(trade.tradeTsNs);
  contract.addPrint(trade, day, conditions.countsOpenClose);
  state.touchTotals(contract);
  state.windowsOf(trade.underlying).add(Number(trade.tradeTsNs / NS_PER_MS), {
    prints: 1,
    contracts: trade.size,
    premiumMicros: priceMicros(trade.price) * trade.size,
  });
}

/** @returns the event time of the print taken back, where the state still remembers it. */
function foldCancel(
  state: HydrationState,
  contract: ContractState,
  cancel: OptionTrade,
  effects: HydrationEffects,
): bigint | undefined {
  const day = state.tradingDays.dayOf(cancel.tradeTsNs);
  const isSameDay = (tMs: number): boolean => state.tradingDays.dayOf(BigInt(tMs) * NS_PER_MS) === day;
  const original = state.prints.takeBack(cancel, contract.chain, isSameDay);
  if (original === undefined) {
    effects.unresolved.push({ index: effects.trades.length, query: queryOf(state, cancel) });
    return undefined;
  }
  takeBack(state, contract, cancel, original.tMs, day);
  return BigInt(original.tMs) * NS_PER_MS;
}

function takeBack(state: HydrationState, contract: ContractState, cancel: OptionTrade, tMs: number, day: string): void {
  contract.takeBack(cancel, tMs, day);
  state.touchTotals(contract);
  state.windowsOf(cancel.underlying).subtract(tMs, {
    prints: 1,
    contracts: cancel.size,
    premiumMicros: priceMicros(cancel.price) * cancel.size,
  });
}

function queryOf(state: HydrationState, cancel: OptionTrade): OpenPrintQuery {
  const { startTsNs, endTsNs } = state.tradingDays.boundsOf(cancel.tradeTsNs);
  const completeSinceTsNs = BigInt(state.prints.completeSinceTMs) * NS_PER_MS;
  return openPrintQuery(cancel, startTsNs, completeSinceTsNs < endTsNs ? completeSinceTsNs : endTsNs);
}

/**
 * Ends an unresolved cancel.
 *
 * @param index its place in `effects.trades`.
 * @param originalTsNs event time of the print that it takes back; `undefined` where nobody knows one: then it is counted
 * and marked as unmatched, and the sums stay as they are.
 */
export function resolveCancel(
  state: HydrationState,
  effects: HydrationEffects,
  index: number,
  originalTsNs: bigint | undefined,
): void {
  const record = effects.trades[index];
  if (record === undefined) throw new RangeError(`Cannot resolve a cancel: there is no trade ${index} in the effects`);
  const { trade } = record;
  if (originalTsNs === undefined) {
    effects.counters.unmatched_cancels += 1;
    effects.trades[index] = { ...record, flags: [...record.flags, "unmatched"] };
    return;
  }
  effects.trades[index] = { ...record, cancelsTsNs: originalTsNs };
  const contract = state.contractOf(trade.contract);
  if (contract === undefined) return;
  takeBack(state, contract, trade, Number(originalTsNs / NS_PER_MS), state.tradingDays.dayOf(trade.tradeTsNs));
}

function foldQuote(state: HydrationState, quote: Nbbo): void {
  const contract = state.openContract(quote.instrument);
  if (contract === undefined) return; // a stock's quote has no record to go to
  const latest = contract.latestQuote;
  if (latest !== undefined && quote.quoteTsNs < latest.quoteTsNs) return;
  contract.latestQuote = quote;
  state.touchValues(contract);
}

function keepLatestTrade(state: HydrationState, contract: ContractState, trade: OptionTrade): void {
  const latest = contract.latestTrade;
  if (latest !== undefined && trade.tradeTsNs < latest.tradeTsNs) return;
  contract.latestTrade = trade;
  state.touchValues(contract);
}

function flagsOf(duplicate: boolean, late: boolean, conditions: TradeConditionFlags): readonly TradeFlag[] {
  const { cancel, lateReport, multiLeg, extendedHours, known } = conditions;
  if (!duplicate && !late && !cancel && !lateReport && !multiLeg && !extendedHours && known) return NO_FLAGS;
  const flags: TradeFlag[] = [];
  if (duplicate) flags.push("dup");
  if (late) flags.push("late");
  if (lateReport) flags.push("late_report");
  if (cancel) flags.push("cancel");
  if (multiLeg) flags.push("multi");
  if (extendedHours) flags.push("extended");
  if (!known) flags.push("unknown_condition");
  return flags;
}

function quarantine(
  state: HydrationState,
  ledger: StreamLedger,
  draft: FrameDraft,
  rejected: readonly { readonly reason: string; readonly path: string; readonly value: string }[],
  effects: HydrationEffects,
): void {
  const { receivedAtMs, payload, position } = draft;
  const src = formatStreamPosition(position);
  for (const [index, { reason, path, value }] of rejected.entries()) {
    // Once per frame: a frame of thousands of bad events must not be stored thousands of times.
    const kept = index === 0 ? payload.slice(0, MAX_QUARANTINED_CHARS) : "";
    effects.quarantine.push({ receivedAtMs, reason, path, value, payload: kept, src });
  }
  effects.counters.invalid += rejected.length;
  addGap(state, effects, {
    connection: ledger.connection,
    fromAtMs: receivedAtMs,
    toAtMs: receivedAtMs,
    cause: "quarantine",
    scope: "all",
    instruments: undefined,
  });
}
