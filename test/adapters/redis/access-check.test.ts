import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SCRIPTED_COMMANDS } from "../../../src/adapters/redis/access-check.ts";

const REDIS = new URL("../../../src/adapters/redis/", import.meta.url).pathname;

it("looks at every command that a script runs, and at no other", () => {
  const files = [
    join(REDIS, "script.ts"),
    ...readdirSync(join(REDIS, "scripts")).map((file) => join(REDIS, "scripts", file)),
  ];
  const run = new Set<string>();
  for (const file of files) {
    for (const [, name = ""] of readFileSync(file, "utf8").matchAll(/call\('([A-Z]+)'/g)) run.add(name);
  }
  expect(run.size).toBeGreaterThan(30);
  expect([...SCRIPTED_COMMANDS].sort()).toEqual([...run].sort());
});
