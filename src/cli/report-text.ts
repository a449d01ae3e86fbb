import Table from "cli-table3";
import { CONTRACT_MULTIPLIER, premiumUsd } from "../domain/hydration/contract-state.ts";
import type { QuarantineRecord } from "../domain/hydration/effects.ts";
import type { Gap } from "../domain/stream/gap.ts";
import { easternTime, easternTimeOf } from "./eastern-time.ts";
import { type ExpirationSums, tradesPerSec } from "./expiration-tally.ts";
import type { GapSummary } from "./gap-summary.ts";
import { printable } from "./printable.ts";
import type { QuarantineSummary } from "./quarantine-summary.ts";
import type { ReplayReport, StoppedBy } from "./replay-report.ts";
import { shortenedText, shortenedValue } from "./shortened-text.ts";

const LISTED = 5;
const MAX_LINE = 118;
const MAX_VALUE = 50;

const NO_BORDERS = Object.fromEntries(
  [
    "top",
    "top-mid",
    "top-left",
    "top-right",
    "bottom",
    "bottom-mid",
    "bottom-left",
    "bottom-right",
    "left",
    "left-mid",
    "mid",
    "mid-mid",
    "right",
    "right-mid",
  ].map((name) => [name, ""]),
);

/**
 * A replay for people: a table by underlying and expiration, what is missing and what was refused, and the totals last.
 * No control characters.
 *
 * @param columns width of the terminal; without it the totals stay on one line.
 */
