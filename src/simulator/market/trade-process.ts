import type { Random } from "../../domain/random.ts";
import type { Agenda } from "./agenda.ts";
import { AliasTable } from "./alias-table.ts";
import { CANCELED, INTERMARKET_SWEEP, LAST_AND_CANCELED, LATE, LATE_OUT_OF_SEQUENCE } from "./conditions.ts";
import type { ContractUniverse, MarketContract } from "./contract-universe.ts";
import type { AggressorSide, OptionQuoteEvent, PrintKind } from "./events.ts";
import type { HappeningShares } from "./happenings.ts";
import { drawPackage, possiblePackages } from "./packages.ts";
import { priceOrder } from "./price-location.ts";
import {
  drawCancelDelayMs,
  drawConditions,
  drawDeliveryDelayMs,
  drawFillCount,
  drawMultiLegConditions,
  drawReportDelayMs,
  drawSize,
  meanFillCount,
} from "./print-terms.ts";
import type { QuoteProcess } from "./quote-process.ts";
import { type Alternatives, drawShare, type Share } from "./share.ts";
import { type PrintDraft, Tape, type TapeContext } from "./tape.ts";

/** What the trade processes of one market share. */
export interface TradeContext extends TapeContext {
  readonly happenings: HappeningShares;
  /** Counts prints and orders of the market, to number them. */
  readonly numbers: { prints: number; orders: number };
}

/** A contract and a side in one integer: twice the index, plus one for a buyer. */
type OrderMark = number;

/** Chance that an order set off by another is for the same contract; that it is on the same side. */
const SAME_CONTRACT = 0.5;
const SAME_SIDE = 0.75;

/** Chance that an order in several fills sweeps the venues, where there are several. */
const SWEEP = 0.6;

/** How far from its theoretical value, in half spreads, a leg of a package trades. */
const LEG_EDGE = 0.3;

interface Happening extends Share {
  readonly send: (order: Order) => void;
}

/** An order on its way to print. */
interface Order {
  readonly contract: MarketContract;
  /** The market that it meets. */
  readonly quote: OptionQuoteEvent;
  readonly side: AggressorSide;
  readonly orderId: number;
  readonly printAtMs: number;
}

/**
 * The orders of one underlying's options and the prints they end in. Each order meets a fresh quote, published just
 * before, and prints 1 to 15 ms later.
 */
export class TradeProcess {
  readonly #universe: ContractUniverse;
  readonly #quotes: QuoteProcess;
  readonly #context: TradeContext;
  readonly #agenda: Agenda;
  readonly #tape: Tape;
  readonly #random: Random;
  readonly #contractTable: AliasTable;
  readonly #happenings: Alternatives<Happening>;

