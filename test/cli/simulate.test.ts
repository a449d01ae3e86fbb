import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LogEntry } from "../../src/simulator/index.ts";
import { TestClient } from "../simulator/server/client.ts";
import { runCli, startCli } from "../support/cli-process.ts";
import { until } from "../support/until.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "strikewire-simulate-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Starts the command and waits until it listens. */
async function simulate(args: readonly string[]) {
  const { child, ended } = startCli(["simulate", "--port", "0", ...args]);
  let stdout = "";
  child.stdout.on("data", (text: string) => {
    stdout += text;
  });
  await until("it listens", () => stdout.includes("\n"));
  const url = /ws:\S+:\d+/.exec(stdout)?.[0] ?? "";
  return { child, ended, url, stdout: () => stdout };
}

describe("strikewire simulate", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("serves until %s, then says goodbye and exits with 0", async (signal) => {
    const { child, ended, url, stdout } = await simulate(["--rate", "5000"]);
    const client = await TestClient.authenticated(`${url}/options`);
    await client.subscribes("T.*");
    await until("data, and a line about it", () => client.events("T").length > 0 && stdout().includes("#1 options"));
    child.kill(signal);
    expect(await client.ends()).toEqual({ code: 1001, reason: "shutdown" });
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    expect(stdout()).toMatch(/\nand for requests at http:\/\/127\.0\.0\.1:\d+\n/);
    expect(stdout()).toMatch(/^Listening at ws:\/\/127\.0\.0\.1:\d+\/\{options,stocks,indices\}\n/);
    expect(stdout()).toMatch(/connected #1 options 1 topics .* \| published\/s [\d,]+ \| sent\/s [\d,]+ \| frames\/s/);
  });

  it("plays a schedule, refuses bad keys and writes its log", async () => {
    const faults = join(folder, "faults.json");
    const log = join(folder, "log.jsonl");
    await writeFile(faults, '[{ "atMs": 1, "fault": { "kind": "skew", "ms": 5 } }]');
    const { child, ended, url } = await simulate([
      "--faults",
      faults,
      "--log",
      log,
      "--bad-key",
      "a",
      "--bad-key",
      "b",
    ]);
    for (const key of ["a", "b"]) {
      const client = new TestClient(`${url}/stocks`);
      await client.hears("connected");
      client.request("auth", key);
      await client.hears("auth_failed");
    }
    child.kill("SIGTERM");
    expect((await ended).code).toBe(0);
    const entries = (await readFile(log, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as LogEntry);
    const kinds = entries.map(({ kind }) => kind);
    expect([kinds[0], kinds.at(-1)]).toEqual(["started", "stopped"]);
    expect(entries).toContainEqual(expect.objectContaining({ kind: "fault", fault: { kind: "skew", ms: 5 } }));
    expect(entries).toContainEqual(
      expect.objectContaining({
        kind: "frame",
        connection: 1,
        frame: 2,
        payload: '[{"ev":"status","status":"auth_failed","message":"authentication failed"}]',
      }),
    );
  });

  it("ends with 1 and a line where it cannot serve", async () => {
    const faults = join(folder, "faults.json");
    await writeFile(faults, '[{"atMs":1,"fault":{"kind":"flood"}}]');
    const wrong = await runCli(["simulate", "--port", "0", "--faults", faults]);
    expect(wrong).toMatchObject({ code: 1, stdout: "" });
    expect(wrong.stderr).toContain("'[0].fault.kind' must be one of refuse, cut");

    const { child, ended, url } = await simulate([]);
    const taken = await runCli(["simulate", "--port", new URL(url).port]);
    expect(taken).toMatchObject({ code: 1, stdout: "" });
    expect(taken.stderr).toContain("'port' must be a free one");
    const unwritable = await runCli(["simulate", "--port", "0", "--log", join(folder, "none", "log")]);
    expect(unwritable.stderr).toContain("Cannot write the log");
    child.kill("SIGINT");
    await ended;
  });
});
