import type { SubstrateRecord, SubstrateUpdate } from "../epoch/substrate.ts";
import { noFlow, type OpenFlowSums } from "../flow/flow-sums.ts";
import { RollingWindows } from "../flow/rolling-windows.ts";
import { SideCells } from "../flow/side-cells.ts";
import { type OpenSideReach, SIDE_MEMORY_MS, SideFeed, UNLIMITED_REACH } from "../flow/side-feed.ts";
import { SideHistory } from "../flow/side-history.ts";
import { DEFAULT_SIDE_OPTIONS, type SideOptions } from "../flow/side-options.ts";
import { HintedMap } from "../instrument/hinted-map.ts";
import { OptionContractCache } from "../instrument/option-contract-cache.ts";
import { type ConnectionId, connectionName } from "../market/batch.ts";
import { eventMs } from "../market/event-ms.ts";
import { EXCHANGE_CALENDAR } from "../market/trading-calendar.ts";
import { TradingDayClock } from "../market/trading-day.ts";
import { coversGap, type Gap, type GapScope } from "../stream/gap.ts";
import { DEFAULT_PRINT_HISTORY_OPTIONS, PrintHistory, type PrintHistoryOptions } from "../stream/print-history.ts";
import { DEFAULT_LEDGER_OPTIONS, type LedgerOptions, StreamLedger } from "../stream/stream-ledger.ts";
import { RowNumbers } from "../wire/row-numbers.ts";
import { ContractState } from "./contract-state.ts";
import type { ContractTotals, LedgerState } from "./effects.ts";
import { partitionOf } from "./partition.ts";

export interface HydrationOptions {
  /** Whose prints and quotes are kept: those of the underlyings that `partitionOf` gives this number. */
  readonly partition: number;
  readonly ledger: LedgerOptions;
  readonly prints: PrintHistoryOptions;
  readonly sides: SideOptions;
  /** A delta of the substrate counts for prints that are at most so much older or newer. */
  readonly maxDeltaAgeMs: number;
  /** A row further ahead of its receipt than this is refused. */
  readonly maxFutureSkewMs: number;
  readonly maxFrameBytes: number;
}

export const DEFAULT_HYDRATION_OPTIONS: HydrationOptions = Object.freeze({
  partition: 0,
  ledger: DEFAULT_LEDGER_OPTIONS,
  prints: DEFAULT_PRINT_HISTORY_OPTIONS,
  sides: DEFAULT_SIDE_OPTIONS,
  maxDeltaAgeMs: 120_000,
  maxFutureSkewMs: 5_000,
  maxFrameBytes: 16_777_216,
});

/** Epochs of one connection whose accounts are kept: during a redeploy two of them interleave. */
const LEDGERS_PER_CONNECTION = 4;

/**
 * All that hydration remembers between entries. `fold` advances it in place; it does no I/O and reads no clock, so the
 * same entries from the same start make the same state.
 *
 * What was touched since the last `takeTotals` and `takeMoved` is what has to be stored next.
 */
export class HydrationState {
  readonly options: HydrationOptions;
  readonly contractCache: OptionContractCache;
  /** Of the frame in hand, for `fold`. */
  readonly numbers: RowNumbers = new RowNumbers();
  readonly prints: PrintHistory;
  readonly tradingDays: TradingDayClock = new TradingDayClock(EXCHANGE_CALENDAR);
  /** Of the print in hand, what it may be held against and what it adds: for `fold`, which would make them for each. */
  readonly reach: OpenSideReach = { ...UNLIMITED_REACH };
  readonly printFlow: OpenFlowSums = noFlow();
  /**
   * Whether sides and sums are told by the log alone. So it is while prints are folded again whose sums are not stored
   * yet: they are stored without anything of the substrate, and what that knows by now must not make other sums of them.
   */
  isLogAlone = false;
  readonly #ledgers = new Map<string, StreamLedger[]>();
  readonly #feeds = new Map<string, SideFeed>();
  /** When, by the feed, old quotes are next let go of. */
  #forgetQuotesAtNs = 0n;
  readonly #sideCells = new SideCells();
  /** Turned to the contract that was asked for last. */
  readonly #history = new SideHistory(this.#sideCells);
  readonly #contracts = new HintedMap<ContractState>();
  readonly #byUnderlying = new Map<string, ContractState[]>();
  /** Those whose contracts stand in the order of their tickers. */
  readonly #sorted = new Set<string>();
  readonly #windows = new Map<string, RollingWindows>();
  readonly #lastGaps = new Map<string, Gap>();
  #seenSinceTrim: Set<StreamLedger> | undefined;
  /** Each once: a contract says itself whether it is in there. */
  #touchedTotals: ContractState[] = [];
  #touchedValues: ContractState[] = [];

  constructor(options: HydrationOptions = DEFAULT_HYDRATION_OPTIONS) {
    this.options = options;
    this.contractCache = new OptionContractCache();
    this.prints = new PrintHistory(options.prints);
  }

