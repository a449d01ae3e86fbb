import type { z } from "zod";
import { writeQuote } from "../market/quote-numbers.ts";
import type { Row } from "../market/rows.ts";
import { cutText, describeValue } from "./describe-value.ts";
import { equityTradeRow, indexValueRow, nbboRow, optionTradeRow } from "./event-rows.ts";
import {
  equityQuoteEvent,
  equityTradeEvent,
  indexValueEvent,
  isOptionSymbol,
  OPTION_TICKER_EXPECTED,
  optionQuoteEvent,
  optionTradeEvent,
  type QuoteEvent,
  statusEvent,
} from "./events.ts";
import type { FrameContext, ParseResult } from "./frame.ts";
import { FrameEvents } from "./frame-events.ts";
import { type EventFault, ParseError, type RejectedEvent, rejectedEvent } from "./parse-error.ts";

const MAX_TYPE_LENGTH = 32;
// What is said about an event takes many times its bytes: a frame of nothing but zeros would fill the memory.
const MAX_REJECTED = 10_000;

/**
 * Reads a frame in the plainest way: `JSON.parse`, then the schema of each event. Slow, complete, and right by
 * definition: whatever else reads frames must answer the same.
 *
 * With `onInvalid: "quarantine"`, a frame with more than 10,000 invalid events is refused as a whole.
 */
export function parseReference(text: string, context: FrameContext): ParseResult {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch (cause) {
    return { ok: false, error: ParseError.ofPayload("notJson", describeValue(text), "JSON", { cause }) };
  }
  if (typeof frame !== "object" || frame === null) {
    const expected = "an event or an array of events";
    return { ok: false, error: ParseError.ofPayload("notAFrame", describeValue(frame), expected) };
  }
  const parser = new EventParser(context);
  const rejected: RejectedEvent[] = [];
  const events: readonly unknown[] = Array.isArray(frame) ? frame : [frame];
  for (const [index, event] of events.entries()) {
    const fault = parser.read(event);
    if (fault === undefined) continue;
    if (context.onInvalid === "fail") return { ok: false, error: ParseError.ofEvent(index, fault) };
    if (rejected.length === MAX_REJECTED) {
      const expected = `a frame with at most ${MAX_REJECTED} invalid events`;
      const value = `a frame of ${events.length} events with more of them`;
      return { ok: false, error: ParseError.ofPayload("notAFrame", value, expected) };
    }
    rejected.push(rejectedEvent(index, fault));
  }
  return parser.events.parsed(context, parser.ignored, rejected);
}

/** Reads event after event; each either becomes part of what it holds, or is answered with its fault. */
class EventParser {
  readonly events = new FrameEvents();
  readonly ignored = new Map<string, number>();
  readonly #context: FrameContext;

  constructor(context: FrameContext) {
    this.#context = context;
    context.numbers?.clear();
  }

  read(event: unknown): EventFault | undefined {
    if (typeof event !== "object" || event === null || Array.isArray(event)) return faultAt(event, [], "an object");
    const { ev, sym }: { readonly ev?: unknown; readonly sym?: unknown } = event;
    switch (ev) {
      case "T":
        return isOptionSymbol(sym) ? this.#optionTrade(event) : this.#equityTrade(event);
      case "Q":
        return isOptionSymbol(sym) ? this.#optionQuote(event) : this.#equityQuote(event);
      case "V":
        return this.#indexValue(event);
      case "status":
        return this.#status(event);
      default:
        return typeof ev === "string" ? this.#ignore(ev) : faultAt(event, ["ev"], "a string");
    }
  }

