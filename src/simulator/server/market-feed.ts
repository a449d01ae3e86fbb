import type { AssetClass } from "../../domain/instrument/resource.ts";
import type { Random } from "../../domain/random.ts";
import type { MarketEvent } from "../market/events.ts";
import { withLargeChain } from "../market/large-chain.ts";
import { createMarket, type Market } from "../market/market.ts";
import { DEFAULT_UNDERLYINGS, type UnderlyingSpec } from "../market/underlyings.ts";
import { MarketBook } from "../rest/market-book.ts";
import { isPublishing } from "../rest/market-hours.ts";
import { respell } from "../wire/respell.ts";
import type { Audience, ChannelAudience } from "./audience.ts";
import { Bars } from "./bars.ts";
import { type DueEvent, type EventSource, marketSource } from "./due-event.ts";
import { loopedSource } from "./looped-source.ts";
import { ASSET_CLASSES } from "./protocol.ts";
import type { ServerLog } from "./server-log.ts";
import type { SimulatorSettings } from "./simulator-options.ts";

/** Market time generated at a time, at most. Where a machine cannot keep up the market falls behind and not the stamps. */
const LONGEST_STEP_MS = 500;

/** Market time whose events are in memory at once: few enough to die young. */
const SLICE_MS = 5;

/** Without their texts, events that nobody hears are logged this often. */
const UNHEARD_EVERY_MS = 1_000;

/** Events that nobody heard and that are not in the log yet. */
interface Unheard {
  events: number;
  readonly texts: string[];
  readonly loggedAtMs: number;
}

/** Where the events of a kind go. */
interface Address {
  readonly assetClass: AssetClass;
  readonly audience: ChannelAudience;
}

