import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const readme = readFileSync("README.md", "utf8");
const FOLDER = ".cache/readme";

/** The examples of the README, as they stand there, run against the built package by its own name. */
async function output(language: string, index: number): Promise<string> {
  const blocks = [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))];
  const code = blocks[index]?.[1];
  if (code === undefined) throw new RangeError(`Cannot run an example: the README has no '${language}' block ${index}`);
  const file = `${FOLDER}/example-${index}.ts`;
  writeFileSync(file, code);
  const { stdout } = await run(process.execPath, [file]);
  return stdout;
}

describe("the README", () => {
  beforeAll(() => {
    mkdirSync(FOLDER, { recursive: true });
  });
  afterAll(() => {
    rmSync(FOLDER, { recursive: true });
  });

  it("has a host-service example that runs and prints the windows of SPX", async () => {
    expect(await output("ts", 0)).toMatch(/seconds: 60,\s+prints: \d+/);
  });

  it("has a parsing example that runs and prints a row", async () => {
    expect(await output("ts", 1)).toContain("contract: 'O:SPXW251223P06870000'");
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
