import { easternOffsetMs } from "../../domain/market/trading-day.ts";
import { easternDate, newYorkTimeMs, sessionCloseMs, unusualDays } from "../market/calendar.ts";
import type { Answer } from "./answer.ts";
import { phaseAt } from "./market-hours.ts";
import type { RestView } from "./view.ts";

const INDEX_GROUPS = [
  "s_and_p",
  "societe_generale",
  "cgi",
  "msci",
  "ftse_russell",
  "mstar",
  "mstarc",
  "cccy",
  "nasdaq",
  "dow_jones",
];

/** `GET /v1/marketstatus/now` */
export function answerMarketNow({ hours, nowMs }: RestView): Answer {
  const atMs = nowMs();
  const phase = phaseAt(hours, atMs);
  const shares = phase === "early" || phase === "late" ? "extended-hours" : phase;
  const indices = phase === "open" ? "open" : "closed";
  return {
    status: 200,
    body: {
      afterHours: phase === "late",
      currencies: { crypto: "open", fx: "open" },
      earlyHours: phase === "early",
      exchanges: { nasdaq: shares, nyse: shares, otc: shares === "open" ? "open" : "closed" },
      indicesGroups: Object.fromEntries(INDEX_GROUPS.map((name) => [name, indices])),
      market: shares,
      serverTime: easternTimeText(atMs),
    },
  };
}

/** `GET /v1/marketstatus/upcoming` */
export function answerMarketUpcoming({ nowMs }: RestView): Answer {
  const rows = unusualDays(easternDate(nowMs())).flatMap(({ date, isHalf }) =>
    ["NYSE", "NASDAQ"].map((exchange) => ({
      date,
      exchange,
      name: nameOf(date, isHalf),
      status: isHalf ? "early-close" : "closed",
      open: isHalf ? new Date(newYorkTimeMs(date, 9, 30)).toISOString() : undefined,
      close: isHalf ? new Date(sessionCloseMs(date)).toISOString() : undefined,
    })),
  );
  return { status: 200, body: rows };
}

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/-01-01$/, "New Years Day"],
  [/-01-/, "Martin Luther King, Jr. Day"],
  [/-02-/, "Washington's Birthday"],
  [/-0[34]-/, "Good Friday"],
  [/-05-/, "Memorial Day"],
  [/-06-/, "Juneteenth"],
  [/-07-/, "Independence Day"],
  [/-09-/, "Labor Day"],
  [/-11-/, "Thanksgiving"],
  [/-12-/, "Christmas"],
];

function nameOf(date: string, isHalf: boolean): string {
  const name = NAMES.find(([pattern]) => pattern.test(date))?.[1] ?? "Holiday";
  return isHalf && name === "Christmas" ? "Christmas Eve" : name;
}

/** RFC 3339 with the offset of New York. */
function easternTimeText(utcMs: number): string {
  const offsetMs = easternOffsetMs(utcMs);
  const hours = String(Math.abs(offsetMs / 3_600_000)).padStart(2, "0");
  return `${new Date(utcMs + offsetMs).toISOString().slice(0, 19)}-${hours}:00`;
}
