import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ChildLine } from "./source-child-lines.ts";
import type { SourceProcessOptions } from "./source-process.ts";

const PROGRAM = fileURLToPath(new URL("./source-process.ts", import.meta.url));

/** A source in a process of its own. */
export interface SourceChild {
  /** What it logged so far. */
  readonly lines: readonly ChildLine[];
  /** Asks it to end, and waits until it has. @returns its exit code. */
  terminate(): Promise<number | null>;
  /** Ends it on the spot. Twice is once. */
  kill(): Promise<void>;
}

export function startSourceChild(options: SourceProcessOptions): SourceChild {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines: ChildLine[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(JSON.parse(line) as ChildLine));
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, "close");
    child.kill(signal);
    await closed;
  };
  return {
    lines,
    async terminate() {
      await end("SIGTERM");
      return child.exitCode;
    },
    kill: () => end("SIGKILL"),
  };
}
