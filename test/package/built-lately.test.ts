import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";

it("npm start builds where nothing is built, or a source was changed since, and only there", () => {
  const folder = mkdtempSync(join(tmpdir(), "strikewire-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const script = resolve("scripts/built-lately.ts");
  const isBuilt = (): boolean => spawnSync(process.execPath, [script], { cwd: folder }).status === 0;
  const file = (path: string, changedAtS: number): void => {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), "");
    utimesSync(join(folder, path), changedAtS, changedAtS);
  };
  cpSync("package.json", join(folder, "package.json"));
  utimesSync(join(folder, "package.json"), 100, 100);
  file("src/domain/errors.ts", 200);
  expect(isBuilt()).toBe(false);
  file("dist/cli/main.js", 300);
  expect(isBuilt()).toBe(true);
  file("src/domain/errors.ts", 400);
  expect(isBuilt()).toBe(false);
});