export function reportText(report: ReplayReport, columns?: number): string {
  const { results, tornTail, stoppedBy } = report;
  const expirations = results.expirations();
  const blocks = [
    expirations.length === 0 ? nothingLine(report) : table(expirations),
    gapList(results.gaps),
    refusedList(results.quarantine),
    tornTail === undefined
      ? ""
      : `Torn tail: line ${tornTail.line} ends after ${tornTail.text.length} characters and was left out`,
    stoppedBy === undefined ? "" : partialLine(stoppedBy),
    wrapped(totals(report), columns),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function table(expirations: readonly ExpirationSums[]): string {
  const dates = new Set(
    expirations.flatMap(({ firstTsNs, lastTsNs }) => [easternTimeOf(firstTsNs).date, easternTimeOf(lastTsNs).date]),
  );
  const timeText = (tsNs: bigint): string => {
    const { date, time } = easternTimeOf(tsNs);
    return dates.size === 1 ? time : `${date.slice(5)} ${time.slice(0, 8)}`;
  };
  const rows = new Table({
    head: [
      "underlying",
      "expiry",
      "trades",
      "contracts",
      "premium $",
      "calls",
      "puts",
      "first ET",
      "last ET",
      "trades/s",
    ],
    colAligns: ["left", "left", "right", "right", "right", "right", "right", "right", "right", "right"],
    chars: { ...NO_BORDERS, middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  for (const sums of expirations) {
    rows.push([
      sums.underlying,
      sums.expiration,
      integer(sums.trades),
      integer(sums.contracts),
      integer(premiumUsd(sums.premiumMicros, CONTRACT_MULTIPLIER)),
      integer(sums.callContracts),
      integer(sums.putContracts),
      timeText(sums.firstTsNs),
      timeText(sums.lastTsNs),
      tradesPerSec(sums)?.toFixed(2) ?? "-",
    ]);
  }
  const sorted = [...dates].sort();
  const [first, last] = [sorted.at(0), sorted.at(-1)];
  const days = first === last ? first : `${first} to ${last}`;
  return `Option trades of ${days}, times are US Eastern (ET), calls and puts in contracts\n\n${rows.toString()}`;
}

function nothingLine({ counters, results }: ReplayReport): string {
  const { frames = 0, invalid = 0, trades = 0, quotes = 0, values = 0, statuses = 0, other = 0 } = counters;
  const title = `Nothing to show: ${integer(frames)} ${frames === 1 ? "frame" : "frames"}`;
  if (frames === 0) return title;
  if (results.optionTrades > 0) {
    return `${title}, none of the option trades counts (${integer(results.optionTrades)} duplicates, late reports, cancels)`;
  }
  const found = [
    ["refused", invalid],
    ["stock trades", trades],
    ["quotes", quotes],
    ["values", values],
    ["statuses", statuses],
    ["other events", other],
  ] as const;
  const counts = found.filter(([, count]) => count > 0).map(([name, count]) => `${name} ${integer(count)}`);
  return `${title}, none held an option trade${counts.length === 0 ? "" : ` (${counts.join(", ")})`}`;
}

function gapList(gaps: GapSummary): string {
  if (gaps.count === 0) return "";
  const causes = [...gaps.byCause()].map(([cause, count]) => `${cause} ${integer(count)}`);
  const refused = gaps.countOf("quarantine");
  const title = `Gaps: ${integer(gaps.count)} (${causes.join(", ")})`;
  const listed = list(title, gaps.samples().map(gapLine), gaps.count - refused);
  return refused === 0 ? listed : `${listed}\n  those of quarantine are under Refused`;
}

function refusedList(quarantine: QuarantineSummary): string {
  if (quarantine.count === 0) return "";
  return list(`Refused: ${integer(quarantine.count)}`, quarantine.samples().map(refusalLine), quarantine.count);
}

/** A title, a few of `count` things, and how many there are besides. */
function list(title: string, texts: readonly string[], count: number): string {
  const lines = texts.slice(0, LISTED).map((text) => shortenedText(printable(text), MAX_LINE));
  if (count > lines.length) lines.push(`and ${integer(count - lines.length)} more`);
  return [title, ...lines].join("\n  ");
}

function gapLine({ connection, fromAtMs, toAtMs, cause, scope, instruments }: Gap): string {
  const lasted =
    fromAtMs === undefined || toAtMs === undefined ? "" : ` (${((toAtMs - fromAtMs) / 1_000).toFixed(3)} s)`;
  const what = instruments === undefined ? scope : `${integer(instruments.length)} instruments`;
  return `${connection} ${cause}, ${what}: ${receiptText(fromAtMs)} to ${receiptText(toAtMs)}${lasted}`;
}

function receiptText(atMs: number | undefined): string {
  if (atMs === undefined) return "unknown";
  const { date, time } = easternTime(atMs);
  return `${date} ${time} ET`;
}

function refusalLine({ src, reason, path, value }: QuarantineRecord): string {
  const where = path === "" ? src : `${src} ${path}`;
  const shown = shortenedValue(value, MAX_VALUE);
  const rule = /^Cannot parse .*?: (?:it|'.*?') (must be .*), current value is /s.exec(reason)?.[1];
  return rule === undefined ? `${where}: ${reason}` : `${where}: ${shown} ${rule}`;
}

function partialLine(stoppedBy: StoppedBy): string {
  const why = stoppedBy === "signal" ? "it was interrupted" : "of the error below";
  return `Partial: the replay ended before its recording because ${why}`;
}

function totals({ counters, elapsedMs }: ReplayReport): readonly string[] {
  const { frames = 0, events = 0, trades = 0, quotes = 0, values = 0 } = counters;
  const counts: readonly (readonly [string, number | undefined])[] = [
    ["frames", frames],
    ["events", events],
    ["rows", trades + quotes + values],
    ["trades", trades],
    ["quotes", quotes],
    ["invalid", counters.invalid],
    ["duplicates", counters.duplicates],
    ["late", counters.late],
    ["late reports", counters.late_reports],
    ["cancels", counters.cancels],
    ["gaps", counters.gaps],
    // Only a recording that holds entries twice has any; then nobody should have to guess where they went.
    ...(counters.repeated ? [["repeated entries", counters.repeated] as const] : []),
    ["events/s", elapsedMs > 0 ? events / (elapsedMs / 1_000) : 0],
  ];
  return counts.map(([name, count]) => `${name} ${integer(count ?? 0)}`);
}

/** Items on one line, or on as many as they need. */
function wrapped(items: readonly string[], columns: number | undefined): string {
  const lines: string[] = [];
  let line = "";
  for (const item of items) {
    const longer = line === "" ? item : `${line} | ${item}`;
    if (columns !== undefined && line !== "" && longer.length > columns) {
      lines.push(line);
      line = item;
    } else {
      line = longer;
    }
  }
  return [...lines, line].join("\n");
}

const INTEGER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

function integer(value: number): string {
  return INTEGER.format(value);
}
