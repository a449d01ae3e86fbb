import { z } from "zod";
import { dateField, textField } from "../../domain/fields.ts";
import type { ContractQuery, ListedContract } from "../../ports/reference-provider.ts";
import { type DetailsRow, detailsRow } from "./chain-rows.ts";
import { type CheckedRow, checkRow, claimedTicker } from "./check-row.ts";
import { readTerms } from "./contract-terms.ts";
import { assertDate, assertRight, bareUnderlying } from "./query-arguments.ts";
import { readBody } from "./read-body.ts";
import type { RestContext } from "./rest-context.ts";
import { type QueryValue, restUrl } from "./rest-url.ts";
import { walkPages } from "./walk-pages.ts";

/** The largest page that the endpoint gives. */
const PAGE_SIZE = 1_000;

interface ListedRow {
  readonly ticker: string;
  readonly underlying_ticker?: string | null | undefined;
  readonly additional_underlyings?: readonly unknown[] | null | undefined;
}

const listedRow: z.ZodType<ListedRow> = z.object(
  {
    ticker: textField,
    underlying_ticker: textField.nullish(),
    additional_underlyings: z.array(z.unknown(), { error: "a list" }).nullish(),
  },
  { error: "an object" },
);

/** `GET /v3/reference/options/contracts`, page by page. */
export async function* listContracts(
  context: RestContext,
  query: ContractQuery,
  signal: AbortSignal,
): AsyncGenerator<readonly ListedContract[], void, void> {
  const action = "list contracts";
  const underlying = bareUnderlying(action, query.underlying);
  const { from, to } = query.expirations ?? {};
  if (from !== undefined) assertDate(action, "expirations.from", from);
  if (to !== undefined) assertDate(action, "expirations.to", to);
  assertRight(action, query.right);
  const url = contractsUrl(context, {
    underlying_ticker: underlying,
    "expiration_date.gte": from,
    "expiration_date.lte": to,
    contract_type: query.right === undefined ? undefined : query.right === "C" ? "call" : "put",
    order: "asc",
    sort: "ticker",
    limit: PAGE_SIZE,
  });
  for await (const { rows } of walkPages(context.client, url, context.maxPages, signal)) {
    const contracts: ListedContract[] = [];
    for (const row of rows) {
      const read = readListed(row, underlying, query);
      if ("row" in read) contracts.push(read.row);
      else context.logger.warn("A listed contract was refused", { ticker: claimedTicker(row), reason: read.reason });
    }
    yield contracts;
  }
}

/**
 * The nearest expirations, one after the other: of the contracts that expire after the last one the first, which is a
 * request of a few hundred bytes each. A sorted list would hold hundreds of contracts of each date of an index, so that
 * five dates of `SPX` are pages of megabytes.
 */
export async function listExpirations(
  context: RestContext,
  query: { readonly underlying: string; readonly from: string; readonly count: number },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const action = "list expirations";
  const underlying = bareUnderlying(action, query.underlying);
  assertDate(action, "from", query.from);
  if (!Number.isSafeInteger(query.count) || query.count < 1) {
    throw new RangeError(`Cannot ${action}: 'count' must be a positive integer, current value is ${query.count}`);
  }
  const expirations: string[] = [];
  while (expirations.length < query.count) {
    const last = expirations.at(-1);
    const next = await firstExpiration(context, underlying, last, query.from, signal);
    if (next === undefined) break;
    expirations.push(next);
  }
  return expirations;
}

const expirationRow = z.object({ expiration_date: dateField }, { error: "an object" });

async function firstExpiration(
  context: RestContext,
  underlying: string,
  after: string | undefined,
  from: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { client } = context;
  const url = contractsUrl(context, {
    underlying_ticker: underlying,
    [after === undefined ? "expiration_date.gte" : "expiration_date.gt"]: after ?? from,
    order: "asc",
    sort: "expiration_date",
    limit: 1,
  });
  const answer = await client.get(url, signal);
  const [row] = readBody(client, answer, "results").rows;
  if (row === undefined) return undefined;
  const checked = checkRow(expirationRow, row);
  const next = "row" in checked ? checked.row.expiration_date : undefined;
  // One that does not lead on would be asked for again and again.
  if (next !== undefined && (after === undefined ? next >= from : next > after)) return next;
  throw client.invalid(answer, `a contract that expires ${after === undefined ? `from ${from} on` : `after ${after}`}`);
}

function contractsUrl({ origin }: RestContext, query: Readonly<Record<string, QueryValue>>): string {
  return restUrl(origin, ["v3", "reference", "options", "contracts"], { ...query, expired: "false" });
}

function readListed(row: unknown, underlying: string, query: ContractQuery): CheckedRow<ListedContract> {
  const listed = checkRow(listedRow, row);
  if ("reason" in listed) return listed;
  const details = checkRow<DetailsRow>(detailsRow, row);
  if ("reason" in details) return details;
  const { ticker, underlying_ticker: named = null, additional_underlyings: others } = listed.row;
  if (named !== null && named !== underlying) {
    return { reason: `'underlying_ticker' must be ${underlying} as asked for, current value is ${named}` };
  }
  const read = readTerms(ticker, details.row, underlying);
  if ("reason" in read) return read;
  const { terms } = read.row;
  const { from = terms.expiration, to = terms.expiration } = query.expirations ?? {};
  if (terms.expiration < from || terms.expiration > to || terms.right !== (query.right ?? terms.right)) {
    return { reason: "it must be of the expirations and the right asked for, it is not" };
  }
  // What it delivers besides the underlying is told here alone: neither its root nor its multiplier gives it away.
  return { row: { ...terms, isAdjusted: (others ?? []).length > 0 } };
}
