import { symbolField } from "../domain/context/fields.ts";
import { checkedMessage } from "../domain/context/message.ts";

/**
 * @param action completes "Cannot ...".
 * @throws {RangeError} unless `seq` is a positive safe integer.
 */
export function assertSeq(action: string, seq: number): void {
  if (!Number.isSafeInteger(seq) || seq < 1) {
    throw new RangeError(`Cannot ${action}: 'seq' must be a positive safe integer, current value is ${seq}`);
  }
}

/** @throws {TypeError} unless `symbol` is one without `I:`. */
export function assertSymbol(action: string, symbol: string): void {
  checkedMessage(action, symbolField, symbol);
}

/** @throws {RangeError} unless `ttlMs` is a positive safe integer. */
export function assertTtl(action: string, ttlMs: number): void {
  if (!Number.isSafeInteger(ttlMs) || ttlMs < 1) {
    throw new RangeError(`Cannot ${action}: 'ttlMs' must be a positive safe integer, current value is ${ttlMs}`);
  }
}

/** @throws {RangeError} unless `ticket` is a positive safe integer. */
export function assertTicket(action: string, ticket: number): void {
  if (!Number.isSafeInteger(ticket) || ticket < 1) {
    throw new RangeError(`Cannot ${action}: 'ticket' must be a positive safe integer, current value is ${ticket}`);
  }
}
