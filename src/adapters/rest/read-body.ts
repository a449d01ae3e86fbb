import type { RestErrorReason } from "../../domain/errors.ts";
import { parseSourcedJson, type SourcedJson } from "../../domain/wire/exact-json.ts";
import { statement } from "./provider-text.ts";
import type { RestAnswer, RestClient } from "./rest-client.ts";

/** Statuses in a body that came with HTTP status 200 and are a failure nevertheless. */
const FAILURES: ReadonlyMap<unknown, RestErrorReason> = new Map([
  ["ERROR", "invalid"],
  ["NOT_AUTHORIZED", "forbidden"],
  ["NOT_FOUND", "not_found"],
]);

/** An object that the provider answered with. */
export interface ReadBody {
  readonly answer: RestAnswer;
  readonly body: Readonly<Record<string, unknown>>;
  /** Empty where the answer has no such list. */
  readonly rows: readonly unknown[];
  /** The source text of each row. */
  readonly sources: readonly string[];
  /** `DELAYED` where the answer as a whole says so. */
  readonly delayed: boolean;
}

/**
 * Reads an answer that is an object.
 *
 * @param list the name of its list of rows: `results`.
 * @throws RestError `invalid` for anything else, and the reason that it gives where it tells of a failure.
 */
export function readBody(client: RestClient, answer: RestAnswer, list: string): ReadBody {
  const { value, sources = [] } = readJson(client, answer, list);
  if (!isObject(value)) throw client.invalid(answer, "a JSON object");
  const rows = value[list] ?? [];
  const failure = FAILURES.get(value["status"]);
  if (failure !== undefined && statement(value) !== undefined) throw client.failed(answer, failure);
  if (!Array.isArray(rows)) throw client.invalid(answer, `an object with a list in '${list}'`);
  return { answer, body: value, rows, sources, delayed: isDelayed(value) };
}

/**
 * Reads an answer that is a list.
 *
 * @throws RestError `invalid` for anything else.
 */
export function readList(client: RestClient, answer: RestAnswer): readonly unknown[] {
  const { value } = readJson(client, answer, "");
  if (!Array.isArray(value)) throw client.invalid(answer, "a JSON list");
  return value;
}

/** Whether an answer as a whole says that it is delayed. */
export function isDelayed(body: Readonly<Record<string, unknown>>): boolean {
  return body["status"] === "DELAYED";
}

function readJson(client: RestClient, answer: RestAnswer, list: string): SourcedJson {
  try {
    return parseSourcedJson(answer.text, list);
  } catch {
    throw client.invalid(answer, "JSON");
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
