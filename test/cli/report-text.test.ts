import { describe, expect, it } from "vitest";
import type { ReplayReport } from "../../src/cli/replay-report.ts";
import { ReplayResults } from "../../src/cli/replay-results.ts";
import { reportText } from "../../src/cli/report-text.ts";
import { UNCLASSIFIED } from "../../src/domain/flow/print-side.ts";
import type { OptionTrade } from "../../src/domain/market/rows.ts";
import type { Gap } from "../../src/domain/stream/gap.ts";
import type { HydrationStep } from "../../src/ports/hydration-store.ts";
import { SAMPLE_MS } from "../support/entries.ts";
import { optionTrade } from "../support/rows.ts";

const DAY_MS = 86_400_000;

function step(trades: readonly OptionTrade[], change: Partial<HydrationStep> = {}): HydrationStep {
  return {
    prev: "0-0",
    next: "1-0",
    trades: trades.map((trade) => ({ trade, flags: [], side: UNCLASSIFIED, delta: null, cancelsTsNs: undefined })),
    totals: [],
    ledgers: [],
    counters: { frames: 1_200, events: 5_000, trades: 2, quotes: 3, values: 4 },
    gaps: [],
    quarantine: [],
    ...change,
  };
}

function report(committed: HydrationStep, change: Partial<ReplayReport> = {}): ReplayReport {
  const results = new ReplayResults();
  results.add(committed);
  return {
    stoppedBy: undefined,
    tornTail: undefined,
    entries: { recorded: 1_200, repeated: 0, stored: 1_200 },
    hydratedBy: undefined,
    flows: [],
    grids: [],
    levels: [],
    results,
    elapsedMs: 2_000,
    ...change,
  };
}

