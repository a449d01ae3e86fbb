import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

/** The exit code of what `prepare` asks before it builds. */
const asked = (npmCommand: string): number | null =>
  spawnSync(process.execPath, ["scripts/built-for-npx.ts"], { env: { ...process.env, npm_command: npmCommand } })
    .status;

it("the first npx in a clone leaves what is built alone; npm ci, install and pack build", () => {
  expect(["exec", "ci", "install", "pack"].map(asked)).toEqual([0, 1, 1, 1]);
});