  #optionTrade(event: object): EventFault | undefined {
    const parsed = optionTradeEvent.safeParse(event);
    if (!parsed.success) return schemaFault(event, parsed.error);
    const { sym, t, p, s, c, x, q } = parsed.data;
    const contract = this.#context.contracts.get(sym);
    if (contract === undefined) return faultAt(event, ["sym"], OPTION_TICKER_EXPECTED);
    const { receivedAtMs } = this.#context;
    const row = optionTradeRow(contract, t, p, s, c ?? undefined, x ?? undefined, q ?? undefined, receivedAtMs);
    return this.#add(row, t, event);
  }

  #equityTrade(event: object): EventFault | undefined {
    const parsed = equityTradeEvent.safeParse(event);
    if (!parsed.success) return schemaFault(event, parsed.error);
    const { sym, t, p, s, ds, c, x, q, i, z, trfi, trft } = parsed.data;
    const row = equityTradeRow(
      sym,
      t,
      p,
      s,
      ds ?? undefined,
      c ?? undefined,
      x ?? undefined,
      q ?? undefined,
      i ?? undefined,
      z ?? undefined,
      trfi ?? undefined,
      trft ?? undefined,
      this.#context.receivedAtMs,
    );
    return this.#add(row, t, event);
  }

  #optionQuote(event: object): EventFault | undefined {
    const parsed = optionQuoteEvent.safeParse(event);
    if (!parsed.success) return schemaFault(event, parsed.error);
    const contract = this.#context.contracts.get(parsed.data.sym);
    if (contract === undefined) return faultAt(event, ["sym"], OPTION_TICKER_EXPECTED);
    return this.#quote(event, parsed.data);
  }

  #equityQuote(event: object): EventFault | undefined {
    const parsed = equityQuoteEvent.safeParse(event);
    return parsed.success ? this.#quote(event, parsed.data) : schemaFault(event, parsed.error);
  }

  #quote(event: object, quote: QuoteEvent): EventFault | undefined {
    const { sym, t, bp, ap, bs, as, bx, ax, q } = quote;
    const row = nbboRow(
      sym,
      t,
      bp ?? undefined,
      ap ?? undefined,
      bs ?? undefined,
      as ?? undefined,
      bx ?? undefined,
      ax ?? undefined,
      q ?? undefined,
      this.#context.receivedAtMs,
    );
    return this.#add(row, t, event);
  }

  #indexValue(event: object): EventFault | undefined {
    const parsed = indexValueEvent.safeParse(event);
    if (!parsed.success) return schemaFault(event, parsed.error);
    const { T, t, val } = parsed.data;
    return this.#add(indexValueRow(T, t, val, this.#context.receivedAtMs), t, event);
  }

  #status(event: object): EventFault | undefined {
    const parsed = statusEvent.safeParse(event);
    if (!parsed.success) return schemaFault(event, parsed.error);
    const { status, message } = parsed.data;
    this.events.addStatus(status, message ?? undefined);
    return undefined;
  }

  #ignore(type: string): undefined {
    const name = cutText(type, MAX_TYPE_LENGTH);
    this.ignored.set(name, (this.ignored.get(name) ?? 0) + 1);
  }

  /** The bound that no schema can state: it depends on when the frame came. */
  #add(row: Row, eventMs: number, event: object): EventFault | undefined {
    const { latestMs } = this.#context;
    if (!(eventMs <= latestMs)) {
      return faultAt(event, ["t"], `at most ${latestMs}, the receipt time plus the skew allowed`);
    }
    this.events.addRow(row, eventMs);
    const { numbers } = this.#context;
    // Without hints: what is read here is rare.
    if (row.type === "optionTrade") numbers?.addTrade(0, eventMs);
    else if (row.type === "nbbo" && numbers !== undefined) {
      const at = numbers.openQuote(0);
      writeQuote(numbers.quotes, at, row, eventMs, 0);
    }
    return undefined;
  }
}

/** The first thing that a schema objects to. */
function schemaFault(event: object, error: z.ZodError): EventFault {
  const [issue] = error.issues;
  return issue === undefined ? faultAt(event, [], "a valid event") : faultAt(event, issue.path, issue.message);
}

function faultAt(event: unknown, path: readonly PropertyKey[], expected: string): EventFault {
  let text = "";
  let value: unknown = event;
  for (const key of path) {
    text += typeof key === "number" ? `[${key}]` : String(key);
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return { path: text, value: describeValue(value), expected };
}
