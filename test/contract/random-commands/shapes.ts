import { check } from "../../../src/testing/check.ts";

/** Values of which only so much is known. */
export class Between {
  readonly from: number;
  readonly to: number;

  constructor(from: number, to: number) {
    this.from = from;
    this.to = to;
  }

  plus(ms: number): Between {
    return new Between(this.from + ms, this.to + ms);
  }

  atLeast(least: number): Between {
    return new Between(Math.max(this.from, least), Math.max(this.to, least));
  }

  dividedBy(divisor: number): Between {
    return new Between(this.from / divisor, this.to / divisor);
  }
}

/** The JSON text of a value, however it is written. */
export class JsonOf {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** Anything that is there. */
export const ANY: unique symbol = Symbol("any");

/** Fails unless a value is as expected; `Between` stands for numbers, as text too, `JsonOf` for texts. */
export function checkShape(what: string, actual: unknown, expected: unknown): void {
  if (expected === ANY && actual !== undefined) return;
  if (expected instanceof Between) {
    const isInside = actual !== "" && Number(actual) >= expected.from && Number(actual) <= expected.to;
    check.isTrue(`${what} between ${expected.from} and ${expected.to}, current value is ${String(actual)}`, isInside);
  } else if (expected instanceof JsonOf && typeof actual === "string") {
    checkShape(what, JSON.parse(actual), expected.value);
  } else if (isTree(expected) && isTree(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    check.equal(`names in ${what}`, namesOf(actual).join(" "), namesOf(expected).join(" "));
    for (const name of namesOf(expected)) {
      checkShape(`${what}.${name}`, Reflect.get(actual, name), Reflect.get(expected, name));
    }
  } else check.equal(what, actual, expected);
}

function isTree(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function namesOf(tree: object): readonly string[] {
  const names = Object.keys(tree).filter((name) => Reflect.get(tree, name) !== undefined);
  return Array.isArray(tree) ? names : names.sort();
}
