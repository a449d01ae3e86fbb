import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const readme = readFileSync("README.md", "utf8");

/**
 * Runs a TypeScript example of the README as it stands there, against the built package by its own name.
 *
 * @param index of the example, from 0.
 * @param changed what a machine's own address is put in the place of.
 */
export async function exampleOutput(
  index: number,
  changed: (code: string) => string = (code) => code,
): Promise<string> {
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)];
  const code = blocks[index]?.[1];
  if (code === undefined) throw new RangeError(`Cannot run an example: the README has no TypeScript block ${index}`);
  // Inside the project, so that its name leads to it.
  mkdirSync(".cache", { recursive: true });
  const folder = mkdtempSync(".cache/readme-");
  try {
    const file = join(folder, "example.ts");
    writeFileSync(file, changed(code));
    const { stdout } = await run(process.execPath, [file]);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
