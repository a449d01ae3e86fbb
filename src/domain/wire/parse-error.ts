import { StrikewireError } from "../errors.ts";

/**
 * What is wrong with a payload: `tooLarge` more bytes than allowed, `notUtf8` bytes that are no UTF-8, `notJson` text
 * that is no JSON, `notAFrame` neither an event nor an array of events, `invalidEvent` an event against the wire format.
 */
export type ParseErrorReason = "tooLarge" | "notUtf8" | "notJson" | "notAFrame" | "invalidEvent";

/** What is wrong with one event. */
export interface EventFault {
  /** Where in the event, `c[1]`; empty where the event itself is wrong. */
  readonly path: string;
  /** The offending value as JSON-like text of at most 200 characters. */
  readonly value: string;
  /** What is allowed there. */
  readonly expected: string;
}

/** An invalid event that was left out of the batches (`onInvalid: "quarantine"`). */
export interface RejectedEvent {
  /** Position in the payload, from 0. */
  readonly index: number;
  /** Where in the event, `c[1]`; empty where the event itself is wrong. */
  readonly path: string;
  /** One sentence: what is allowed and what came. */
  readonly reason: string;
  /** The offending value as JSON-like text of at most 200 characters. */
  readonly value: string;
}

/** A payload, or one event of it, that is not what the provider documents. */
export class ParseError extends StrikewireError {
  readonly reason: ParseErrorReason;
  /** Position of the event in the payload, from 0; `undefined` where the payload as a whole is wrong. */
  readonly index: number | undefined;
  /** Where in the event, `c[1]`; `undefined` where the payload as a whole is wrong. */
  readonly path: string | undefined;
  /** The offending value as JSON-like text of at most 200 characters. */
  readonly value: string;
  /** What is allowed there. */
  readonly expected: string;

  private constructor(
    reason: ParseErrorReason,
    message: string,
    where: { readonly index: number; readonly path: string } | undefined,
    what: { readonly value: string; readonly expected: string },
    options?: ErrorOptions,
  ) {
    super("STRIKEWIRE_PARSE", message, options);
    // Bundlers rename classes that have static members.
    this.name = "ParseError";
    this.reason = reason;
    this.index = where?.index;
    this.path = where?.path;
    this.value = what.value;
    this.expected = what.expected;
  }

  /** The payload as a whole is wrong. */
  static ofPayload(
    reason: Exclude<ParseErrorReason, "invalidEvent">,
    value: string,
    expected: string,
    options?: ErrorOptions,
  ): ParseError {
    const message = `Cannot parse the payload: it must be ${expected}, current value is ${value}`;
    return new ParseError(reason, message, undefined, { value, expected }, options);
  }

  /** One event of the payload is wrong. */
  static ofEvent(index: number, fault: EventFault): ParseError {
    return new ParseError("invalidEvent", faultMessage(index, fault), { index, path: fault.path }, fault);
  }
}

/** The same fault as an entry of the quarantine. */
export function rejectedEvent(index: number, fault: EventFault): RejectedEvent {
  return { index, path: fault.path, reason: faultMessage(index, fault), value: fault.value };
}

function faultMessage(index: number, fault: EventFault): string {
  const subject = fault.path === "" ? "it" : `'${fault.path}'`;
  return `Cannot parse event ${index}: ${subject} must be ${fault.expected}, current value is ${fault.value}`;
}
