import { Command, Option } from "commander";
import { parseInstant } from "./instant-argument.ts";
import type { ReplayFlags } from "./replay-command.ts";
import { isSameFile } from "./same-file.ts";
import { parseSpeed } from "./speed-argument.ts";

const USAGE_EXIT_CODE = 2;

const REPLAY_HELP = `
FILE holds one frame per line as the provider sent it, or one {"ts":...,"payload":"..."} per line; plain or gzip.
Times of --from and --to are receipt times where the file has them, else event times.
--json lists the first 1,000 gaps but for those of refused frames, of which the quarantine tells; it counts all.

Examples:
  $ strikewire replay captures/synthetic.jsonl
  $ strikewire replay monday.jsonl.gz --from 2025-12-22T09:30:00-05:00 --to 2025-12-22T10:00:00-05:00
  $ zcat monday.jsonl.gz | strikewire replay - --json | jq .expirations
  $ strikewire replay monday.jsonl.gz --strict --quarantine refused.jsonl

Exit codes: 0 done, 1 failed (also an invalid frame with --strict), 2 wrong usage, 130 and 143 interrupted.`;

/** What each command does. */
export interface CommandHandlers {
  readonly replay: (file: string, flags: ReplayFlags) => Promise<void>;
}

/** The command line. Wrong usage is a `CommanderError`, told on standard error already. */
export function createProgram(version: string, handlers: CommandHandlers): Command {
  const program = new Command("strikewire")
    .description("US options market data, wired")
    .version(version)
    .option("--verbose", "say more on standard error: log messages, and the stack of an error")
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .showHelpAfterError("(strikewire --help says what is there)");

  program
    .command("replay")
    .showHelpAfterError("(strikewire replay --help says what is there)")
    .description("run a recorded feed through the pipeline, in memory, and print what was traded")
    .argument("<file>", "the recording; - reads standard input")
    .addOption(
      new Option("--speed <speed>", "max, or a multiple of the recorded pace: 1x, 10x, 0.5x")
        .argParser(parseSpeed)
        .default("max"),
    )
    .addOption(
      new Option("--from <instant>", "leave out what came before: ISO 8601 with zone, or Unix s or ms").argParser(
        parseInstant,
      ),
    )
    .addOption(new Option("--to <instant>", "leave out what came at this instant and later").argParser(parseInstant))
    .option("--json", "print one JSON document, the same for every run over the same file")
    .option("--quarantine <file>", "write refused events and frames to this file, as JSON lines")
    .option("--strict", "end with an error at the first invalid frame")
    .addOption(
      new Option("--class <class>", "what the frames of a recording without places are")
        .choices(["options", "stocks", "indices"])
        .default("options"),
    )
    .addHelpText("after", REPLAY_HELP)
    .action(async (file: string, _flags: object, command: Command) => {
      const flags: ReplayFlags = command.optsWithGlobals();
      const { from, to, quarantine } = flags;
      const wrong = (message: string): never => command.error(`error: ${message}`, { exitCode: USAGE_EXIT_CODE });
      if (from !== undefined && to !== undefined && from >= to) {
        wrong(`option '--to' must be later than '--from' (${from} ms), current value is ${to} ms`);
      }
      if (quarantine !== undefined && (await isSameFile(file, quarantine))) {
        wrong(`option '--quarantine' must name another file than the recording, current value is '${quarantine}'`);
      }
      await handlers.replay(file, flags);
    });

  return program;
}