  constructor(universe: ContractUniverse, quotes: QuoteProcess, context: TradeContext, random: Random) {
    this.#universe = universe;
    this.#quotes = quotes;
    this.#context = context;
    this.#agenda = context.agenda;
    this.#tape = new Tape(quotes, context);
    this.#random = random;
    this.#contractTable = new AliasTable(universe.tradeShares);
    const { package: packages, fills, equal, lateReport, slow, cancel } = context.happenings;
    this.#happenings = [
      { share: packages, send: (order) => this.#sendPackage(order) },
      { share: fills, send: (order) => this.#sendFills(order) },
      { share: equal, send: (order) => this.#sendEqual(order) },
      { share: lateReport, send: (order) => this.#sendLateReport(order) },
      { share: slow, send: (order) => this.#sendSlow(order) },
      { share: cancel, send: (order) => this.#sendCancelled(order) },
      {
        share: 1 - packages - fills - equal - lateReport - slow - cancel,
        send: (order) => this.#tape.printAt(order.printAtMs, this.#draft(order, "regular")),
      },
    ];
  }

  /** The contract and side of an order that nothing set off. */
  drawMark(): OrderMark {
    return this.#contractTable.draw(this.#random) * 2 + (this.#random.next() < 0.5 ? 1 : 0);
  }

  /** Half of the orders that one sets off are for its contract: that leaves every contract's share as it was. */
  drawOffspringMark(parent: OrderMark): OrderMark {
    const random = this.#random;
    const isBuy = parent % 2 === 1;
    const sameSide = random.next() < SAME_SIDE;
    const contract = random.next() < SAME_CONTRACT ? (parent - (parent % 2)) / 2 : this.#contractTable.draw(random);
    return 2 * contract + (isBuy === sameSide ? 1 : 0);
  }

  /** An order comes in: its quote now, its prints a moment later. Settled contracts take none. */
  arrive(mark: OrderMark, atMs: number): void {
    const contract = this.#universe.contracts[Math.floor(mark / 2)];
    if (contract === undefined || contract.expiresAtMs <= atMs) return;
    const quote = this.#quotes.requote(contract, atMs, atMs);
    this.#context.emit(quote);
    drawShare(this.#happenings, this.#random).send({
      contract,
      quote,
      side: mark % 2 === 1 ? "buy" : "sell",
      orderId: this.#context.numbers.orders++,
      printAtMs: atMs + 1 + 14 * this.#random.next(),
    });
  }

  /** Mean prints per second of every contract, by index, if `ordersPerSecond` arrive. */
  printRates(ordersPerSecond: number): Float64Array {
    const { tradeShares, contracts } = this.#universe;
    const { package: packages, fills, equal, cancel } = this.#context.happenings;
    const perOrder = 1 - packages + fills * (meanFillCount() - 1) + equal + cancel;
    const rates = new Float64Array(contracts.length);
    const add = (index: number, rate: number): void => {
      rates[index] = (rates[index] ?? 0) + rate;
    };
    for (const contract of contracts) {
      const orders = ordersPerSecond * (tradeShares[contract.index] ?? 0);
      add(contract.index, orders * perOrder);
      for (const { legs, share } of possiblePackages(this.#universe, contract)) {
        for (const leg of legs) add(leg.contract.index, orders * packages * share);
      }
    }
    return rates;
  }

  #sendPackage({ contract: anchor, side, orderId, printAtMs }: Order): void {
    const random = this.#random;
    const { optionVenues, halfSpreadCents, halfSpreadFraction } = this.#universe.spec;
    const legs = drawPackage(this.#universe, anchor, random);
    const packages = drawSize(random);
    const { exchange } = drawShare(optionVenues, random);
    const conditions = drawMultiLegConditions(random);
    const drafts = legs.map(({ contract, ratio }): PrintDraft => {
      const isBuy = ratio > 0 === (side === "buy");
      const { theo } = this.#quotes.value(contract, this.#agenda.nowMs);
      const edge = LEG_EDGE * (halfSpreadCents + halfSpreadFraction * theo * 100);
      return {
        contract,
        // Legs of packages may trade in cents, whatever the increment of the series.
        priceCents: Math.max(1, Math.round(theo * 100 + (isBuy ? edge : -edge))),
        size: Math.abs(ratio) * packages,
        exchange,
        conditions,
        truth: {
          orderId,
          kind: "leg",
          aggressor: isBuy ? "buy" : "sell",
          location: undefined,
          theo,
          equalTo: undefined,
          cancelOf: undefined,
        },
      };
    });
    this.#tape.printTogether(printAtMs, drafts);
  }

  #sendFills(order: Order): void {
    const random = this.#random;
    const { optionVenues } = this.#universe.spec;
    const first = this.#draft(order, "fills");
    const isSweep = optionVenues.length > 1 && random.next() < SWEEP;
    const sameSize = random.next() < 0.5;
    const drafts = Array.from({ length: drawFillCount(random) }, () => ({
      ...first,
      size: sameSize ? first.size : drawSize(random),
      exchange: isSweep ? drawShare(optionVenues, random).exchange : first.exchange,
      conditions: isSweep ? INTERMARKET_SWEEP : first.conditions,
    }));
    this.#tape.printTogether(order.printAtMs, drafts);
  }

  #sendEqual(order: Order): void {
    const draft = this.#draft(order, "equal");
    this.#agenda.schedule(order.printAtMs, (atMs) => {
      const { sequence, truth } = this.#tape.print(draft, atMs, atMs);
      this.#tape.print({ ...draft, truth: { ...draft.truth, equalTo: truth.printId } }, atMs, atMs, sequence);
    });
  }

  #sendLateReport(order: Order): void {
    const conditions = this.#random.next() < 0.8 ? LATE : LATE_OUT_OF_SEQUENCE;
    const draft = { ...this.#draft(order, "lateReport"), conditions };
    const reportAtMs = order.printAtMs + drawReportDelayMs(this.#random);
    this.#agenda.schedule(reportAtMs, (atMs) => this.#tape.print(draft, order.printAtMs, atMs));
  }

  #sendSlow(order: Order): void {
    const draft = this.#draft(order, "slow");
    this.#agenda.schedule(order.printAtMs, () => {
      // Numbered when it happens, so that its sequence number comes late as well.
      const sequence = this.#quotes.nextSequence(order.contract);
      const deliveryAtMs = order.printAtMs + drawDeliveryDelayMs(this.#random);
      this.#agenda.schedule(deliveryAtMs, (atMs) => this.#tape.print(draft, order.printAtMs, atMs, sequence));
    });
  }

  #sendCancelled(order: Order): void {
    const draft = this.#draft(order, "regular");
    this.#agenda.schedule(order.printAtMs, (atMs) => {
      const original = this.#tape.print(draft, atMs, atMs);
      this.#tape.printAt(atMs + drawCancelDelayMs(this.#random), {
        ...draft,
        conditions: this.#random.next() < 0.8 ? CANCELED : LAST_AND_CANCELED,
        truth: { ...draft.truth, kind: "cancel", cancelOf: original.truth.printId },
      });
    });
  }

  #draft({ contract, quote, side, orderId }: Order, kind: PrintKind): PrintDraft {
    const random = this.#random;
    const { ticks, optionVenues } = this.#universe.spec;
    const { priceCents, location } = priceOrder(ticks, quote, side, random);
    return {
      contract,
      priceCents,
      size: drawSize(random),
      exchange: drawShare(optionVenues, random).exchange,
      conditions: drawConditions(optionVenues.length, random),
      truth: {
        orderId,
        kind,
        aggressor: side,
        location,
        theo: quote.truth.theo,
        equalTo: undefined,
        cancelOf: undefined,
      },
    };
  }
}
