import { CONTRACT_MULTIPLIER, premiumUsd } from "../domain/flow/multiplier.ts";
import { easternTimeOf } from "./eastern-time.ts";
import { type ExpirationSums, tradesPerSec } from "./expiration-tally.ts";
import { gapFields } from "./gap-fields.ts";
import type { GapSummary } from "./gap-summary.ts";
import { integer } from "./integer-text.ts";
import { levelsText } from "./levels/levels-text.ts";
import { gapLine, refusalLine } from "./loss-lines.ts";
import { plainTable } from "./plain-table.ts";
import { printable } from "./printable.ts";
import type { QuarantineSummary } from "./quarantine-summary.ts";
import type { ReplayReport } from "./replay-report.ts";
import { alreadyLine, list, partialLine } from "./report-blocks.ts";
import { wrapped } from "./wrapped-items.ts";

const COLUMNS = [
  "underlying",
  "expiry",
  ">trades",
  ">contracts",
  ">premium $",
  ">calls",
  ">puts",
  ">first ET",
  ">last ET",
  ">trades/s",
];

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
    expirations.length > 0 ? table(expirations) : isOfNothing(report) ? "" : nothingLine(report),
    levelsText(report.levels),
    gapList(results.gaps),
    refusedList(results.quarantine),
    tornTail === undefined
      ? ""
      : `Torn tail: line ${tornTail.line} ends after ${tornTail.text.length} characters and was left out`,
    alreadyLine(report.entries),
    elsewhereLine(report),
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
  const rows: string[][] = [];
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
  return `Option trades of ${days}, times are US Eastern (ET), calls and puts in contracts\n\n${plainTable(COLUMNS, rows)}`;
}

/** Whether everything was hydrated before, or by somebody else. */
function isOfNothing({ entries, hydratedBy, results }: ReplayReport): boolean {
  return (results.counters.seen ?? 0) === 0 && (entries.stored < entries.recorded || hydratedBy !== undefined);
}

function nothingLine({ results }: ReplayReport): string {
  const { frames = 0, invalid = 0, trades = 0, quotes = 0, values = 0, statuses = 0, other = 0 } = results.counters;
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
  const listed = list(
    title,
    gaps.samples().map((gap) => gapLine(gapFields(gap))),
    gaps.count - refused,
  );
  return refused === 0 ? listed : `${listed}\n  those of quarantine are under Refused`;
}

function refusedList(quarantine: QuarantineSummary): string {
  if (quarantine.count === 0) return "";
  return list(`Refused: ${integer(quarantine.count)}`, quarantine.samples().map(refusalLine), quarantine.count);
}

function elsewhereLine({ hydratedBy }: ReplayReport): string {
  if (hydratedBy === undefined) return "";
  return `Hydrated by ${printable(hydratedBy)}: what it made of the entries is in the store, and not in this report`;
}

function totals({ results: { counters }, elapsedMs }: ReplayReport): readonly string[] {
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
