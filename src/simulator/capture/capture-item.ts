import type { OptionQuoteEvent, OptionTradeEvent } from "../market/events.ts";
import { encodeEvent } from "../wire/encode.ts";

/** Ways in which a single event of the capture is broken. */
export type BrokenEvent = "stringPrice" | "negativeSize" | "impossibleDate" | "farFuture";

/** Ways in which a whole frame of the capture is broken. */
export type BrokenFrame = "truncated" | "notJson";

/** Event types in the capture that carry neither a trade, a quote nor a status. */
export type OtherEvent = "AM" | "FMV";

/** What the account of the capture has to know of a print, whichever way it came into being. */
export interface CapturedPrint {
  readonly printId: number;
  readonly orderId: number;
  /** Prints of equal key can be taken for one another by a reader of cancels. */
  readonly cancelKey: string;
  readonly underlying: string;
  readonly expiration: string;
  readonly tMs: number;
  readonly priceCents: number;
  readonly size: number;
  readonly kind: OptionTradeEvent["truth"]["kind"];
  readonly equalTo: number | undefined;
  readonly cancelOf: number | undefined;
}

/** One event of the capture: the text in the frame and what the generator knows about it. */
export type CaptureItem = { readonly publishedAtMs: number; readonly text: string } & (
  | { readonly kind: "trade"; readonly print: CapturedPrint; readonly isRepeat: boolean }
  | { readonly kind: "quote"; readonly ticker: string; readonly tMs: number }
  | { readonly kind: "status" }
  | { readonly kind: "other"; readonly ev: OtherEvent }
  | { readonly kind: "broken"; readonly fault: BrokenEvent }
);

/** A print among the items. */
export type TradeItem = Extract<CaptureItem, { readonly kind: "trade" }>;

/** One frame of the capture. A broken frame delivers none of its items. */
export interface CaptureFrame {
  readonly receivedAtMs: number;
  readonly items: readonly CaptureItem[];
  readonly payload: string;
  readonly fault: BrokenFrame | undefined;
}

/** A market event as an item. */
export function captureItem(event: OptionTradeEvent | OptionQuoteEvent): CaptureItem {
  const { publishedAtMs, tMs, contract } = event;
  const text = encodeEvent(event);
  if (event.kind === "optionQuote") return { kind: "quote", publishedAtMs, text, ticker: contract.ticker, tMs };
  const { priceCents, size, exchange, truth } = event;
  const { printId, orderId, kind, equalTo, cancelOf } = truth;
  return {
    kind: "trade",
    publishedAtMs,
    text,
    isRepeat: false,
    print: {
      printId,
      orderId,
      cancelKey: `${contract.ticker} ${priceCents} ${size} ${exchange}`,
      underlying: contract.underlying,
      expiration: contract.expiration,
      tMs,
      priceCents,
      size,
      kind,
      equalTo,
      cancelOf,
    },
  };
}

/** The text of a frame with these items. */
export function framePayload(items: readonly CaptureItem[]): string {
  return `[${items.map(({ text }) => text).join()}]`;
}
