import { Command, Option } from "commander";
import type { ForceFlags } from "./chain/force-command.ts";
import type { InspectFlags } from "./inspect/inspect-command.ts";
import { parseInstant } from "./instant-argument.ts";
import { numberBetween } from "./number-argument.ts";
import { STREAM_NAMES } from "./redis/stream-names.ts";
import { redisUrlOption } from "./redis-url-argument.ts";
import type { ReplayFlags } from "./replay-command.ts";
import { replayUsageError } from "./replay-usage.ts";
import type { SimulateFlags } from "./simulate/simulate-command.ts";
import { parseSpeed } from "./speed-argument.ts";
import { parseSymbol } from "./symbol-argument.ts";
import { parseWatch } from "./watch-argument.ts";

const USAGE_EXIT_CODE = 2;
const WATCH_SECONDS = 2;
const REDIS_URL = "redis://[user:password@]host[:port][/db], or rediss:// for TLS";

const REPLAY_HELP = `
FILE holds one frame per line as the provider sent it, or one {"ts":...,"payload":"..."} per line; plain or gzip.
Times of --from and --to are receipt times where the file has them, else event times.
Chains in feed.chain.jsonl beside feed.jsonl, one {"ts":...,"underlying":"I:SPX","payload":"..."} per line with the
provider's answer, give levels at the end: spot, net GEX, walls, flip, cheapest butterfly; not with --redis.
--json lists the first 1,000 gaps but for those of refused frames, of which the quarantine tells; it counts all.

--redis refuses a Redis in use: one with entries in massive:ws:stream, or with signs of a running system, which are a
hydrator's lease that has not run out, a producer other than a replay used within the last minute, and the heartbeat of
any worker. --prefix PREFIX replays beside it, under other keys, and repeats and other recordings may follow there;
--into-live replays into it. The same recording repeated adds nothing: entries are known by the content of the file.

--from-redis reads the stream from its first entry to the last that it had when the command began; it leaves no trace
there. Entries trimmed meanwhile are told on standard error. With massive:spot:stream, answers about indices and stocks
become spot values again; what --redis refuses then are entries in that stream, and the same signs. What its log has
already, by receipt and content, is not added.

URLs are redis://[user:password@]host[:port][/db], or rediss:// for TLS. A Redis that is away is waited for.

Examples:
  $ strikewire replay captures/synthetic.jsonl
  $ strikewire replay monday.jsonl.gz --from 2025-12-22T09:30:00-05:00 --to 2025-12-22T10:00:00-05:00
  $ zcat monday.jsonl.gz | strikewire replay - --json | jq .expirations
  $ strikewire replay monday.jsonl.gz --strict --quarantine refused.jsonl
  $ strikewire replay monday.jsonl.gz --redis redis://127.0.0.1:6379 --prefix monday:
  $ strikewire replay --from-redis redis://10.1.2.3:6379 --to-file today.jsonl.gz
  $ strikewire replay --from-redis redis://10.1.2.3:6379 --stream massive:spot:stream --json | jq .symbols

Exit codes: 0 done, 1 failed (also an invalid frame with --strict), 2 wrong usage, 130 and 143 interrupted.`;

const INSPECT_HELP = `
Says first what somebody should look at (docs/operating.md has what to do), in --json "findings".
Only reads, never by KEYS or SCAN, and works where nothing or only part of it is there. Ages and times left go by the
server's clock. Names of --json have their units; missing is null.

Examples:
  $ strikewire inspect --redis redis://127.0.0.1:6379
  $ strikewire inspect --redis redis://127.0.0.1:6379 --watch 5
  $ strikewire inspect --redis redis://127.0.0.1:6379 --json | jq .raw.groups

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 and 143 interrupted.`;

const FORCE_HELP = `
Publishes "force SYMBOL" on massive:chain:command. The chain worker of the symbol fetches at once, unless it has to
leave the provider alone for a while, and makes a new epoch of what comes, whether or not its contracts are others. Of a
chain that is not whole it makes none, and the wish stays until one is. Fails where nobody listens, and where no
heartbeat tells that the symbol is fetched.

Examples:
  $ strikewire chain force SPX --redis redis://127.0.0.1:6379
  $ strikewire chain force I:NDX --redis redis://127.0.0.1:6379 --prefix desk1:

Exit codes: 0 done, 1 failed or heard by no worker of the symbol, 2 wrong usage, 130 and 143 interrupted.`;

