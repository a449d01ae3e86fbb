import { isStrikewireError } from "../domain/errors.ts";

/** An adapter does not keep a promise of its port. */
export class ContractViolation extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ContractViolation";
  }
}

/** The kinds of rejection that ports promise. */
type PromisedError = "ClosedError" | "RangeError" | "TypeError";

/** What suites assert with. Small and their own, so that they run under any runner. */
export const check = {
  /**
   * Fails unless two values are the same, in depth and bit for bit: `0` is not `-0`, `1` is not `1n`. A property that is
   * absent and one that is `undefined` are the same to a reader, and here.
   */
  equal<T>(what: string, actual: T, expected: T): void {
    const found = difference(actual, expected, what);
    if (found !== undefined) throw new ContractViolation(found);
  },

  isTrue(what: string, condition: boolean): void {
    if (!condition) throw new ContractViolation(`${what}: it must be so, it is not`);
  },

  /** Fails unless the promise rejects with an error of this kind, told by code or name and not by prototype. */
  async rejects(what: string, promise: Promise<unknown>, kind: PromisedError): Promise<void> {
    let resolved: unknown;
    try {
      resolved = await promise;
    } catch (error) {
      const isKind =
        kind === "ClosedError"
          ? isStrikewireError(error, "STRIKEWIRE_CLOSED")
          : error instanceof Error && error.name === kind;
      if (isKind) return;
      throw new ContractViolation(`${what}: it must reject with a ${kind}, current rejection is ${String(error)}`, {
        cause: error,
      });
    }
    throw new ContractViolation(`${what}: it must reject with a ${kind}, it resolved with ${show(resolved)}`);
  },
} as const;

/** The value, where it is of the status asked for: narrows the unions that ports answer with. */
export function expectStatus<Result extends { readonly status: string }, Status extends Result["status"]>(
  what: string,
  result: Result,
  status: Status,
): Extract<Result, { readonly status: Status }> {
  if (hasStatus(result, status)) return result;
  throw new ContractViolation(`${what}: the status must be "${status}", current value is ${show(result)}`);
}

function hasStatus<Result extends { readonly status: string }, Status extends Result["status"]>(
  result: Result,
  status: Status,
): result is Extract<Result, { readonly status: Status }> {
  return result.status === status;
}

/** The value, where there is one. */
export function expectDefined<T>(what: string, value: T | null | undefined): T {
  if (value === null || value === undefined) throw new ContractViolation(`${what}: there must be one, there is none`);
  return value;
}

function difference(actual: unknown, expected: unknown, path: string): string | undefined {
  if (Object.is(actual, expected)) return undefined;
  const left = fieldsOf(actual);
  const right = fieldsOf(expected);
  if (left === undefined || right === undefined || Array.isArray(actual) !== Array.isArray(expected)) {
    return `${path}: it must be ${show(expected)}, current value is ${show(actual)}`;
  }
  if (Array.isArray(actual) && left.size !== right.size) {
    return `${path}: it must have ${right.size} items, current value has ${left.size}: ${show(actual)}`;
  }
  for (const name of new Set([...left.keys(), ...right.keys()])) {
    const found = difference(left.get(name), right.get(name), `${path}.${String(name)}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Fields of an object, items of an array, entries of a map; `undefined` for a primitive. */
function fieldsOf(value: unknown): ReadonlyMap<unknown, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return value instanceof Map ? value : new Map<unknown, unknown>(Object.entries(value));
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_, field: unknown) => {
    if (typeof field === "bigint") return `${field}n`;
    if (field instanceof Map) return [...field];
    return field;
  });
  return text === undefined ? String(value) : text.slice(0, 300);
}
