import { spawnSync } from "node:child_process";
import { linkSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isSameFile } from "../../src/cli/same-file.ts";

const folder = mkdtempSync(join(tmpdir(), "same-file-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

describe("isSameFile", () => {
  it("knows a file by all of its names, and nothing that is not there", async () => {
    writeFileSync(path("a"), "same");
    writeFileSync(path("b"), "same");
    linkSync(path("a"), path("hard"));
    symlinkSync(path("a"), path("soft"));
    for (const name of ["a", "./a", "hard", "soft"]) {
      expect(await isSameFile(path("a"), `${folder}/${name}`), name).toBe(true);
    }
    for (const name of ["b", "missing"]) expect(await isSameFile(path("a"), path(name)), name).toBe(false);
    expect(await isSameFile(path("missing"), path("missing"))).toBe(false);
  });

  it("knows the file that standard input was redirected from: a recording is never overwritten", () => {
    writeFileSync(path("feed"), "[]\n");
    const replay = ["src/cli/main.ts", "replay", "-", "--quarantine", path("feed")];
    const { status, stderr } = spawnSync(process.execPath, replay, {
      stdio: [openSync(path("feed"), "r"), "pipe", "pipe"],
    });
    expect(status).toBe(2);
    expect(stderr.toString()).toContain("'--quarantine' must name another file than the recording");
    expect(readFileSync(path("feed"), "utf8")).toBe("[]\n");
  });
});