/** Serves a market to those who listen: each event is written once, whoever gets it, and not at all where nobody does. */
export class MarketFeed {
  readonly market: Market;
  /** What was published so far. */
  readonly book: MarketBook;
  readonly #bars: Bars;
  readonly #source: EventSource;
  readonly #settings: SimulatorSettings;
  readonly #log: ServerLog;
  readonly #random: Random;
  readonly #addresses: Readonly<Record<MarketEvent["kind"], Address>>;
  readonly #unheard: Record<AssetClass, Unheard> = {
    options: { events: 0, texts: [], loggedAtMs: 0 },
    stocks: { events: 0, texts: [], loggedAtMs: 0 },
    indices: { events: 0, texts: [], loggedAtMs: 0 },
  };
  /** What the stamps are ahead of the market's own time. */
  #shiftMs = 0;

  /** @param startMs the market's first instant. */
  constructor(startMs: number, settings: SimulatorSettings, audience: Audience, log: ServerLog, random: Random) {
    const { eventsPerSecond, quotesPerTrade, market, loopMs, chainSize } = settings;
    this.#settings = settings;
    this.#log = log;
    this.#random = random.fork("spelling");
    this.market = createMarket(
      {
        optionEventsPerSecond: eventsPerSecond,
        quotesPerTrade,
        stockEventsPerSecond: eventsPerSecond / 10,
        indexIntervalMs: 1_000,
        ...market,
        startMs,
        ...(chainSize === 0
          ? {}
          : { underlyings: largest(market.underlyings ?? DEFAULT_UNDERLYINGS, chainSize, startMs) }),
      },
      random.fork("market"),
    );
    this.book = new MarketBook(this.market);
    this.#bars = new Bars(this.book, audience);
    this.#source = loopMs > 0 ? loopedSource(this.market, loopMs) : marketSource(this.market);
    const address = (assetClass: AssetClass, channel: string): Address => ({
      assetClass,
      audience: audience.of(assetClass, channel),
    });
    this.#addresses = {
      optionTrade: address("options", "T"),
      optionQuote: address("options", "Q"),
      stockTrade: address("stocks", "T"),
      stockQuote: address("stocks", "Q"),
      indexValue: address("indices", "V"),
    };
  }

  /** The instant up to which events were published, as their stamps tell it but for a skew. */
  get nowMs(): number {
    return this.#source.nowMs + this.#shiftMs;
  }

  /** Publishes what happened up to an instant. @param skewMs added to the event times. */
  advanceTo(nowMs: number, skewMs: number): void {
    const behindMs = nowMs - this.#shiftMs - this.#source.nowMs;
    // A wall clock that was set back is followed as well.
    if (behindMs > LONGEST_STEP_MS || behindMs < -LONGEST_STEP_MS) {
      this.#shiftMs += behindMs - Math.sign(behindMs) * LONGEST_STEP_MS;
    }
    const toMs = nowMs - this.#shiftMs;
    const stampMs = this.#shiftMs + skewMs;
    this.#bars.begin(this.#source.nowMs + stampMs);
    while (this.#source.nowMs < toMs) {
      const events = this.#source.advance(Math.min(toMs, this.#source.nowMs + SLICE_MS));
      this.#distribute(events, stampMs);
      this.#distributeBars(stampMs);
    }
  }

  #distribute(events: readonly DueEvent[], stampMs: number): void {
    const log = this.#log;
    const atMs = this.#settings.clock.now();
    const keepsAll = log.payloads === "all";
    const published = { options: 0, stocks: 0, indices: 0 };
    const unheard = { options: 0, stocks: 0, indices: 0 };
    for (const due of events) {
      const { event } = due;
      const { assetClass, audience } = this.#addresses[event.kind];
      if (!this.#isPublished(due, assetClass)) continue;
      this.book.record(event, due.tMs, due.tMs + stampMs);
      this.#bars.add(event, due.tMs + stampMs);
      const ticker = tickerOf(event);
      published[assetClass] += 1;
      if (audience.hears(ticker)) {
        const { publishedAtMs } = due;
        audience.deliver(ticker, { text: this.#write(due, stampMs), isEvent: true, publishedAtMs });
      } else {
        unheard[assetClass] += 1;
        if (keepsAll) this.#unheard[assetClass].texts.push(this.#write(due, stampMs));
      }
    }
    for (const assetClass of ASSET_CLASSES) {
      log.published(assetClass, published[assetClass], unheard[assetClass]);
      this.#unheard[assetClass].events += unheard[assetClass];
      if (keepsAll || atMs - this.#unheard[assetClass].loggedAtMs >= UNHEARD_EVERY_MS)
        this.#logUnheard(assetClass, atMs);
    }
  }

  #distributeBars(stampMs: number): void {
    const { nowMs } = this.#source;
    for (const { assetClass, audience, ticker, text } of this.#bars.take(nowMs + stampMs)) {
      this.#log.published(assetClass, 1, 0);
      audience.deliver(ticker, { text: this.#spell(text), isEvent: true, publishedAtMs: nowMs });
    }
  }

  /** Nothing comes outside the hours, and nothing of a contract that has settled, whatever was under way. */
  #isPublished({ event, publishedAtMs }: DueEvent, assetClass: AssetClass): boolean {
    const atMs = publishedAtMs + this.#shiftMs;
    if ("contract" in event && event.contract.expiresAtMs <= atMs) return false;
    return isPublishing(this.#settings.hours, assetClass, atMs);
  }

  #logUnheard(assetClass: AssetClass, atMs: number): void {
    const { events, texts } = this.#unheard[assetClass];
    const kept = texts.length === 0 ? {} : { payload: `[${texts.join()}]` };
    this.#unheard[assetClass] = { events: 0, texts: [], loggedAtMs: atMs };
    if (events === 0) return;
    this.#log.add({ kind: "unsent", atMs, assetClass, connection: null, reason: "unheard", events, ...kept });
  }

  #write(due: DueEvent, stampMs: number): string {
    return this.#spell(due.write(stampMs));
  }

  #spell(text: string): string {
    const { respelled } = this.#settings.unkindness;
    return respelled > 0 && this.#random.next() < respelled ? respell(text, this.#random) : text;
  }
}

/** With a chain of that size on the first underlying. */
function largest(
  underlyings: readonly UnderlyingSpec[],
  chainSize: number,
  startMs: number,
): readonly UnderlyingSpec[] {
  return underlyings.map((spec, index) => (index === 0 ? withLargeChain(spec, chainSize, startMs) : spec));
}

function tickerOf(event: MarketEvent): string {
  switch (event.kind) {
    case "optionTrade":
    case "optionQuote":
      return event.contract.ticker;
    case "stockTrade":
    case "stockQuote":
      return event.symbol;
    case "indexValue":
      return event.ticker;
  }
}
