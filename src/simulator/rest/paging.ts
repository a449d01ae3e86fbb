import type { JsonObject } from "./json.ts";
import type { RestFault } from "./rest-fault.ts";
import { encodeCursor, questionOf, type RestRequest } from "./rest-request.ts";

/** Something that can be a row. */
export interface Sortable {
  readonly ticker: string;
}

/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** `undefined` on the last one. */
  readonly nextUrl: string | undefined;
}

/**
 * The page of a request.
 *
 * @param items all that is asked for, in order of value and then ticker.
 * @param sortValue what they are sorted by.
 * @param faults those of `next_url` are heeded.
 */
export function pageOf<Item extends Sortable>(
  items: readonly Item[],
  request: RestRequest,
  limit: number,
  sortValue: (item: Item) => string | number,
  isDescending: boolean,
  faults: readonly RestFault[],
): Page<Item> {
  const { cursor, origin, path } = request;
  const from = cursor === undefined ? 0 : placeAfter(items, cursor.after, sortValue, isDescending);
  const question = cursor?.query ?? questionOf(request.query);
  const page = cursor?.page ?? 1;
  const urlOf = (after: readonly [string | number, string], salt: number | undefined, base: string): string =>
    `${base}${path}?cursor=${encodeCursor({ query: question, after, page: page + 1, ...(salt === undefined ? {} : { salt }) })}`;

  const fault = faults.find((one) => one.kind === "restNextUrl");
  const before = items[from - 1];
  if (fault?.form === "emptyPages") {
    const after = before === undefined ? FIRST : ([sortValue(before), before.ticker] as const);
    return { items: [], nextUrl: urlOf(after, page, origin) };
  }
  const found = items.slice(from, from + limit);
  const last = found.at(-1);
  if (fault?.form === "loop" && cursor !== undefined) {
    return { items: found, nextUrl: `${origin}${path}?cursor=${encodeCursor(cursor)}` };
  }
  if (last === undefined || from + limit >= items.length) return { items: found, nextUrl: undefined };
  const base = fault?.form === "foreign" ? (fault.origin ?? FOREIGN_ORIGIN) : origin;
  return { items: found, nextUrl: urlOf([sortValue(last), last.ticker], undefined, base) };
}

/** The discard port of this machine: nobody answers there. */
const FOREIGN_ORIGIN = "http://127.0.0.1:9";

/** Before every item: found nowhere. */
const FIRST = ["", ""] as const;

function placeAfter<Item extends Sortable>(
  items: readonly Item[],
  [value, ticker]: readonly [string | number, string],
  sortValue: (item: Item) => string | number,
  isDescending: boolean,
): number {
  if (ticker === "") return 0;
  const sign = isDescending ? -1 : 1;
  const place = items.findIndex((item) => {
    const own = sortValue(item);
    return sign * (own === value ? order(item.ticker, ticker) : order(own, value)) > 0;
  });
  return place === -1 ? items.length : place;
}

/** For sorting. */
export function order(left: string | number, right: string | number): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `status`, `request_id`, `results` and, but on the last page, `next_url`. */
export function listBody(
  request: RestRequest,
  results: readonly JsonObject[],
  nextUrl: string | undefined,
): JsonObject {
  return { results, status: "OK", request_id: request.id, next_url: nextUrl };
}
