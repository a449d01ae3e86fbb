import { CommanderError } from "commander";
import { forceCommand } from "./chain/force-command.ts";
import { errorMessage } from "./error-message.ts";
import { inspectCommand } from "./inspect/inspect-command.ts";
import { printable } from "./printable.ts";
import { createProgram } from "./program.ts";
import { replayCommand } from "./replay-command.ts";
import { simulateCommand } from "./simulate/simulate-command.ts";

/**
 * Runs a command line.
 *
 * @param argv as in `process.argv`.
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 130 or 143 interrupted.
 */
export async function run(argv: readonly string[], version: string): Promise<number> {
  let exitCode = 0;
  const program = createProgram(version, {
    replay: async (file, flags) => {
      exitCode = await replayCommand(file, flags);
    },
    inspect: async (flags) => {
      exitCode = await inspectCommand(flags);
    },
    force: async (symbol, flags) => {
      exitCode = await forceCommand(symbol, flags);
    },
    simulate: async (flags) => {
      exitCode = await simulateCommand(flags);
    },
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    // Whoever read our output has enough.
    if (hasCode(error, "EPIPE")) return 0;
    process.stderr.write(`strikewire: ${printable(errorMessage(error))}\n`);
    const verbose = program.opts<{ verbose?: true }>().verbose === true || process.env["DEBUG"] !== undefined;
    if (verbose && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return 1;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
