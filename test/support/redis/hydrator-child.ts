import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { HydratorProcessOptions } from "./hydrator-process.ts";

const PROGRAM = fileURLToPath(new URL("./hydrator-process.ts", import.meta.url));

/** A hydrator in a process of its own. */
export interface HydratorChild {
  /** What it logged so far. */
  output(): string;
  pause(): void;
  resume(): void;
  /** Ends it on the spot. Twice is once. */
  kill(): Promise<void>;
}

export function startHydratorChild(options: HydratorProcessOptions): HydratorChild {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(options)], { stdio: ["pipe", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return {
    output: () => output,
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}
