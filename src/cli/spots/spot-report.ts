import { SCHEMA_VERSION } from "../../domain/market/batch.ts";
import { easternTime, easternTimeOf } from "../eastern-time.ts";
import { integer } from "../integer-text.ts";
import { plainTable } from "../plain-table.ts";
import { printable } from "../printable.ts";
import { alreadyLine, list, partialLine } from "../report-blocks.ts";
import { wrapped } from "../wrapped-items.ts";
import type { SpotReplayReport } from "./replay-spots.ts";
import type { SpotRefusals, SpotSums } from "./spot-tally.ts";

const COLUMNS = ["symbol", ">values", ">first ET", ">last ET", ">value", ">change", ">change %", ">as of ET"];

/**
 * A replay of spot fetches as one JSON document. `_ms` are receipt times, `_ns` decimal strings of nanoseconds at which a
 * value was true; `value` and `change` are points of an index, dollars of a stock; missing is `null`. `older` counts the
 * values that were older than what stood in the target.
 */
export function spotJson({ stream, stoppedBy, trimmed, tally }: SpotReplayReport): string {
  const document = {
    schema_version: SCHEMA_VERSION,
    complete: stoppedBy === undefined,
    stopped_by: stoppedBy ?? null,
    stream,
    entries: { ...tally.entries, trimmed },
    symbols: tally.sums().map(({ symbol, values, firstMs, lastMs, latest }) => ({
      symbol,
      values,
      first_ms: firstMs,
      last_ms: lastMs,
      value: latest.value,
      change: latest.change,
      change_pct: latest.change_pct,
      as_of_ns: latest.as_of_ns,
      timeframe: latest.timeframe,
    })),
    older: tally.older,
    refused: { count: tally.refused, symbols: tally.refusals() },
  };
  return `${JSON.stringify(document)}\n`;
}

/** The same for people. No control characters. @param columns width of the terminal. */
export function spotText({ stoppedBy, trimmed, tally, elapsedMs }: SpotReplayReport, columns?: number): string {
  const sums = tally.sums();
  const { entries, older, refused } = tally;
  const values = sums.reduce((total, sum) => total + sum.values, 0);
  const blocks = [
    sums.length > 0
      ? table(sums)
      : entries.stored > 0 || entries.recorded === 0
        ? "Nothing to show: no value in the stretch"
        : "",
    refused === 0
      ? ""
      : list(`Refused: ${integer(refused)}`, tally.refusals().map(refusalLine), tally.refusals().length),
    alreadyLine(entries),
    trimmed === 0 ? "" : `Trimmed before they could be read: ${integer(trimmed)} fetches`,
    stoppedBy === undefined ? "" : partialLine(stoppedBy),
    wrapped(
      [
        `fetches ${integer(entries.recorded)}`,
        `values ${integer(values)}`,
        `older ${integer(older)}`,
        `refused ${integer(refused)}`,
        `fetches/s ${integer(elapsedMs > 0 ? entries.recorded / (elapsedMs / 1_000) : 0)}`,
      ],
      columns,
    ),
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function table(sums: readonly SpotSums[]): string {
  const rows = sums.map(({ symbol, values, firstMs, lastMs, latest }) => [
    symbol,
    integer(values),
    shortTime(easternTime(firstMs)),
    shortTime(easternTime(lastMs)),
    `${latest.value}`,
    `${latest.change ?? "-"}`,
    `${latest.change_pct ?? "-"}`,
    shortTime(easternTimeOf(BigInt(latest.as_of_ns))),
  ]);
  return `Spot values by receipt, times are US Eastern (ET)\n\n${plainTable(COLUMNS, rows)}`;
}

function shortTime({ date, time }: { readonly date: string; readonly time: string }): string {
  return `${date.slice(5)} ${time.slice(0, 8)}`;
}

function refusalLine({ symbol, count, reason }: SpotRefusals): string {
  const times = count === 1 ? "once" : `${integer(count)} times`;
  return printable(`${symbol === "" ? "without a symbol" : symbol}, ${times}: ${reason}`);
}
