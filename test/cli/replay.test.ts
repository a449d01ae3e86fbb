import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { runCli, startCli } from "../support/cli-process.ts";
import { quoteEvent, SAMPLE_MS, tradeEvent } from "../support/entries.ts";

const BUNDLED = "captures/synthetic.jsonl";
const folder = mkdtempSync(join(tmpdir(), "cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

function line(atMs: number, events: readonly object[] | string): string {
  const payload = typeof events === "string" ? events : JSON.stringify(events);
  return `${JSON.stringify({ ts: atMs / 1e3, payload })}\n`;
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const LINES = [
  line(SAMPLE_MS + 10, [tradeEvent(SAMPLE_MS, { p: 7.7, s: 100 }), quoteEvent(SAMPLE_MS)]),
  line(SAMPLE_MS + 1_010, [tradeEvent(SAMPLE_MS + 1_000, { sym: "O:SPXW251223C06900000", p: 1, s: 50 })]),
  line(SAMPLE_MS + 2_010, [tradeEvent(SAMPLE_MS + 2_000, { p: "7.7" }), tradeEvent(SAMPLE_MS + 2_000, { s: 1 })]),
  line(SAMPLE_MS + 3_010, [tradeEvent(SAMPLE_MS + 3_000, { sym: "O:AAPL260116C00200000", p: 2.5, s: 4 })]),
];
/** Of the one connection in it: when its first frame came. */
const EPOCH = SAMPLE_MS + 10;
const SMALL = file("small.jsonl", LINES.join(""));

async function json(args: readonly string[], input?: string | Uint8Array) {
  const { stdout, code } = await runCli(["replay", ...args, "--json"], input);
  return { code, document: JSON.parse(stdout) };
}

describe.concurrent("strikewire replay", () => {
  it("prints what was traded, and nothing else anywhere", async () => {
    const { code, stdout, stderr } = await runCli(["replay", SMALL], "", { FORCE_COLOR: "1" });
    expect(code).toBe(0);
    expect(stderr).toBe("");
    const lines = stdout.split("\n");
    expect(lines.slice(0, 5)).toEqual([
      "Option trades of 2025-12-22, times are US Eastern (ET), calls and puts in contracts",
      "",
      "underlying  expiry      trades  contracts  premium $  calls  puts      first ET       last ET  trades/s",
      "AAPL        2026-01-16       1          4      1,000      4     0  16:00:03.000  16:00:03.000         -",
      "SPX         2025-12-23       3        151     82,770     50   101  16:00:00.000  16:00:02.000      1.50",
    ]);
    expect(stdout).toContain(`Refused: 1\n  options/0/${EPOCH}/3 [0].p: "7.7" must be a number`);
    expect(lines.at(-2)).toMatch(
      /^frames 4 \| events 6 \| rows 5 \| trades 4 \| quotes 1 \| invalid 1 \|.*\| events\/s /,
    );
    expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  it("prints one JSON document with what was traded, refused and how it stands at the end", async () => {
    const { document } = await json([SMALL]);
    expect(document).toMatchObject({
      schema_version: 1,
      complete: true,
      stopped_by: null,
      torn_tail: null,
      counters: { frames: 4, events: 6, trades: 4, quotes: 1, invalid: 1, late: 0 },
      gaps: { count: 1, by_cause: { quarantine: 1 }, samples: [] },
      quarantine: {
        count: 1,
        reasons: [{ count: 1 }],
        samples: [{ src: `options/0/${EPOCH}/3`, path: "[0].p", value: '"7.7"' }],
      },
    });
    expect(document.expirations[1]).toEqual({
      underlying: "SPX",
      expiration: "2025-12-23",
      trades: 3,
      contracts: 151,
      premium_usd: 82_770,
      call_contracts: 50,
      put_contracts: 101,
      first_ns: `${SAMPLE_MS}000000`,
      last_ns: `${SAMPLE_MS + 2_000}000000`,
      trades_per_sec: 1.5,
    });
    // Both as of the last event of the feed, although SPX traded a second before.
    expect(document.flows.map((flow: { as_of_ns: string }) => flow.as_of_ns)).toEqual(
      Array(2).fill(`${SAMPLE_MS + 3_000}000000`),
    );
    expect(document.flows[1].windows.map((window: { prints: number }) => window.prints)).toEqual([0, 3, 3]);
    expect(document.grids.map((grid: { cells: unknown[] }) => grid.cells.length)).toEqual([1, 2]);
  });

  it("prints the same JSON, byte for byte, for every run, speed and way to the same frames", async () => {
    const bytes = readFileSync(BUNDLED);
    const zipped = file("bundled.jsonl.gz", gzipSync(bytes));
    file("bundled.chain.jsonl", readFileSync(BUNDLED.replace(/\.jsonl$/, ".chain.jsonl")));
    const withChains = await Promise.all([
      runCli(["replay", BUNDLED, "--json"]),
      runCli(["replay", BUNDLED, "--json", "--speed", "1000x"]),
      runCli(["replay", zipped, "--json"]),
    ]);
    // There is no file beside standard input, so neither levels nor deltas of chains.
    const withoutChains = await Promise.all([
      runCli(["replay", "-", "--json"], bytes),
      runCli(["replay", file("alone.jsonl", bytes), "--json"]),
    ]);
    for (const runs of [withChains, withoutChains]) {
      expect(runs[0]?.stdout.length).toBeGreaterThan(10_000);
      for (const [index, { code, stdout }] of runs.entries()) {
        expect(code).toBe(0);
        expect(stdout === runs[0]?.stdout, `run ${index}`).toBe(true);
      }
    }
  });

  it("tells the levels of the chains beside the bundled capture", async () => {
    const { stdout } = await runCli(["replay", BUNDLED, "--json"]);
    const { levels } = JSON.parse(stdout);
    expect(levels.map(({ symbol }: { symbol: string }) => symbol).sort()).toEqual(["IWM", "NDX", "QQQ", "SPX", "SPY"]);
    for (const level of levels) {
      expect(level).toMatchObject({ basis: "open_interest", sign_model: "naive", flip_status: "resolved" });
      expect(level.as_of_ms).toBeGreaterThanOrEqual(level.chain_received_ms);
      for (const wall of Object.values<{ strike_pts: number } | null>(level.walls)) {
        expect(Math.abs((wall?.strike_pts ?? 0) / level.spot_pts - 1), level.symbol).toBeLessThan(0.021);
      }
      expect(level.cheapest_butterfly.mid_pts).toBeGreaterThan(0);
      expect(Math.abs(level.flip.level_pts / level.spot_pts - 1)).toBeLessThan(0.1);
    }
    // Quotes that were replayed are in it: some are newer than the chain.
    expect(
      levels.some((level: { cheapest_butterfly: { newest_quote_t: number }; chain_received_ms: number }) => {
        return level.cheapest_butterfly.newest_quote_t > level.chain_received_ms;
      }),
    ).toBe(true);
    const text = (await runCli(["replay", BUNDLED])).stdout;
    expect(text).toMatch(
      /^Levels at 16:11:08 ET, of chains of 16:11:00 and quotes since, as if dealers were long calls and short puts$/m,
    );
    expect(text).toMatch(
      /^SPX +6,8[\d.]+ +-?[\d,]+ +6,\d{3} +6,\d{3} +6,[\d.]+ +SPXW 12-2\d [CP] 6\d{3} \+-\d+: \d+\.\d\d +\d+\.\d %$/m,
    );
  });

  it("ends with the line of recorded chains that is none", async () => {
    const capture = file("odd.jsonl", readFileSync(BUNDLED));
    file("odd.chain.jsonl", Buffer.from('{"ts":1766437860,"underlying":"I:SPX"}\n'));
    const { code, stderr } = await runCli(["replay", capture]);
    expect(code).toBe(1);
    expect(stderr).toContain("odd.chain.jsonl, line 1: 'payload' must be a string, current value is undefined");
  });

  it("finds in the bundled capture what was put into it", async () => {
    const truth = JSON.parse(readFileSync("captures/synthetic.truth.json", "utf8"));
    const { document } = await json([BUNDLED]);
    const { frames, events, trades, quotes, statuses, duplicates } = truth;
    expect(document.counters).toMatchObject({ frames, events, trades, quotes, statuses, duplicates });
    const counted: Record<string, Record<string, object>> = {};
    for (const { underlying, expiration, trades: prints, contracts, premium_usd } of document.expirations) {
      counted[underlying] ??= {};
      const premiumMicropoints = String(Math.round(premium_usd * 1e4));
      Object.assign(counted[underlying], { [expiration]: { prints, contracts, premiumMicropoints } });
    }
    expect(counted).toEqual(truth.counted);
  });

  it("replays a part of the recording", async () => {
    const from = new Date(SAMPLE_MS + 1_010).toISOString();
    const { document } = await json([SMALL, "--from", from, "--to", String(SAMPLE_MS + 3_010)]);
    expect(document.counters.frames).toBe(2);
    expect(document.expirations).toMatchObject([{ underlying: "SPX", trades: 2 }]);
  });

  it("says what is missing where the recording reconnects", async () => {
    const status = (name: string) => [{ ev: "status", status: name, message: "" }];
    const capture = [
      line(1_000_000, status("connected")),
      line(2_000_000, status("success")),
      line(3_000_000, status("connected")),
      line(4_000_000, status("success")),
    ];
    const { document } = await json(["-"], capture.join(""));
    expect(document.gaps).toEqual({
      count: 1,
      by_cause: { disconnect: 1 },
      samples: [
        { connection: "options/0", from_ms: 2e6, to_ms: 4e6, cause: "disconnect", scope: "all", instruments: null },
      ],
    });
  });

  it("counts every gap, also where it no longer lists them", async () => {
    const frames = Array.from({ length: 1_500 }, (_, index) => {
      return line(SAMPLE_MS + index * 1_000, [
        { ev: "status", status: "connected", message: "" },
        { ev: "status", status: "success", message: "" },
      ]);
    });
    const capture = frames.join("");
    const [text, { document }] = await Promise.all([runCli(["replay", "-"], capture), json(["-"], capture)]);
    expect(document.counters.gaps).toBe(1_499);
    expect(document.gaps).toMatchObject({ count: 1_499, by_cause: { disconnect: 1_499 } });
    expect(document.gaps.samples).toHaveLength(1_000);
    expect(text.stdout).toContain("Gaps: 1,499 (disconnect 1,499)\n");
    expect(text.stdout).toContain("| gaps 1,499 |");
  });

  it("names frames without a place after their class", async () => {
    const { document } = await json(["-", "--class", "indices"], "[7]\n");
    expect(document.quarantine.samples[0].src).toBe("indices/0/1/1");
  });

  it("has nothing to say about an empty recording", async () => {
    const { code, stdout } = await runCli(["replay", "-"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Nothing to show: 0 frames\n\nframes 0 /);
  });
});

describe.concurrent("strikewire replay of what is no recording", () => {
  it("says what it found, and fails", async () => {
    const { code, stdout, stderr } = await runCli(["replay", "captures/synthetic.truth.json"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^strikewire: Cannot replay the recording: it must hold frames of the provider, one a line, and all \d+ .* refused\n$/,
    );
    expect(stdout).toMatch(/^Nothing to show: ([\d,]+) frames, none held an option trade \(refused \1\)\n/);
  });
});

describe.concurrent("strikewire replay --strict", () => {
  it("ends at the first invalid frame, with its line, event, field and value", async () => {
    const { code, stdout, stderr } = await runCli(["replay", SMALL, "--strict", "--json"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^strikewire: Cannot parse event 0: 'p' must be .*, current value is "7.7" \(line 3\)\n$/);
    expect(JSON.parse(stdout)).toMatchObject({
      complete: false,
      stopped_by: "fault",
      counters: { frames: 3, invalid: 1 },
      quarantine: { count: 1, samples: [{ src: `options/0/${EPOCH}/3`, path: "[0].p" }] },
    });
  });

  it("writes the invalid frame to the quarantine, and none after it", async () => {
    const path = join(folder, "strict.jsonl");
    const capture = [...LINES.slice(0, 3), line(SAMPLE_MS + 3_000, "junk")].join("");
    const { code, stdout, stderr } = await runCli(["replay", "-", "--strict", "--quarantine", path], capture);
    expect(code).toBe(1);
    expect(stderr).toMatch(/\(line 3\)\n$/);
    expect(stdout).toContain(`Refused: 1\n  options/0/${EPOCH}/3 [0].p: "7.7" must be`);
    expect(stdout).toContain("| invalid 1 |");
    const refused = readFileSync(path, "utf8").split("\n");
    expect(refused).toHaveLength(2);
    expect(JSON.parse(refused[0] ?? "")).toMatchObject({
      path: "[0].p",
      value: '"7.7"',
      ts: (SAMPLE_MS + 2_010) / 1e3,
    });
  });

  it("reports also where the first frame is the invalid one", async () => {
    const { code, stdout, stderr } = await runCli(["replay", "-", "--strict"], "junk\n");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^Nothing to show: 1 frame, none held an option trade \(refused 1\)\n/);
    expect(stderr).toMatch(/^strikewire: Cannot parse the payload: .* current value is "junk" \(line 1\)\n$/);
  });

  it("does not look at frames that are not replayed", async () => {
    const { code } = await runCli(["replay", SMALL, "--strict", "--to", String(SAMPLE_MS + 2_010)]);
    expect(code).toBe(0);
  });

  it("accepts a recording without fault", async () => {
    expect((await runCli(["replay", "-", "--strict"], LINES.slice(0, 2).join(""))).code).toBe(0);
  });
});

describe.concurrent("strikewire replay --quarantine", () => {
  it("writes every refusal, whatever the number", async () => {
    const path = join(folder, "refused.jsonl");
    const frames = Array.from({ length: 12_000 }, (_, index) => line(SAMPLE_MS + index, `junk ${index}`));
    await runCli(["replay", "-", "--quarantine", path], frames.join(""));
    const refused = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(refused).toHaveLength(12_000);
    for (const [index, text] of refused.entries()) {
      expect(JSON.parse(text)).toMatchObject({
        ts: (SAMPLE_MS + index) / 1e3,
        payload: `junk ${index}`,
        src: `options/0/${SAMPLE_MS}/${index + 1}`,
        path: "",
      });
    }
  });

  it("refuses to write over the recording", async () => {
    const path = file("precious.jsonl", LINES.join(""));
    const { code, stderr } = await runCli(["replay", path, "--quarantine", `${folder}/./precious.jsonl`]);
    expect(code).toBe(2);
    expect(stderr).toContain("must name another file than the recording");
    expect(readFileSync(path, "utf8")).toBe(LINES.join(""));
  });

  it("fails where it cannot write", async () => {
    const { code, stderr } = await runCli(["replay", SMALL, "--quarantine", join(folder, "no", "folder")]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^strikewire: Cannot write the quarantine: .*ENOENT.*\n$/);
  });
});

describe.concurrent("strikewire replay of what is no whole recording", () => {
  it("fails on a file that is not there, in one line", async () => {
    const { code, stdout, stderr } = await runCli(["replay", "nowhere.jsonl"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^strikewire: Cannot open a capture: .*current value is "nowhere.jsonl".*\n$/);
  });

  it("shows where an error came from when asked to", async () => {
    const { stderr } = await runCli(["replay", "nowhere.jsonl", "--verbose"]);
    expect(stderr).toMatch(/\n {4}at /);
  });

  it("leaves out a torn last line, and says so once", async () => {
    const torn = `${LINES.join("")}{"ts":17664`;
    const [text, document] = await Promise.all([runCli(["replay", "-"], torn), json(["-"], torn)]);
    expect(text.code).toBe(0);
    expect(text.stdout).toContain("Torn tail: line 5 ends after 11 characters and was left out");
    expect(text.stderr).toBe("");
    expect(document).toMatchObject({ code: 0, document: { torn_tail: { line: 5, characters: 11 }, complete: true } });
  });

  it("reports what stood before a broken line or a cut, then fails", async () => {
    const zipped = gzipSync(LINES.join(""), { level: 0 });
    const [broken, cut] = await Promise.all([
      runCli(["replay", "-"], `${LINES[0]}{"payload":5}\n${LINES[1]}`),
      runCli(["replay", "-"], zipped.subarray(0, 15 + (LINES[0]?.length ?? 0) + 5)),
    ]);
    for (const { code, stdout } of [broken, cut]) {
      expect(code).toBe(1);
      expect(stdout).toContain("Partial: the replay ended before its recording because of the error below");
      expect(stdout).toContain("frames 1 | events 2 ");
    }
    expect(broken.stderr).toMatch(/^strikewire: .*'payload' must be a string, current value is 5 \(line 2\)\n$/);
    expect(cut.stderr).toMatch(/^strikewire: .*gzip must be whole.*\n$/);
  });
});

describe.concurrent("strikewire when it is stopped", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("ends on %s with the report of what it replayed, and exit code %d", async (signal, exitCode) => {
    const refused = file(`refused-${signal}.jsonl`, "");
    const later = line(SAMPLE_MS + 3_600_000, [tradeEvent(SAMPLE_MS + 3_600_000)]);
    const { child, ended } = startCli(["replay", "-", "--speed", "1x", "--quarantine", refused]);
    // The first frame is worked off while the second waits for its hour, and standard input stays open.
    child.stdin.write(line(SAMPLE_MS, "junk") + later);
    while (readFileSync(refused, "utf8") === "") await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).toEqual([exitCode, ""]);
    expect(stdout).toContain("Partial: the replay ended before its recording because it was interrupted");
    expect(stdout).toContain("frames 1 | ");
  });

  it("ends quietly when nobody reads its output any more", async () => {
    const { child, ended } = startCli(["replay", BUNDLED, "--json"]);
    child.stdout.destroy();
    const { code, signal, stderr } = await ended;
    expect([code, signal, stderr]).toEqual([0, null, ""]);
  });
});

describe.concurrent("strikewire as a process", () => {
  it("ends with exit code 2 on wrong usage", async () => {
    const { code, stdout, stderr } = await runCli(["replay", SMALL, "--speed", "10"]);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("a number above 0 followed by x");
  });

  it("tells its version", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(await runCli(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
  });
});
