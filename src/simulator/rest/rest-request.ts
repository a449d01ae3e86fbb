import { z } from "zod";
import type { SimulatedPlan } from "../server/simulator-options.ts";
import { badParameter } from "./answer.ts";

/** A request with an accepted key. */
export interface RestRequest {
  /** Of this request alone, in the answer. */
  readonly id: string;
  /** `http://127.0.0.1:7400`, as the client calls it. */
  readonly origin: string;
  /** As it came, undecoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Where it is a page behind the first. */
  readonly cursor: Cursor | undefined;
  /** `undefined` for the standard plan. */
  readonly plan: SimulatedPlan | undefined;
}

/** What stands in a `next_url`. */
export interface Cursor {
  /** The parameters of the first page, without the key. */
  readonly query: string;
  /** The last row before: its sort value and ticker. */
  readonly after: readonly [string | number, string];
  /** 2 for the second page. */
  readonly page: number;
  /** Tells cursors apart that go on at the same place. */
  readonly salt?: number;
}

const cursorSchema = z.object({
  query: z.string(),
  after: z.tuple([z.union([z.string(), z.number()]), z.string()]),
  page: z.int(),
  salt: z.int().optional(),
}) as z.ZodType<Cursor>;

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString("base64url");
}

/** @returns `undefined` for a text that is none of ours. */
export function decodeCursor(text: string): Cursor | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    return undefined;
  }
  const checked = cursorSchema.safeParse(value);
  return checked.success ? checked.data : undefined;
}

/** Names of parameters that hold the key or the place: they are no part of the question. */
const NO_QUESTION = ["apiKey", "cursor"] as const;

/** The parameters that say what is asked for. A repeated one counts once, with its first value. */
export function questionOf(query: URLSearchParams): string {
  const question = new URLSearchParams();
  for (const [name, value] of query) {
    if (!(NO_QUESTION as readonly string[]).includes(name) && !question.has(name)) question.append(name, value);
  }
  return question.toString();
}

/** A whole number parameter. */
export function readLimit({ id, query }: RestRequest, most: number): number {
  const text = query.get("limit");
  if (text === null) return 10;
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1 || limit > most) throw badParameter(id, "limit", `in 1..${most}`, text);
  return limit;
}

/** One of several words, or `undefined`. */
export function readWord<Word extends string>(
  { id, query }: RestRequest,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw badParameter(id, name, `one of ${words.join(", ")}`, text);
  return word;
}

/** Whether a value is what a parameter and its ranges (`name`, `name.gt`, `.gte`, `.lt`, `.lte`) ask for. */
export type RangeTest<Value> = (value: Value) => boolean;

const COMPARISONS: readonly (readonly [string, (value: number | string, bound: number | string) => boolean])[] = [
  ["", (value, bound) => value === bound],
  [".gt", (value, bound) => value > bound],
  [".gte", (value, bound) => value >= bound],
  [".lt", (value, bound) => value < bound],
  [".lte", (value, bound) => value <= bound],
];

/** Reads a parameter and its ranges. @param read answers `undefined` for a text that is not allowed. */
export function readRange<Value extends number | string>(
  { id, query }: RestRequest,
  name: string,
  allowed: string,
  read: (text: string) => Value | undefined,
): RangeTest<Value> {
  const tests: RangeTest<Value>[] = [];
  for (const [suffix, compare] of COMPARISONS) {
    const text = query.get(`${name}${suffix}`);
    if (text === null || text === "") continue;
    const bound = read(text);
    if (bound === undefined) throw badParameter(id, `${name}${suffix}`, allowed, text);
    tests.push((value) => compare(value, bound));
  }
  return (value) => tests.every((test) => test(value));
}

/** For `readRange`. */
export function readNumber(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** For `readRange`. */
export function readDate(text: string): string | undefined {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** For `readRange`. */
export function readText(text: string): string {
  return text;
}

/** Tickers of a comma-joined parameter; `undefined` where it is absent. Of a repeated one only the first is seen. */
export function readTickers({ id, query }: RestRequest, name: string, most: number): readonly string[] | undefined {
  const text = query.get(name);
  if (text === null || text === "") return undefined;
  const tickers = text.split(",").filter((ticker) => ticker !== "");
  if (tickers.length > most) throw badParameter(id, name, `at most ${most} tickers`, String(tickers.length));
  return tickers;
}