const SIMULATE_HELP = `
A made-up market at ws://127.0.0.1:PORT/options, /stocks and /indices, with the statuses, subscriptions and limits of the
provider: one connection for each of them, 1,000 option quotes on a connection, any key but those of --bad-key. Clients
authenticate and subscribe as they do there. It is unkind, as a provider may be, unless --kind says otherwise: fields in
another order, 12.0 for 12, untimely errors, no answer to repeated subscriptions, statuses among the data.

Requests at http://127.0.0.1:PORT, the key as a Bearer header or as apiKey, show what the sockets published:
/v3/snapshot/options/I:SPX[/CONTRACT], /v3/snapshot, /v3/snapshot/indices, /v2/snapshot/locale/us/markets/stocks/tickers
[/TICKER], /v3/reference/options/contracts, /v1/marketstatus/now and /upcoming.

FILE holds a JSON array, times in ms after the start:
  [{ "atMs": 5000, "fault": { "kind": "cut", "assetClass": "options" } },
   { "atMs": 20000, "fault": { "kind": "stall", "forMs": 4000, "pings": "unanswered" } },
   { "atMs": 60000, "fault": { "kind": "restart", "downMs": 3000 } }]
Kinds: refuse {forMs, how: drop|http}, cut, close {code, reason}, stall {forMs, pings: answered|unanswered, backlog:
sent|dropped}, slow {forMs, bytesPerSecond}, garbage {form: notJson|truncated, frames}, duplicate {frames}, rejectKeys
{forMs}, noWebsocket {forMs}, withdraw {channels, forMs}, evict, forceDisconnect, slowConsumer, restart {downMs}, skew
{ms, forMs}. All of these but restart and skew take an assetClass; without one they meet every connection.
Kinds for requests: restDelay {ms}, restStatus {status, retryAfterSec, body: json|html|text|empty}, restCut {share},
restBody {form: html|empty|truncated}, restNextUrl {form: loop|foreign|emptyPages, origin}, restStale {ageMs}, restMissing
{fields}, restPartial {share}, restEmpty, restCollapsed {contracts}, restOutside {contracts}, restDuplicates {rows},
restOpenInterest. Each takes path (its beginning), symbol, page, and forMs or a number of requests (1).

Examples:
  $ strikewire simulate --port 7400
  $ strikewire simulate --port 7400 --rate 20000 --random-faults 5 --log sent.jsonl
  $ strikewire simulate --port 7400 --rate 200000 --loop 1
  $ strikewire simulate --port 7400 --chain-size 20000 --hours regular
  $ strikewire simulate --port 7400 --faults outage.json --delayed --bad-key stolen

Exit codes: 0 stopped by SIGINT or SIGTERM, 1 failed, 2 wrong usage.`;

/** What each command does. */
export interface CommandHandlers {
  readonly replay: (file: string | undefined, flags: ReplayFlags) => Promise<void>;
  readonly inspect: (flags: InspectFlags) => Promise<void>;
  readonly force: (symbol: string, flags: ForceFlags) => Promise<void>;
  readonly simulate: (flags: SimulateFlags) => Promise<void>;
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
  addReplay(program, handlers);
  addInspect(program, handlers);
  addChain(program, handlers);
  addSimulate(program, handlers);
  return program;
}

function addReplay(program: Command, handlers: CommandHandlers): void {
  const fail = (message: string): never => program.error(message, { exitCode: USAGE_EXIT_CODE });
  program
    .command("replay")
    .showHelpAfterError("(strikewire replay --help says what is there)")
    .description("run a recorded feed through the pipeline, in memory or on a Redis, and print what was traded")
    .argument("[file]", "the recording; - reads standard input")
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
    .option("--json", "print one JSON document, the same for every first run over the same file")
    .option("--quarantine <file>", "write refused events and frames to this file, as JSON lines")
    .option("--strict", "end with an error at the first invalid frame")
    .addOption(
      new Option("--class <class>", "what the frames of a recording without places are")
        .choices(["options", "stocks", "indices"])
        .default("options"),
    )
    .addOption(redisUrlOption("--redis <url>", "replay into this Redis instead of memory", fail))
    .option("--prefix <prefix>", "put this in front of every key and channel there")
    .option("--into-live", "replay also into a system that runs there")
    .addOption(redisUrlOption("--from-redis <url>", "replay a stream of this Redis instead of a file", fail))
    .addOption(new Option("--stream <stream>", "which one").choices(STREAM_NAMES).default("massive:ws:stream"))
    .option("--from-prefix <prefix>", "what stands in front of every key there")
    .option("--to-file <file>", "write the stream to a new capture instead, gzip if its name ends with .gz")
    .addHelpText("after", REPLAY_HELP)
    .action(async (file: string | undefined, _flags: object, command: Command) => {
      const flags: ReplayFlags = command.optsWithGlobals();
      const isGiven = (name: string): boolean => command.getOptionValueSource(name) === "cli";
      const wrong = await replayUsageError(file, flags, isGiven);
      if (wrong !== undefined) command.error(`error: ${wrong}`, { exitCode: USAGE_EXIT_CODE });
      await handlers.replay(file, flags);
    });
}

