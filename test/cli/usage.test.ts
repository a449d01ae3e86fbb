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
    [["replay", "--from-redis", "redis://h", CAPTURE], "'--from-redis' cannot be used with a file"],
    [["replay", CAPTURE, "--prefix", "x:"], "option '--prefix' needs option '--redis'"],
    [["replay", CAPTURE, "--into-live"], "option '--into-live' needs option '--redis'"],
    [["replay", CAPTURE, "--from-prefix", "x:"], "option '--from-prefix' needs option '--from-redis'"],
    [["replay", CAPTURE, "--to-file", "x"], "option '--to-file' needs option '--from-redis'"],
    [["replay", CAPTURE, "--stream", "massive:ws:stream"], "option '--stream' needs option '--from-redis'"],
    [
      ["replay", "--from-redis", "redis://h", "--stream", "epoch:dirty"],
      "Allowed choices are massive:ws:stream, massive",
    ],
    [
      ["replay", "--from-redis", "redis://h", "--stream", "massive:spot:stream", "--strict"],
      "'--strict' cannot be used with massive:spot:stream, which holds no frames",
    ],
    [
      ["replay", "--from-redis", "redis://h", "--stream", "massive:spot:stream", "--class", "indices"],
      "'--class' cannot be used with massive:spot:stream",
    ],
    [
      ["replay", "--from-redis", "redis://h", "--to-file", "x", "--redis", "redis://i"],
      "'--redis' cannot be used with",
    ],
    [["replay", "--from-redis", "redis://h", "--to-file", "x", "--from", "5"], "'--from' cannot be used with"],
    [["replay", CAPTURE, "--redis"], "option '--redis <url>' argument missing"],
    [["inspect", "--redis", "http://h"], "option '--redis' is no URL of a Redis"],
    [["chain", "force", "SPX", "--redis", "h:6379"], "the URL must be redis://"],
    [["replay", CAPTURE, "--redis", "redis://h/x"], "option '--redis' is no URL of a Redis"],
    [["replay", "--from-redis", "rediss:/"], "option '--from-redis' is no URL of a Redis"],
    [["inspect"], "required option '--redis <url>' not specified"],
    [["inspect", "--redis", "redis://h", "--watch", "0.09"], "a number of seconds from 0.1 to 86400"],
    [["inspect", "--redis", "redis://h", "--watch", "soon"], "a number of seconds from 0.1 to 86400"],
    [["inspect", "x", "--redis", "redis://h"], "too many arguments"],
    [["chain"], "Usage: strikewire chain"],
    [["chain", "halt"], "unknown command 'halt'"],
    [["chain", "force", "--redis", "redis://h"], "missing required argument 'symbol'"],
    [["chain", "force", "SPX"], "required option '--redis <url>' not specified"],
    [["chain", "force", "SPX", "NDX", "--redis", "redis://h"], "too many arguments"],
    [["chain", "force", "spx", "--redis", "redis://h"], "Allowed is a symbol such as SPX or I:SPX"],
    [["chain", "force", "SPX NDX", "--redis", "redis://h"], "Allowed is a symbol such as SPX or I:SPX"],
    [["simulate"], "required option '--port <port>' not specified"],
    [["simulate", "--port", "70000"], "a whole number from 0 to 65535"],
    [["simulate", "--port", "0", "--rate", "0"], "a number from 1 to 1000000"],
    [["simulate", "--port", "0", "--seed", "0.5"], "a whole number from"],
    [["simulate", "--port", "0", "--random-faults", "soon"], "a number from 0.1 to 86400"],
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

  it.each([["--help"], ["help"], ["replay", "--help"], ["inspect", "--help"], ["chain", "force", "--help"]])(
    "helps on %s",
    async (...args) => {
      const { code, stdout, stderr } = await usage(args);
      expect([code, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("Usage: strikewire");
    },
  );

  it.each([
    ["replay", `$ strikewire replay ${CAPTURE}`],
    ["inspect", "$ strikewire inspect --redis redis://127.0.0.1:6379"],
    ["chain force", "$ strikewire chain force SPX --redis redis://127.0.0.1:6379"],
  ])("gives examples and exit codes of %s, for a terminal of 120 columns", async (command, example) => {
    const { stdout } = await usage([...command.split(" "), "--help"]);
    expect(stdout).toContain(example);
    expect(stdout).toContain("Exit codes: 0 done");
    for (const text of stdout.split("\n")) expect(text.length).toBeLessThanOrEqual(120);
  });

  it("tells its version", async () => {
    expect(await usage(["--version"])).toEqual({ code: 0, stdout: "1.2.3\n", stderr: "" });
  });
});
