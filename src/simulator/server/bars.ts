import type { AssetClass } from "../../domain/instrument/resource.ts";
import type { MarketEvent } from "../market/events.ts";
import { Bar, COUNTS, type Days, type Eligibility, optionEligibility } from "../rest/day-bar.ts";
import type { MarketBook } from "../rest/market-book.ts";
import { encodeBar } from "../wire/encode-bar.ts";
import type { Audience, ChannelAudience } from "./audience.ts";
import { ASSET_CLASSES } from "./protocol.ts";

const LENGTHS_MS = { A: 1_000, AM: 60_000 } as const;

/** A bar that goes out. */
export interface EndedBar {
  readonly assetClass: AssetClass;
  readonly audience: ChannelAudience;
  readonly ticker: string;
  readonly text: string;
}

/** A price that counts in bars. */
interface Price {
  readonly assetClass: AssetClass;
  readonly ticker: string;
  readonly cents: number;
  readonly size: number;
  readonly counts: Eligibility;
  readonly days: Days | undefined;
}

/**
 * The bars of what is published, by second (`A`) and minute (`AM`): of the windows that begin while anybody listens to the
 * channel of the class. A window ends with its time; none is sent without a price that makes one, and none again for a
 * print that comes later.
 */
export class Bars {
  readonly #book: MarketBook;
  readonly #channels: readonly BarChannel[];

  constructor(book: MarketBook, audience: Audience) {
    this.#book = book;
    this.#channels = ASSET_CLASSES.flatMap((assetClass) =>
      (["A", "AM"] as const).map((name) => new BarChannel(assetClass, name, audience.of(assetClass, name))),
    );
  }

  /** Whoever listens from here on gets the windows that begin later. @param nowMs as event times are stamped. */
  begin(nowMs: number): void {
    for (const channel of this.#channels) channel.begin(nowMs);
  }

  /** Takes in what is published, behind the book. @param tMs the event time that is written. */
  add(event: MarketEvent, tMs: number): void {
    if (!this.#channels.some(({ isHeard }) => isHeard)) return;
    const price = this.#priceOf(event);
    if (price === undefined) return;
    for (const channel of this.#channels) if (channel.assetClass === price.assetClass) channel.add(price, tMs);
  }

  /** The bars of windows that are over. */
  take(nowMs: number): readonly EndedBar[] {
    return this.#channels.flatMap((channel) => channel.take(nowMs));
  }

  #priceOf(event: MarketEvent): Price | undefined {
    switch (event.kind) {
      case "optionTrade": {
        const { contract, priceCents: cents, size } = event;
        const counts = optionEligibility(event.conditions);
        const { days } = this.#book.option(contract);
        return { assetClass: "options", ticker: contract.ticker, cents, size, counts, days };
      }
      case "stockTrade": {
        const { symbol: ticker, priceCents: cents, size } = event;
        return { assetClass: "stocks", ticker, cents, size, counts: COUNTS, days: this.#book.stock(ticker)?.days };
      }
      case "indexValue": {
        const { ticker, valueCents: cents } = event;
        return { assetClass: "indices", ticker, cents, size: 0, counts: COUNTS, days: this.#book.index(ticker)?.days };
      }
      default:
        return undefined;
    }
  }
}

/** A window that has begun. */
interface Window {
  readonly ticker: string;
  readonly bar: Bar;
  readonly startMs: number;
  readonly days: Days | undefined;
}

/** The bars of one channel of one class. */
class BarChannel {
  readonly assetClass: AssetClass;
  readonly #name: "A" | "AM";
  readonly #lengthMs: number;
  readonly #audience: ChannelAudience;
  readonly #open = new Map<string, Window>();
  /** Overtaken by the next window of their ticker. */
  #over: Window[] = [];
  /** Where the first whole window begins; `undefined` while nobody listens. */
  #fromMs: number | undefined;
  #nowMs = Number.NEGATIVE_INFINITY;
  /** Windows that ended by then went out. */
  #takenMs = Number.NEGATIVE_INFINITY;
  /** When the first of the open windows ends. */
  #endMs = Number.POSITIVE_INFINITY;

  constructor(assetClass: AssetClass, name: "A" | "AM", audience: ChannelAudience) {
    this.assetClass = assetClass;
    this.#name = name;
    this.#lengthMs = LENGTHS_MS[name];
    this.#audience = audience;
  }

  get isHeard(): boolean {
    return this.#fromMs !== undefined;
  }

  begin(nowMs: number): void {
    // Where the stamps are set back all begins anew.
    if (this.#audience.isEmpty || nowMs < this.#nowMs) {
      this.#fromMs = undefined;
      this.#open.clear();
      this.#takenMs = Number.NEGATIVE_INFINITY;
    }
    this.#nowMs = nowMs;
    if (!this.#audience.isEmpty) this.#fromMs ??= Math.ceil(nowMs / this.#lengthMs) * this.#lengthMs;
  }

  add({ ticker, cents, size, counts, days }: Price, tMs: number): void {
    const startMs = Math.floor(tMs / this.#lengthMs) * this.#lengthMs;
    if (this.#fromMs === undefined || startMs < this.#fromMs || startMs + this.#lengthMs <= this.#takenMs) return;
    let open = this.#open.get(ticker);
    if (open !== undefined && startMs < open.startMs) return;
    if (open === undefined || startMs > open.startMs) {
      if (open !== undefined) this.#over.push(open);
      open = { ticker, bar: new Bar(startMs), startMs, days };
      this.#open.set(ticker, open);
      this.#endMs = Math.min(this.#endMs, startMs + this.#lengthMs);
    }
    open.bar.add(cents, size, tMs, counts);
  }

  take(nowMs: number): readonly EndedBar[] {
    this.#takenMs = nowMs;
    if (nowMs < this.#endMs) return [];
    const over = this.#over;
    this.#over = [];
    this.#endMs = Number.POSITIVE_INFINITY;
    for (const open of this.#open.values()) {
      const endMs = open.startMs + this.#lengthMs;
      if (endMs > nowMs) this.#endMs = Math.min(this.#endMs, endMs);
      else {
        this.#open.delete(open.ticker);
        over.push(open);
      }
    }
    return over.flatMap((window) => {
      const { ticker } = window;
      const text = this.#audience.hears(ticker) ? this.#write(window) : undefined;
      return text === undefined ? [] : [{ assetClass: this.assetClass, audience: this.#audience, ticker, text }];
    });
  }

  /** @returns `undefined` where nothing in it makes a price. */
  #write({ ticker, bar, startMs, days }: Window): string | undefined {
    const { openCents, closeCents, highCents, lowCents, volume, notionalCents, prints } = bar;
    const today = days?.today;
    if (openCents === undefined || closeCents === undefined || today === undefined) return undefined;
    const endMs = startMs + this.#lengthMs;
    const dayOpenCents = today.openCents ?? openCents;
    const prices = { channel: this.#name, ticker, dayOpenCents, openCents, closeCents, highCents, lowCents };
    const vwapCents = notionalCents / volume;
    const dayVwapCents = today.notionalCents / today.volume;
    const traded = { volume, dayVolume: today.volume, vwapCents, dayVwapCents, prints };
    return encodeBar({ ...prices, startMs, endMs }, this.assetClass === "indices" ? undefined : traded);
  }
}
