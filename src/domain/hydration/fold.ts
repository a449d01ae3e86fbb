import { bucketOf } from "../flow/flow-buckets.ts";
import { flowOf } from "../flow/flow-sums.ts";
import { inStandardUnits } from "../flow/multiplier.ts";
import { type TradeSide, UNCLASSIFIED } from "../flow/print-side.ts";
import { type SideFeed, sideReach } from "../flow/side-feed.ts";
import { UNSIGNED } from "../flow/side-verdict.ts";
import { takePrint } from "../flow/trade-side.ts";
import { type DataBatch, formatStreamPosition } from "../market/batch.ts";
import { classifyConditions, type TradeConditionFlags } from "../market/conditions.ts";
import { eventMs } from "../market/event-ms.ts";
import { QUOTE_FIELDS } from "../market/quote-numbers.ts";
import type { Nbbo, OptionTrade, Row } from "../market/rows.ts";
import { type CursorRange, splitCursor } from "../stream/cursor.ts";
import { endsOutage, type Gap } from "../stream/gap.ts";
import type { FrameDraft, RawEntry } from "../stream/raw-entry.ts";
import type { StreamLedger } from "../stream/stream-ledger.ts";
import { cutText } from "../wire/describe-value.ts";
import { parsePayload } from "../wire/parse-payload.ts";
import { cancelledSide, foldCancel, lookUpLater } from "./cancels.ts";
import type { ContractState } from "./contract-state.ts";
import type { TradeFlag } from "./effects.ts";
import type { HydrationEffects } from "./fold-effects.ts";
import { partitionOf } from "./partition.ts";
import type { HydrationState } from "./state.ts";

/** The print that it repeats has its side. */
const DUPLICATE: TradeSide = Object.freeze({ ...UNCLASSIFIED, method: UNSIGNED.duplicate });
const ONLY_BATCH: readonly number[] = Object.freeze([0]);
const NO_FLAGS: readonly TradeFlag[] = Object.freeze([]);
const NS_PER_MS = 1_000_000n;
const MAX_QUARANTINED_CHARS = 65_536;

/**
 * What one entry of the raw log means: the one statement of it, for every store.
 *
 * Advances `state` and adds to `effects`; does no I/O and reads no clock. An entry that the state has seen before adds
 * nothing but to `repeated`. The sums, accounts and latest values that changed stand in the state; see its
 * `takeTotals` and `takeMoved`.
 */
export function fold(state: HydrationState, entry: RawEntry, effects: HydrationEffects): void {
  const { draft } = entry;
  const { counters } = effects;
  const { position, receivedAtMs } = draft;
  counters.seen += 1;
  const ledger = state.ledgerOf(position, position.epoch);
  const verdict = ledger?.accept(position.seq) ?? "repeat";
  if (ledger === undefined || verdict === "repeat") {
    counters.repeated += 1;
    return;
  }
  const excused = state.isFirstSinceTrim(ledger);
  const feed = state.feedOf(ledger.connection);
  if (feed.enter(position.epoch) || verdict === "hole") state.breakFeed(ledger.connection, "all");
  if (verdict === "hole" && !excused) addGap(state, effects, ledger.gapUntil(receivedAtMs, "sequence"));

  switch (draft.kind) {
    case "frame":
      try {
        foldFrame(state, ledger, feed, draft, effects);
      } catch (error) {
        // A frame that our own code cannot take must not stop everything behind it for good: it is set aside, loudly.
        const reason = `Cannot fold the frame: ${error instanceof Error ? error.message : String(error)}`;
        quarantine(state, ledger, draft, [{ reason, path: "", value: "" }], effects);
        ledger.endFrame(receivedAtMs);
      }
      break;
    case "heartbeat":
      if (receivedAtMs !== undefined) ledger.heartbeat(receivedAtMs);
      break;
    case "closed":
      ledger.down(draft.cause, receivedAtMs);
      // Not where it is an old socket that ends while the next one is up.
      if (feed.epoch === position.epoch) state.breakFeed(ledger.connection, "all");
      break;
    case "gap":
      // What we shed ourselves, or the link lost, says nothing about the link; what a new socket was preceded by is known
      // already.
      if (endsOutage(draft.gap)) ledger.up();
      else state.breakFeed(ledger.connection, draft.gap.scope);
      addGap(state, effects, draft.gap);
      break;
    case "connected":
      break;
  }
}

