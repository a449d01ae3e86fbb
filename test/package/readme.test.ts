import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { exampleOutput } from "./readme-example.ts";

const run = promisify(execFile);
const readme = readFileSync("README.md", "utf8");
describe("the README", () => {
  it("has a host-service example that runs and prints the windows of SPX", async () => {
    expect(await exampleOutput("new ReplayWorker({ ...memory")).toMatch(/seconds: 60,\s+prints: \d+/);
  });

  it("has an example of pure functions that runs and prints what they are worth", async () => {
    const output = await exampleOutput("blackScholesGreeks(");
    const volatility =
      /^120 4\.06 0\.376 -35\.70\n\{ ok: true, sigma: ([\d.]+) \} \{ ok: false, reason: 'below_intrinsic' \}\n$/;
    expect(output).toMatch(volatility);
    expect(Number(volatility.exec(output)?.[1])).toBeCloseTo(0.1486, 4);
  });

  it("shows the output of the first command as it is, the speed apart", async () => {
    const { stdout } = await run(process.execPath, ["dist/cli/main.js", "replay", "captures/synthetic.jsonl"]);
    const shown = /```text\n([\s\S]*?)```/.exec(readme)?.[1]?.trim().split("\n") ?? [];
    const lines = stdout.trim().split("\n");
    const printed = lines.map((line) => line.replace(/events\/s [\d,]+/, "events/s N").trimEnd());
    let from = 0;
    expect(shown.length).toBeGreaterThan(10);
    for (const line of shown.map((text) => text.replace(/events\/s [\d,]+/, "events/s N").trimEnd())) {
      if (line.trim() === "…") continue;
      const found = printed.indexOf(line, from);
      expect(found, `"${line}" must be printed, in this order`).toBeGreaterThanOrEqual(from);
      from = found + 1;
    }
  });
});

describe("the pages that the README leads to", () => {
  const inPage = (page: string, phrase: string) => exampleOutput(phrase, (code) => code, page);

  it("have a parsing example that runs and prints the row that is shown", async () => {
    const output = await inPage("docs/host-service.md", "parsePayload(");
    expect(output).toContain("contract: 'O:SPXW251223P06870000'");
    // It is shown below the example.
    expect(readFileSync("docs/host-service.md", "utf8")).toContain(`\n\n\`\`\`text\n${output}\`\`\`\n`);
  });

  it("have a simulator example that runs, ends and prints its sums", async () => {
    const output = await inPage("docs/simulator.md", "simulator.inject(");
    expect(output).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/options\n/);
    expect(output).toContain("slowConsumer: 0");
  });

  it("have an example of models that runs, ends, and prints levels", async () => {
    const output = await inPage("docs/host-service.md", "new ModelBuilder(config, memory, here)");
    expect(output).toMatch(/^(live|stale) spot [\d.]+ of \d+ contracts\n/);
    expect(output).toMatch(/call wall \d+ put wall \d+/);
  });

  it("have a unit-test example that runs without a socket", async () => {
    const output = await inPage("docs/host-service.md", "new MemoryFeed({ clock })");
    expect(output).toMatch(/^T\.\*\n/);
    expect(output).toContain("contract: 'O:SPXW251223P06870000'");
    expect(output).toMatch(/\ndisconnect\n$/);
  });
});
