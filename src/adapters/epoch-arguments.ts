import type { EpochDraft, SubstrateUpdate, SubstrateValues } from "../domain/epoch/substrate.ts";
import { assertSymbol } from "./context-arguments.ts";
import { GROUPS } from "./substrate-groups.ts";

/** The numbers of each group; all others of its fields are text or nanoseconds. */
const NUMBERS = {
  quote: ["bid", "ask", "bidSize", "askSize"],
  trade: ["sequence", "last", "size", "volume"],
  greeks: ["delta", "gamma", "theta", "vega", "iv"],
  day: ["openInterest"],
} as const;

/**
 * @param action completes "Cannot ...".
 * @throws {TypeError} for a symbol that is none, and an id that does not begin with it.
 * @throws {RangeError} for numbers that are not finite, and times that are no whole milliseconds.
 */
export function assertEpochDraft(action: string, draft: EpochDraft): void {
  const { id, symbol, createdAtMs, validUntilMs, dormantCount, records } = draft;
  assertSymbol(action, symbol);
  if (!id.startsWith(`${symbol}:`)) {
    throw new TypeError(`Cannot ${action}: its id must begin with its symbol "${symbol}:", current value is "${id}"`);
  }
  assertCount(action, "createdAtMs", createdAtMs);
  assertValidUntil(action, validUntilMs);
  assertCount(action, "dormantCount", dormantCount);
  for (const { terms, ...values } of records) {
    assertFinite(action, terms.contract, terms, ["strike", "multiplier"]);
    assertValues(action, terms.contract, values);
  }
}

/** @throws {RangeError} for numbers that are not finite. */
export function assertUpdates(action: string, updates: readonly SubstrateUpdate[]): void {
  for (const update of updates) assertValues(action, update.contract, update);
}

/** @throws {RangeError} unless the time is whole milliseconds. */
export function assertValidUntil(action: string, validUntilMs: number): void {
  assertCount(action, "validUntilMs", validUntilMs);
}

/** @throws {RangeError} unless `leaseMs` is a positive number. */
export function assertLeaseMs(action: string, leaseMs: number): void {
  if (leaseMs > 0 && Number.isFinite(leaseMs)) return;
  throw new RangeError(`Cannot ${action}: 'leaseMs' must be a positive number, current value is ${leaseMs}`);
}

function assertValues(action: string, contract: string, values: SubstrateValues): void {
  for (const group of GROUPS) {
    const fields = values[group];
    if (fields !== undefined) assertFinite(action, contract, fields, NUMBERS[group]);
  }
}

function assertFinite(action: string, contract: string, fields: object, names: readonly string[]): void {
  for (const name of names) {
    const value: unknown = Reflect.get(fields, name);
    if (value === null || Number.isFinite(value)) continue;
    throw new RangeError(
      `Cannot ${action}: '${name}' of ${contract} must be a finite number, current value is ${String(value)}`,
    );
  }
}

function assertCount(action: string, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return;
  throw new RangeError(
    `Cannot ${action}: '${name}' must be a non-negative integer of at most 2^53 - 1, current value is ${value}`,
  );
}