describe("reportText", () => {
  it("prints one row per underlying and expiration and the totals on the last line", () => {
    const text = reportText(
      report(
        step([
          optionTrade(SAMPLE_MS, { price: 7.7, size: 100 }),
          optionTrade(SAMPLE_MS + 1_250, { right: "C", price: 1, size: 1_000 }),
          optionTrade(SAMPLE_MS, { underlying: "AAPL" }),
        ]),
      ),
    );
    expect(text.split("\n")).toEqual([
      "Option trades of 2025-12-22, times are US Eastern (ET), calls and puts in contracts",
      "",
      "underlying  expiry      trades  contracts  premium $  calls  puts      first ET       last ET  trades/s",
      "AAPL        2025-12-23       1          1        770      0     1  16:00:00.000  16:00:00.000         -",
      "SPX         2025-12-23       2      1,100    177,000  1,000   100  16:00:00.000  16:00:01.250      1.60",
      "",
      "frames 1,200 | events 5,000 | rows 9 | trades 2 | quotes 3 | invalid 0 | duplicates 0 | late 0 | " +
        "late reports 0 | cancels 0 | gaps 0 | events/s 2,500",
      "",
    ]);
  });

  it("gives dates with the times where a capture spans several days", () => {
    const text = reportText(report(step([optionTrade(SAMPLE_MS), optionTrade(SAMPLE_MS + DAY_MS)])));
    expect(text).toContain("Option trades of 2025-12-22 to 2025-12-23,");
    expect(text).toContain("12-22 16:00:00  12-23 16:00:00");
  });

  it("folds the totals where the terminal is narrower than they are", () => {
    const lines = reportText(report(step([])), 60)
      .trimEnd()
      .split("\n")
      .slice(2);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });

  it("lists five gaps and five refusals, and says how many more there are", () => {
    const gaps = Array.from({ length: 7 }, (_, index) => ({
      connection: `options/${index}`,
      fromAtMs: index === 0 ? undefined : SAMPLE_MS,
      toAtMs: SAMPLE_MS + 1_500,
      cause: "disconnect" as const,
      scope: "all" as const,
      instruments: index === 1 ? ["A", "B"] : undefined,
    }));
    const quarantine = Array.from({ length: 6 }, (_, index) => ({
      receivedAtMs: SAMPLE_MS,
      reason: `wrong \u001b[31m${"x".repeat(200)}`,
      path: "p",
      value: "",
      payload: "",
      src: `options/0/1/${index}`,
    }));
    const refusedGap: Gap = {
      connection: "options/9",
      fromAtMs: SAMPLE_MS,
      toAtMs: SAMPLE_MS,
      cause: "quarantine",
      scope: "all",
      instruments: undefined,
    };
    const lines = reportText(report(step([], { gaps: [refusedGap, ...gaps], quarantine }))).split("\n");
    expect(lines).toContain("Gaps: 8 (disconnect 7, quarantine 1)");
    expect(lines).toContain("  options/0 disconnect, all: unknown to 2025-12-22 16:00:01.500 ET");
    expect(lines).toContain(
      "  options/1 disconnect, 2 instruments: 2025-12-22 16:00:00.000 ET to 2025-12-22 16:00:01.500 ET (1.500 s)",
    );
    expect(lines).toContain("  and 2 more");
    expect(lines).toContain("  those of quarantine are under Refused");
    expect(lines).toContain("Refused: 6");
    expect(lines).toContain("  and 1 more");
    expect(lines.filter((line) => line.startsWith("  options/"))).toHaveLength(10);
    expect(lines.some((line) => line.includes("options/0/1/0 p: wrong \\u001b[31mxxx"))).toBe(true);
    for (const line of lines.slice(0, -2)) expect(line.length).toBeLessThanOrEqual(120);
  });

  it("counts the gaps that it no longer holds", () => {
    const gaps = Array.from({ length: 1_499 }, (_, index): Gap => {
      return {
        connection: "options/0",
        fromAtMs: SAMPLE_MS + index,
        toAtMs: SAMPLE_MS + index,
        cause: "disconnect",
        scope: "all",
        instruments: undefined,
      };
    });
    const text = reportText(report(step([], { gaps })));
    expect(text).toContain("Gaps: 1,499 (disconnect 1,499)\n");
    expect(text).toContain("\n  and 1,494 more\n");
    expect(text).not.toContain("under Refused");
  });

  it("cuts a long value between two of its characters", () => {
    const quarantine = [
      {
        receivedAtMs: SAMPLE_MS,
        reason: "Cannot parse the payload: it must be JSON, current value is x",
        path: "",
        value: JSON.stringify('[{"ev":"Q","sym":"O:QQQ251223P00616000","bp":1}'),
        payload: "",
        src: "options/0/1/7",
      },
    ];
    expect(reportText(report(step([], { quarantine })))).toContain(
      '  options/0/1/7: "[{\\"ev\\":\\"Q\\",\\"sym\\":\\"O:QQQ251223P00616000..." must be JSON\n',
    );
  });

  it.each([
    [{ frames: 0 }, [], "Nothing to show: 0 frames"],
    [{ frames: 1 }, [], "Nothing to show: 1 frame, none held an option trade"],
    [
      { frames: 1_200, invalid: 1_000, trades: 1, quotes: 2, values: 3, statuses: 4, other: 5 },
      [],
      "Nothing to show: 1,200 frames, none held an option trade " +
        "(refused 1,000, stock trades 1, quotes 2, values 3, statuses 4, other events 5)",
    ],
    [
      { frames: 2, trades: 1 },
      [optionTrade(SAMPLE_MS)],
      "Nothing to show: 2 frames, none of the option trades counts (1 duplicates, late reports, cancels)",
    ],
  ])("says of %j what was found where there is nothing to show", (counters, trades, line) => {
    const uncounted = step(trades).trades.map((record) => ({ ...record, flags: ["dup" as const] }));
    expect(reportText(report(step([], { trades: uncounted, counters }))).split("\n")[0]).toBe(line);
  });

  it("says when it is not the whole recording", () => {
    expect(reportText(report(step([]), { stoppedBy: "signal" }))).toContain("Partial: ");
    expect(reportText(report(step([]), { stoppedBy: "fault" }))).toContain("because of the error below");
    expect(reportText(report(step([]), { tornTail: { line: 9, text: '{"ts"' } }))).toContain(
      "Torn tail: line 9 ends after 5 characters and was left out",
    );
    expect(reportText(report(step([])))).not.toMatch(/Partial|Torn/);
  });

  it("has no control characters but line feeds", () => {
    const text = reportText(report(step([optionTrade(SAMPLE_MS)])));
    expect(text.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });
});

describe("levels", () => {
  const level = {
    ...{ symbol: "SPX", asOfMs: SAMPLE_MS + 2_000, chainReceivedAtMs: SAMPLE_MS, spotPts: 6_882.5 },
    ...{ exposures: null, cheapestButterfly: null },
  };

  it("stand between the table and the gaps, with what is missing as a dash", () => {
    const lines = reportText(report(step([optionTrade(SAMPLE_MS)]), { levels: [level] })).split("\n");
    const place = lines.findIndex((line) => line.startsWith("Levels at 16:00:02 ET, of chains of 16:00:00"));
    expect(place).toBeGreaterThan(3);
    expect(lines[place + 2]).toMatch(/^underlying +spot +net GEX/);
    expect(lines[place + 3]).toMatch(/^SPX +6,882\.50 +- +- +- +- +- +-$/);
  });

  it("are not there without chains", () => {
    expect(reportText(report(step([optionTrade(SAMPLE_MS)])))).not.toContain("Levels");
  });
});