  /**
   * The account of one connection epoch; a new epoch goes on from the connection's newest account. `undefined` for one
   * that is older than those kept: it was closed long ago, and nothing new can come of it.
   */
  ledgerOf(connection: ConnectionId, epoch: number): StreamLedger | undefined {
    const name = connectionName(connection);
    let ledgers = this.#ledgers.get(name);
    if (ledgers === undefined) {
      ledgers = [];
      this.#ledgers.set(name, ledgers);
    }
    const known = ledgers.find((ledger) => ledger.epoch === epoch);
    if (known !== undefined) return known;
    const oldest = ledgers[0]?.epoch;
    if (ledgers.length === LEDGERS_PER_CONNECTION && oldest !== undefined && epoch < oldest) return undefined;
    const before = ledgers.findLast((ledger) => ledger.epoch < epoch);
    const ledger = new StreamLedger(name, epoch, this.options.ledger, before?.state());
    ledgers.push(ledger);
    ledgers.sort((a, b) => a.epoch - b.epoch);
    if (ledgers.length > LEDGERS_PER_CONNECTION) ledgers.shift();
    return ledger;
  }

  /** Every account kept, by connection, then epoch. */
  ledgers(): readonly StreamLedger[] {
    return [...this.#ledgers.keys()].sort().flatMap((name) => this.#ledgers.get(name) ?? []);
  }

  /** What sides know of a connection. */
  feedOf(connection: string): SideFeed {
    let feed = this.#feeds.get(connection);
    if (feed === undefined) {
      feed = new SideFeed();
      this.#feeds.set(connection, feed);
    }
    return feed;
  }

  /** Something of a connection may have been missed: what sides know of it from before is void. */
  breakFeed(connection: string, scope: GapScope): void {
    let newestMs = Number.NEGATIVE_INFINITY;
    for (const { maxEventTsNs } of this.#ledgers.get(connection) ?? []) {
      if (maxEventTsNs !== undefined) newestMs = Math.max(newestMs, eventMs(maxEventTsNs));
    }
    this.feedOf(connection).broken(scope, newestMs);
  }

  /** The same of every connection. */
  breakFeeds(): void {
    for (const connection of this.#ledgers.keys()) this.breakFeed(connection, "all");
  }

  /** Lets go of quotes that no print can be held against any more, once a minute. @param newestTsNs of the feed. */
  forgetQuotes(newestTsNs: bigint): void {
    if (newestTsNs < this.#forgetQuotesAtNs) return;
    const memoryNs = BigInt(SIDE_MEMORY_MS) * 1_000_000n;
    this.#forgetQuotesAtNs = newestTsNs + memoryNs;
    const memoryMs = eventMs(newestTsNs - memoryNs);
    for (const contract of this.#contracts.values()) this.historyOf(contract).quotes.forgetBefore(memoryMs);
    this.#sideCells.compact();
  }

  /**
   * The last minute's quotes and prices of a contract, to tell the side of its prints. Good until the next one is asked
   * for: then the same object tells of that.
   */
  historyOf({ sidePlace }: ContractState): SideHistory {
    return this.#history.turnTo(sidePlace);
  }

  /**
   * Takes multiplier, quote and delta of a contract from the substrate. A quote that is ahead of all connections is passed over: where
   * the stream is delayed, it would be in the way for long before it is of use.
   */
  learn({ terms, quote, greeks }: SubstrateRecord): void {
    if (partitionOf(terms.underlying) !== this.options.partition) return;
    const contract = this.openContract(terms.contract);
    if (contract === undefined) return;
    contract.multiplier = terms.multiplier;
    if (quote !== undefined && !this.#isAhead(quote.quoteTsNs)) this.historyOf(contract).quotes.add(quote, "substrate");
    if (typeof greeks?.delta === "number") contract.learnDelta(greeks.delta, greeks.greeksTsNs);
  }

  #isAhead(tsNs: bigint): boolean {
    const skewNs = BigInt(this.options.maxFutureSkewMs) * 1_000_000n;
    let isKnown = false;
    for (const ledgers of this.#ledgers.values()) {
      for (const { maxEventTsNs } of ledgers) {
        if (maxEventTsNs === undefined) continue;
        if (tsNs <= maxEventTsNs + skewNs) return false;
        isKnown = true;
      }
    }
    return isKnown;
  }

  contractOf(ticker: string): ContractState | undefined {
    return this.#contracts.get(ticker, 0);
  }

  /**
   * The state of a contract, made at its first row; `undefined` for what is no option ticker.
   *
   * @param hint see `HintedMap`; default none.
   */
  openContract(ticker: string, hint: number = 0): ContractState | undefined {
    const known = this.#contracts.get(ticker, hint);
    if (known !== undefined) return known;
    const terms = this.contractCache.get(ticker);
    if (terms === undefined) return undefined;
    const contract = new ContractState(terms, this.#sideCells.open());
    this.#contracts.set(terms.ticker, contract);
    const siblings = this.#byUnderlying.get(terms.underlying);
    if (siblings === undefined) this.#byUnderlying.set(terms.underlying, [contract]);
    else siblings.push(contract);
    this.#sorted.delete(terms.underlying);
    return contract;
  }

  contracts(): Iterable<ContractState> {
    return this.#contracts.values();
  }

  /** The contracts of one underlying by ticker: sums over them come out the same whoever came first. */
  contractsOn(underlying: string): readonly ContractState[] {
    const contracts = this.#byUnderlying.get(underlying) ?? [];
    if (!this.#sorted.has(underlying)) {
      contracts.sort((a, b) => (a.terms.ticker < b.terms.ticker ? -1 : 1));
      this.#sorted.add(underlying);
    }
    return contracts;
  }

  /** The underlyings of all contracts that had a row, whether it was a print or a quote. */
  contractUnderlyings(): Iterable<string> {
    return this.#byUnderlying.keys();
  }

  windowsOf(underlying: string): RollingWindows {
    let windows = this.#windows.get(underlying);
    if (windows === undefined) {
      windows = new RollingWindows();
      this.#windows.set(underlying, windows);
    }
    return windows;
  }

  underlyings(): readonly string[] {
    return [...this.#windows.keys()].sort();
  }

  /** Retention removed entries: the hole that each connection shows next is theirs, and told already. */
  markTrimmed(): void {
    this.#seenSinceTrim = new Set();
  }

  /** Whether this is the first entry of a connection epoch since entries were removed. */
  isFirstSinceTrim(ledger: StreamLedger): boolean {
    if (this.#seenSinceTrim === undefined || this.#seenSinceTrim.has(ledger)) return false;
    this.#seenSinceTrim.add(ledger);
    return true;
  }

  /** Whether a gap says something that the last one of its connection and cause did not. */
  isNewGap(gap: Gap): boolean {
    const name = `${gap.connection}|${gap.cause}`;
    const last = this.#lastGaps.get(name);
    if (last !== undefined && coversGap(last, gap)) return false;
    this.#lastGaps.set(name, gap);
    return true;
  }

  touchTotals(contract: ContractState): void {
    if (contract.totalsTouched) return;
    contract.totalsTouched = true;
    this.#touchedTotals.push(contract);
  }

  touchValues(contract: ContractState): void {
    if (contract.valuesTouched) return;
    contract.valuesTouched = true;
    this.#touchedValues.push(contract);
  }

  /** The sums that changed since the last call. */
  takeTotals(): readonly ContractTotals[] {
    const totals: ContractTotals[] = [];
    for (const contract of this.#touchedTotals) {
      contract.totalsTouched = false;
      const sums = contract.totals();
      if (sums !== undefined) totals.push(sums);
    }
    this.#touchedTotals = [];
    return totals;
  }

  /** The contracts whose quote or last sale moved since the last call. */
  takeMoved(): readonly ContractState[] {
    const moved = this.#touchedValues;
    for (const contract of moved) contract.valuesTouched = false;
    this.#touchedValues = [];
    return moved;
  }

  /** Replaces accounts and sums by those of a checkpoint; windows, prints and latest rows stay as folded. */
  restore(checkpoint: { readonly ledgers: readonly LedgerState[]; readonly totals: readonly ContractTotals[] }): void {
    this.#ledgers.clear();
    for (const state of checkpoint.ledgers) {
      const ledgers = this.#ledgers.get(state.connection) ?? [];
      ledgers.push(new StreamLedger(state.connection, state.epoch, this.options.ledger, state));
      this.#ledgers.set(state.connection, ledgers);
    }
    for (const [connection, ledgers] of this.#ledgers) {
      ledgers.sort((a, b) => a.epoch - b.epoch);
      this.feedOf(connection).enter(ledgers.at(-1)?.epoch ?? 0);
    }
    for (const totals of checkpoint.totals) {
      this.openContract(totals.contract)?.restore(totals);
    }
    this.takeTotals();
    this.takeMoved();
  }
}

/** The streamed values of a contract as an update of its substrate record. */
export function substrateUpdate(contract: ContractState): SubstrateUpdate {
  const { latestQuote: quote, latestTrade: trade } = contract;
  return {
    contract: contract.terms.ticker,
    ...(quote === undefined
      ? {}
      : {
          quote: {
            quoteTsNs: quote.quoteTsNs,
            bid: quote.bid ?? null,
            ask: quote.ask ?? null,
            bidSize: quote.bidSize ?? null,
            askSize: quote.askSize ?? null,
          },
        }),
    ...(trade === undefined
      ? {}
      : {
          trade: {
            tradeTsNs: trade.tradeTsNs,
            sequence: trade.sequence ?? null,
            last: trade.price,
            size: trade.size,
            volume: contract.volume,
          },
        }),
  };
}