/** Retention removed entries that were not read: nobody knows any more what they held. */
export function foldTrimmed(state: HydrationState, range: CursorRange, effects: HydrationEffects): void {
  state.markTrimmed();
  state.breakFeeds();
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

function foldFrame(
  state: HydrationState,
  ledger: StreamLedger,
  feed: SideFeed,
  draft: FrameDraft,
  effects: HydrationEffects,
): void {
  const { payload, receivedAtMs } = draft;
  const { counters } = effects;
  counters.frames += 1;
  counters.bytes += payload.length;

  const parsed = parsePayload(payload, {
    onInvalid: "quarantine",
    receivedAtMs,
    maxFrameBytes: state.options.maxFrameBytes,
    maxFutureSkewMs: state.options.maxFutureSkewMs,
    contracts: state.contractCache,
    numbers: state.numbers,
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
  const { quoteHints, quotes, tradeHints } = state.numbers;
  for (const batch of quotesFirst(parsed.batches)) {
    const rows = parsed.batches[batch]?.rows ?? [];
    counters.events += rows.length;
    for (const [index, row] of rows.entries()) {
      switch (row.type) {
        case "optionTrade":
          counters.trades += 1;
          foldTrade(state, ledger.observe(row.tradeTsNs), row, tradeHints[index] ?? 0, ledger, feed, effects);
          break;
        case "nbbo":
          counters.quotes += 1;
          if (ledger.observe(row.quoteTsNs)) counters.late += 1;
          foldQuote(state, row, quotes, index, quoteHints[index] ?? 0, feed);
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
  if (ledger.maxEventTsNs !== undefined) state.forgetQuotes(ledger.maxEventTsNs);
}

/** Where a frame's batches stand, quotes before prints: which of them stood before which print is told by their times. */
function quotesFirst(batches: readonly DataBatch<Row>[]): readonly number[] {
  if (batches.length < 2) return ONLY_BATCH;
  const places = [...batches.keys()];
  const isOfQuotes = (place: number): boolean => batches[place]?.rows[0]?.type === "nbbo";
  return [...places.filter(isOfQuotes), ...places.filter((place) => !isOfQuotes(place))];
}

function foldTrade(
  state: HydrationState,
  late: boolean,
  trade: OptionTrade,
  hint: number,
  ledger: StreamLedger,
  feed: SideFeed,
  effects: HydrationEffects,
): void {
  if (partitionOf(trade.underlying) !== state.options.partition) return;
  const contract = state.openContract(trade.contract, hint);
  if (contract === undefined) throw new TypeError(`Cannot fold a trade: "${trade.contract}" must be an option ticker`);
  const conditions = classifyConditions(trade.conditions);
  const duplicate = state.prints.add(trade, ledger.name, contract.chain, conditions.countsVolume);

  let side = duplicate ? DUPLICATE : sideOf(state, contract, trade, conditions, ledger.maxEventTsNs);
  if (!duplicate) state.historyOf(contract).printFeed = feed;
  let delta: number | null = null;
  let cancelsTsNs: bigint | undefined;
  if (!duplicate && conditions.cancel) {
    const original = foldCancel(state, contract, trade);
    if (original !== undefined) {
      cancelsTsNs = original.tsNs;
      side = cancelledSide(original);
      delta = original.delta;
    }
  } else if (!duplicate && conditions.countsVolume) {
    const isDeltaUsed = !state.isLogAlone || side.side === "U";
    if (isDeltaUsed) delta = contract.deltaAt(eventMs(trade.tradeTsNs), state.options.maxDeltaAgeMs);
    foldPrint(state, contract, trade, conditions, side, delta);
  } else if (!duplicate) {
    foldLateReport(state, contract, trade);
  }
  if (!duplicate && !conditions.cancel && !conditions.lateReport) keepLatestTrade(state, contract, trade);

  effects.trades.push({ trade, flags: flagsOf(duplicate, late, conditions), side, delta, cancelsTsNs });
  if (!duplicate && conditions.cancel && cancelsTsNs === undefined) lookUpLater(state, contract, trade, effects);
  const { counters } = effects;
  if (duplicate) counters.duplicates += 1;
  if (late) counters.late += 1;
  if (conditions.lateReport) counters.late_reports += 1;
  if (conditions.cancel) counters.cancels += 1;
}

function sideOf(
  state: HydrationState,
  contract: ContractState,
  trade: OptionTrade,
  conditions: TradeConditionFlags,
  newestTsNs: bigint | undefined,
): TradeSide {
  const tMs = eventMs(trade.tradeTsNs);
  const newestMs = newestTsNs === undefined || newestTsNs <= trade.tradeTsNs ? tMs : Number(newestTsNs / NS_PER_MS);
  const history = state.historyOf(contract);
  const reachMs = sideReach(tMs, newestMs, history.quoteFeed, history.printFeed, state.reach);
  if (state.isLogAlone) state.reach.substrate = Number.NEGATIVE_INFINITY;
  const told = takePrint(trade, tMs, conditions, history, state.options.sides, reachMs);
  const { side, method, confidence, quoteAgeMs, quoteSource } = told;
  return { side, method, confidence, quoteAgeMs, quoteSource };
}

function foldPrint(
  state: HydrationState,
  contract: ContractState,
  trade: OptionTrade,
  conditions: TradeConditionFlags,
  side: TradeSide,
  delta: number | null,
): void {
  const day = state.tradingDays.dayOf(trade.tradeTsNs);
  const sums = flowOf(trade.price, trade.size, side, delta, state.printFlow);
  const bucket = bucketOf(conditions);
  contract.addPrint(trade, sums, day, conditions.countsOpenClose, bucket);
  state.prints.noteMade(contract.chain, side, delta, bucket);
  state.touchTotals(contract);
  const { multiplier } = contract;
  state.windowsOf(trade.underlying).add(eventMs(trade.tradeTsNs), inStandardUnits(sums, multiplier), bucket);
}

/** Out of order and of no time that anything could be held against: counted, and no more. */
function foldLateReport(state: HydrationState, contract: ContractState, trade: OptionTrade): void {
  if (contract.addLateReport(trade.size, state.tradingDays.dayOf(trade.tradeTsNs))) state.touchTotals(contract);
  state.windowsOf(trade.underlying).addApart(eventMs(trade.tradeTsNs), "late_report", trade.size);
}

function foldQuote(
  state: HydrationState,
  quote: Nbbo,
  numbers: Float64Array,
  index: number,
  hint: number,
  feed: SideFeed,
): void {
  const contract = state.openContract(quote.instrument, hint);
  if (contract === undefined) return; // a stock's quote has no record to go to
  if (partitionOf(contract.terms.underlying) !== state.options.partition) return;
  const history = state.historyOf(contract);
  history.quotes.addNumbers(numbers, index * QUOTE_FIELDS);
  history.quoteFeed = feed;
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
    const kept = index === 0 ? cutText(payload, MAX_QUARANTINED_CHARS) : "";
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
