import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const manifest: { exports: Record<string, unknown> } = JSON.parse(readFileSync("package.json", "utf8"));
const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith(".json"));
const nameOf = (entry: string): string => `strikewire${entry.slice(1)}`;

/** Names that an entry exports, as a user's program sees them: by the package's own name, through its exports. */
async function exportedBy(code: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code]);
  return JSON.parse(stdout);
}

/** Everything that a built file imports, followed through the chunks beside it. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  const text = readFileSync(file, "utf8");
  for (const [, target = ""] of text.matchAll(/(?:from|import|require\()\s*["']([^"'\s,]+)["']/g)) {
    if (seen.has(target)) continue;
    const path = join(dirname(file), target);
    seen.add(target);
    if (target.startsWith(".") && existsSync(path)) importsOf(path, seen);
  }
  return seen;
}

/** Libraries without an import of their own: they run anywhere. */
const PORTABLE: ReadonlySet<string> = new Set(["zod", "ts-pattern"]);

describe("the built package", () => {
  it.each(entries)("gives the same names from %s to import and to require", async (entry) => {
    const name = JSON.stringify(nameOf(entry));
    const imported = await exportedBy(`console.log(JSON.stringify(Object.keys(await import(${name})).sort()))`);
    const required = await exportedBy(
      `import { createRequire } from "node:module";
       const require = createRequire(process.cwd() + "/x.js");
       console.log(JSON.stringify(Object.keys(require(${name})).sort()))`,
    );
    expect(imported.length).toBeGreaterThan(0);
    expect(required).toEqual(imported);
  });

  it.each(["index", "memory", "system", "rest", "testing"])("loads nothing of Node from %s", (file) => {
    for (const extension of ["js", "cjs"]) {
      const foreign = [...importsOf(`dist/${file}.${extension}`)].filter((target) => !target.startsWith("."));
      expect(foreign.filter((target) => !PORTABLE.has(target))).toEqual([]);
    }
  });

  it("carries none of the sources' paths to this machine", () => {
    expect(readFileSync("dist/index.js.map", "utf8")).not.toContain(process.cwd());
  });
});