function addInspect(program: Command, handlers: CommandHandlers): void {
  const fail = (message: string): never => program.error(message, { exitCode: USAGE_EXIT_CODE });
  program
    .command("inspect")
    .showHelpAfterError("(strikewire inspect --help says what is there)")
    .description("show how it stands with a system on a Redis: streams, lag, gaps, chains, epochs, models, heartbeats")
    .addOption(redisUrlOption("--redis <url>", REDIS_URL, fail).makeOptionMandatory())
    .option("--prefix <prefix>", "what stands in front of every key", "")
    .option("--json", "print one JSON document")
    .addOption(
      new Option("--watch [seconds]", "look again and again; with --json one document per line")
        .argParser(parseWatch)
        .preset(String(WATCH_SECONDS)),
    )
    .addHelpText("after", INSPECT_HELP)
    .action(async (_flags: object, command: Command) => {
      await handlers.inspect(command.optsWithGlobals());
    });
}

function addChain(program: Command, handlers: CommandHandlers): void {
  const fail = (message: string): never => program.error(message, { exitCode: USAGE_EXIT_CODE });
  const chain = program
    .command("chain")
    .showHelpAfterError("(strikewire chain --help says what is there)")
    .description("tell chain workers what to do");
  chain
    .command("force")
    .showHelpAfterError("(strikewire chain force --help says what is there)")
    .description("have a new epoch made of a symbol's chain, at once")
    .argument("<symbol>", "the underlying: SPX, or I:SPX", parseSymbol)
    .addOption(redisUrlOption("--redis <url>", REDIS_URL, fail).makeOptionMandatory())
    .option("--prefix <prefix>", "what stands in front of every key and channel", "")
    .addHelpText("after", FORCE_HELP)
    .action(async (symbol: string, _flags: object, command: Command) => {
      await handlers.force(symbol, command.optsWithGlobals());
    });
}

function addSimulate(program: Command, handlers: CommandHandlers): void {
  program
    .command("simulate")
    .showHelpAfterError("(strikewire simulate --help says what is there)")
    .description("serve a made-up market as the provider does, with faults on demand")
    .addOption(
      new Option("--port <port>", "0 takes a free one")
        .argParser(numberBetween(0, 65_535, "whole"))
        .makeOptionMandatory(),
    )
    .addOption(
      new Option("--rate <events>", "option trades and quotes in a second; shares have a tenth of it")
        .argParser(numberBetween(1, 1_000_000))
        .default(1_000),
    )
    .addOption(
      new Option("--quotes-per-trade <quotes>", "option quotes for each trade")
        .argParser(numberBetween(1, 1_000_000))
        .default(3),
    )
    .addOption(
      new Option("--seed <seed>", "of the market and of everything left to chance")
        .argParser(numberBetween(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, "whole"))
        .default(1),
    )
    .addOption(
      new Option("--chain-size <contracts>", "list at least so many contracts of SPX, on many expirations").argParser(
        numberBetween(1, 100_000, "whole"),
      ),
    )
    .addOption(
      new Option("--hours <hours>", "when anything is published: regular is the exchanges' hours")
        .choices(["always", "regular", "closed"])
        .default("always"),
    )
    .addOption(
      new Option("--loop <seconds>", "make so much of the market once and repeat it: for very high rates").argParser(
        numberBetween(0.1, 600),
      ),
    )
    .option("--faults <file>", "what goes wrong and when")
    .addOption(
      new Option("--random-faults <seconds>", "something goes wrong this often, on average").argParser(
        numberBetween(0.1, 86_400),
      ),
    )
    .option("--kind", "nothing but what a client expects")
    .option("--delayed", "event times are 15 minutes old, and there are no option quotes")
    .option("--bad-key <key>", "refuse this key; may be given again", (key: string, keys: string[] = []) => [
      ...keys,
      key,
    ])
    .option("--log <file>", "write what was received and sent to this file, as JSON lines")
    .addHelpText("after", SIMULATE_HELP)
    .action(async (_flags: object, command: Command) => {
      await handlers.simulate(command.optsWithGlobals());
    });
}
