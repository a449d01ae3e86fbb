import { execFile } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** A program that takes so long is ended; none should take a tenth of it. */
const LIMIT_MS = 50_000;

/**
 * Where npm put a runtime's binary: into a package for the platform, out of which an install script may have moved it
 * into the package that names it.
 */
export function binaryOf(name: "deno" | "bun" | "workerd"): string {
  const places = {
    deno: ["node_modules/@deno/*/deno{,.exe}", "node_modules/deno/deno{,.exe}"],
    bun: ["node_modules/@oven/bun-*/bin/bun{,.exe}", "node_modules/bun/bin/bun.exe"],
    workerd: ["node_modules/@cloudflare/workerd-*/bin/workerd{,.exe}", "node_modules/workerd/bin/workerd"],
  };
  const [found] = places[name].flatMap((place) => globSync(place).sort());
  if (found === undefined) throw new Error(`Cannot find ${name}: \`npm ci\` must install it, with optional packages`);
  return resolve(found);
}

/** A program's runtime, and how it is called. */
export interface Runtime {
  readonly name: "Node" | "Deno" | "Bun";
  readonly command: () => readonly [string, ...string[]];
}

export const NODE: Runtime = { name: "Node", command: () => [process.execPath] };
export const BUN: Runtime = { name: "Bun", command: () => [binaryOf("bun")] };

/** @param permissions what the documentation says that a program needs; it is refused all else. */
export function denoWith(...permissions: readonly string[]): Runtime {
  return { name: "Deno", command: () => [binaryOf("deno"), "run", "--no-prompt", "--cached-only", ...permissions] };
}

/** Somebody's project, which the built package is installed into. */
export interface Project {
  readonly folder: string;
  /** Runs a program of the project to its end, which must be a good one; answers what it printed. */
  run(runtime: Runtime, file: string, ...args: readonly string[]): Promise<string>;
  remove(): void;
}

/** A project with the programs of `test/package/runtimes`, and with others. */
export function openProject(programs: Readonly<Record<string, string>> = {}): Project {
  if (!existsSync("dist/index.js"))
    throw new Error("Cannot open a project: the package must be built, `npm run build`");
  mkdirSync(".cache", { recursive: true });
  const folder = mkdtempSync(".cache/runtimes-");
  cpSync("test/package/runtimes", folder, { recursive: true });
  mkdirSync(join(folder, "node_modules"));
  // As `npm install` puts a folder there.
  symlinkSync(resolve("."), join(folder, "node_modules/strikewire"), "junction");
  symlinkSync(resolve("captures"), join(folder, "captures"), "junction");
  const files = {
    ...programs,
    "package.json": JSON.stringify({ type: "module", dependencies: { strikewire: "*" } }),
    // Bun would otherwise go by ours, which leads the package's names to its sources.
    "tsconfig.json": "{}",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return {
    folder,
    async run(runtime, file, ...args) {
      const [command, ...first] = runtime.command();
      const env = { ...process.env, NO_COLOR: "1", DENO_DIR: resolve(".cache/deno"), DENO_NO_UPDATE_CHECK: "1" };
      const options = { cwd: folder, timeout: LIMIT_MS, maxBuffer: 67_108_864, env };
      const { stdout } = await run(command, [...first, file, ...args], options);
      return stdout;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
