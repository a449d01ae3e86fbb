import { z } from "zod";
import { dateField, textField } from "../../domain/fields.ts";
import type { MarketHoliday, MarketStatus } from "../../ports/reference-provider.ts";
import { checkRow } from "./check-row.ts";
import { readBody, readList } from "./read-body.ts";
import type { RestContext } from "./rest-context.ts";
import { restUrl } from "./rest-url.ts";

type Status = "open" | "closed" | "extended";

const STATUSES: ReadonlyMap<unknown, Status> = new Map([
  ["open", "open"],
  ["closed", "closed"],
  ["extended-hours", "extended"],
]);

interface StatusBody {
  readonly market?: string | null | undefined;
  readonly exchanges?:
    | { readonly nyse?: string | null | undefined; readonly nasdaq?: string | null | undefined }
    | null
    | undefined;
  readonly indicesGroups?: Readonly<Record<string, unknown>> | null | undefined;
  readonly serverTime?: string | null | undefined;
}

const anObject = { error: "an object" };
const text = textField.nullish();

const statusBody: z.ZodType<StatusBody> = z.object(
  {
    market: text,
    exchanges: z.object({ nyse: text, nasdaq: text }, anObject).nullish(),
    indicesGroups: z.record(z.string(), z.unknown(), anObject).nullish(),
    serverTime: text,
  },
  anObject,
);

/** `GET /v1/marketstatus/now`. */
export async function fetchMarketStatus(context: RestContext, signal: AbortSignal): Promise<MarketStatus> {
  const { client, logger } = context;
  const answer = await client.get(restUrl(context.origin, ["v1", "marketstatus", "now"]), signal);
  const checked = checkRow(statusBody, readBody(client, answer, "results").body);
  if ("reason" in checked) throw client.invalid(answer, `a market status: ${checked.reason}`);
  const { market, exchanges, indicesGroups, serverTime } = checked.row;
  const stocks = STATUSES.get(exchanges?.nyse ?? exchanges?.nasdaq ?? market);
  if (stocks === undefined) throw client.invalid(answer, "a market status: open, closed or extended-hours for nyse");
  const indices = new Map<string, Status>();
  for (const [group, value] of Object.entries(indicesGroups ?? {})) {
    const status = STATUSES.get(value);
    if (status !== undefined) indices.set(group, status);
    else if (value !== null) logger.warn("The status of a group of indices was refused", { group });
  }
  return { stocks, indices, serverTimeMs: instant(serverTime) };
}

interface HolidayRow {
  readonly exchange: string;
  readonly name?: string | null | undefined;
  readonly date: string;
  readonly status: "closed" | "early-close";
  readonly open?: string | null | undefined;
  readonly close?: string | null | undefined;
}

const holidayRow: z.ZodType<HolidayRow> = z.object(
  {
    exchange: textField,
    name: text,
    date: dateField,
    status: z.enum(["closed", "early-close"], { error: '"closed" or "early-close"' }),
    open: text,
    close: text,
  },
  anObject,
);

/** `GET /v1/marketstatus/upcoming`. */
export async function fetchHolidays(context: RestContext, signal: AbortSignal): Promise<readonly MarketHoliday[]> {
  const { client, logger } = context;
  const answer = await client.get(restUrl(context.origin, ["v1", "marketstatus", "upcoming"]), signal);
  const holidays: MarketHoliday[] = [];
  for (const row of readList(client, answer)) {
    const checked = checkRow(holidayRow, row);
    if ("reason" in checked) {
      logger.warn("A holiday was refused", { reason: checked.reason });
      continue;
    }
    const { exchange, name, date, status, open, close } = checked.row;
    holidays.push({ exchange, name: name ?? "", date, status, openAtMs: instant(open), closeAtMs: instant(close) });
  }
  return holidays;
}

/** An instant with its offset: without one, it would be read in the time zone of this machine. */
function instant(text: string | null | undefined): number | null {
  if (!text || !/T.*(Z|[+-]\d\d:?\d\d)$/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}
