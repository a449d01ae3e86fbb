import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** How a run of the command line ended. */
export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command line from its sources, which needs a Node that strips types. */
export function startCli(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { readonly child: ChildProcessWithoutNullStreams; readonly ended: Promise<CliResult> } {
  const major = Number.parseInt(process.versions.node, 10);
  if (major < 24) throw new Error(`The tests must run on Node 24 or newer, current value is ${process.version}`);
  const child = spawn(process.execPath, ["src/cli/main.ts", ...args], { cwd: ROOT, env: { ...process.env, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  // A child that ends early leaves its input unread.
  child.stdin.on("error", () => undefined);
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs the command line to its end. */
export function runCli(args: readonly string[], input: string | Uint8Array = "", env?: NodeJS.ProcessEnv) {
  const { child, ended } = startCli(args, env);
  child.stdin.end(input);
  return ended;
}
