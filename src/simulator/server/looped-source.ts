import type { MarketEvent } from "../market/events.ts";
import type { Market } from "../market/market.ts";
import { encodeEvent } from "../wire/encode.ts";
import type { DueEvent, EventSource } from "./due-event.ts";

/** Market time generated at a time while the loop is made. */
const SLICE_MS = 10;

/** What a sequence number grows by from one round to the next: more than it can within one. */
const SEQUENCE_PER_ROUND = 1_000_000;

/** An event of the loop and its text, cut at the numbers that change from round to round. */
interface RecordedEvent {
  readonly event: MarketEvent;
  /** Up to the event time. `undefined` where the text is made anew. */
  readonly head: string | undefined;
}

/**
 * A stretch of a market, made and written once, and repeated without end with new times and sequence numbers: for rates at
 * which the model would be the slowest part. Prices jump back where it begins anew.
 *
 * @param loopMs length of the stretch. All of it is kept in memory, about 400 bytes an event.
 */
export function loopedSource(market: Market, loopMs: number): EventSource {
  return new LoopedSource(market, loopMs);
}

class LoopedSource implements EventSource {
  readonly #loopMs: number;
  readonly #recorded: RecordedEvent[] = [];
  #next = 0;
  #round = 0;
  #nowMs: number;

  constructor(market: Market, loopMs: number) {
    this.#loopMs = loopMs;
    this.#nowMs = market.nowMs;
    const endMs = market.nowMs + loopMs;
    while (market.nowMs < endMs) {
      for (const event of market.advance(Math.min(endMs, market.nowMs + SLICE_MS))) {
        this.#recorded.push({ event, head: headOf(event) });
      }
    }
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  advance(toMs: number): DueEvent[] {
    const due: DueEvent[] = [];
    if (this.#recorded.length > 0) {
      for (;;) {
        const recorded = this.#recorded[this.#next];
        if (recorded === undefined) {
          this.#next = 0;
          this.#round += 1;
          continue;
        }
        const aheadMs = this.#round * this.#loopMs;
        if (recorded.event.publishedAtMs + aheadMs > toMs) break;
        due.push(new RepeatedEvent(recorded, aheadMs, this.#round));
        this.#next += 1;
      }
    }
    this.#nowMs = toMs;
    return due;
  }
}

class RepeatedEvent implements DueEvent {
  readonly #recorded: RecordedEvent;
  readonly #aheadMs: number;
  readonly #round: number;

  constructor(recorded: RecordedEvent, aheadMs: number, round: number) {
    this.#recorded = recorded;
    this.#aheadMs = aheadMs;
    this.#round = round;
  }

  get event(): MarketEvent {
    return this.#recorded.event;
  }

  get publishedAtMs(): number {
    return this.#recorded.event.publishedAtMs + this.#aheadMs;
  }

  get tMs(): number {
    return this.#recorded.event.tMs + this.#aheadMs;
  }

  write(stampMs: number): string {
    const { event, head } = this.#recorded;
    const tMs = this.tMs + stampMs;
    if (event.kind === "indexValue") return encodeEvent({ ...event, tMs });
    const sequence = event.sequence + this.#round * SEQUENCE_PER_ROUND;
    if (head !== undefined) return `${head}${tMs},"q":${sequence}}`;
    if (event.kind !== "stockTrade") return encodeEvent({ ...event, tMs, sequence });
    // A trade id is unique.
    const tradeId = this.#round === 0 ? event.tradeId : `${event.tradeId}-${this.#round}`;
    return encodeEvent({ ...event, tMs, sequence, tradeId });
  }
}

/** Events of options end with time and sequence number. */
function headOf(event: MarketEvent): string | undefined {
  if (event.kind !== "optionTrade" && event.kind !== "optionQuote") return undefined;
  const text = encodeEvent(event);
  return text.slice(0, text.lastIndexOf('"t":') + 4);
}
