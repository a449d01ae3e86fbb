import type { MarketEvent } from "../market/events.ts";
import type { Market } from "../market/market.ts";
import { encodeEvent } from "../wire/encode.ts";

/** An event that is about to be published. */
export interface DueEvent {
  readonly event: MarketEvent;
  readonly publishedAtMs: number;
  /** Event time, before anything is added to it. */
  readonly tMs: number;
  /** The event as the provider writes it. @param stampMs added to its times. */
  write(stampMs: number): string;
}

/** Where the events come from, in order of publication. */
export interface EventSource {
  /** The instant up to which events were handed out. */
  readonly nowMs: number;
  /** What was published in (now, toMs]. */
  advance(toMs: number): DueEvent[];
}

/** Events as a market makes them, one by one. */
export function marketSource(market: Market): EventSource {
  return {
    get nowMs() {
      return market.nowMs;
    },
    advance: (toMs) => market.advance(toMs).map((event) => new FreshEvent(event)),
  };
}

class FreshEvent implements DueEvent {
  readonly event: MarketEvent;

  constructor(event: MarketEvent) {
    this.event = event;
  }

  get publishedAtMs(): number {
    return this.event.publishedAtMs;
  }

  get tMs(): number {
    return this.event.tMs;
  }

  write(stampMs: number): string {
    return encodeEvent(stampMs === 0 ? this.event : { ...this.event, tMs: this.event.tMs + stampMs });
  }
}
