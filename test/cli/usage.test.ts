import { describe, expect, it, vi } from "vitest";
import { run } from "../../src/cli/run.ts";

const CAPTURE = "captures/synthetic.jsonl";

/** What a command line says and ends with, in this process. */
async function usage(args: readonly string[]) {
  let stdout = "";
  let stderr = "";
  const out = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const err = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += text;
    return true;
  });
  try {
    const code = await run(["node", "strikewire", ...args], "1.2.3");
    return { code, stdout, stderr };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

describe("strikewire on usage", () => {
  it.each([
    [["replay"], "missing required argument 'file'"],
    [["replay", "a", "b"], "too many arguments"],
    [["replay", CAPTURE, "--fast"], "unknown option '--fast'"],
    [["replay", CAPTURE, "--speed", "fast"], "a number above 0 followed by x"],
    [["replay", CAPTURE, "--from", "2025-12-22"], "ISO 8601 instant with its zone"],
    [["replay", CAPTURE, "--to", "2025-12-22T16:00:00"], "ISO 8601 instant with its zone"],
    [["replay", CAPTURE, "--from", "2000", "--to", "2000"], "'--to' must be later than '--from'"],
    [["replay", CAPTURE, "--class", "futures"], "Allowed choices are options, stocks, indices"],
    [["rewind"], "unknown command 'rewind'"],
    [[], "Usage: strikewire"],
  ])("answers %j with exit code 2 and what is wrong", async (args, message) => {
    const { code, stdout, stderr } = await usage(args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });

  it("points to the help of the command that was meant", async () => {
    expect((await usage(["replay", CAPTURE, "--fast"])).stderr).toContain(
      "(strikewire replay --help says what is there)",
    );
    expect((await usage(["rewind"])).stderr).toContain("(strikewire --help says what is there)");
  });

  it.each([["--help"], ["help"], ["replay", "--help"]])("helps on %s", async (...args) => {
    const { code, stdout, stderr } = await usage(args);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("Usage: strikewire");
  });

  it("gives examples and exit codes, for a terminal of 120 columns", async () => {
    const { stdout } = await usage(["replay", "--help"]);
    expect(stdout).toContain(`$ strikewire replay ${CAPTURE}`);
    expect(stdout).toContain("Exit codes: 0 done");
    for (const text of stdout.split("\n")) expect(text.length).toBeLessThanOrEqual(120);
  });

  it("tells its version", async () => {
    expect(await usage(["--version"])).toEqual({ code: 0, stdout: "1.2.3\n", stderr: "" });
  });
});
