import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * The one TypeScript example of a page that has a phrase, as it stands there.
 *
 * @throws RangeError where there is none, or more than one.
 */
export function exampleCode(phrase: string, page: string): string {
  const blocks = [...readFileSync(page, "utf8").matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
  const [code, ...others] = blocks.filter((block) => block.includes(phrase));
  if (code === undefined || others.length > 0) {
    throw new RangeError(`Cannot run an example: one TypeScript block of ${page} must have "${phrase}"`);
  }
  return code;
}

/** An example of a page as a program, against the built package by its own name. */
async function withExample<T>(
  page: string,
  phrase: string,
  changed: (code: string) => string,
  work: (file: string) => Promise<T>,
): Promise<T> {
  const code = exampleCode(phrase, page);
  // Inside the project, so that its name leads to it.
  mkdirSync(".cache", { recursive: true });
  const folder = mkdtempSync(".cache/readme-");
  try {
    const file = join(folder, "example.ts");
    writeFileSync(file, changed(code));
    return await work(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Runs a TypeScript example of the README as it stands there, to its end.
 *
 * @param phrase something that no other example has.
 * @param changed what a machine's own address is put in the place of.
 * @param page another page than the README.
 */
export async function exampleOutput(
  phrase: string,
  changed: (code: string) => string = (code) => code,
  page: string = "README.md",
): Promise<string> {
  return withExample(page, phrase, changed, async (file) => (await run(process.execPath, [file])).stdout);
}

/** Starts an example that goes on until it is told to end. */
export async function withRunningExample(
  phrase: string,
  changed: (code: string) => string,
  work: (child: ChildProcess, printed: () => string) => Promise<void>,
): Promise<void> {
  await withExample("README.md", phrase, changed, async (file) => {
    const child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        printed += text;
      });
    }
    try {
      await work(child, () => printed);
    } finally {
      child.kill("SIGKILL");
    }
  });
}
