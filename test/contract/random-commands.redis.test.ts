import fc from "fast-check";
import { afterAll, beforeAll, describe, it } from "vitest";
import { contextCommands } from "./random-commands/context-commands.ts";
import { contextKeys } from "./random-commands/context-keys.ts";
import { ContextRun } from "./random-commands/context-run.ts";
import { epochCommands } from "./random-commands/epoch-commands.ts";
import { epochKeys } from "./random-commands/epoch-keys.ts";
import { EpochRun } from "./random-commands/epoch-run.ts";
import { hydrationCommands } from "./random-commands/hydration-commands.ts";
import { hydrationKeys, hydratorGroups } from "./random-commands/hydration-keys.ts";
import { HydrationRun } from "./random-commands/hydration-run.ts";
import { rawLogCommands, retentions } from "./random-commands/raw-log-commands.ts";
import { rawLogKeys } from "./random-commands/raw-log-keys.ts";
import { RawLogRun } from "./random-commands/raw-log-run.ts";
import { checkSequences, commandsOf, SEQUENCES_LIMIT_MS } from "./random-commands/sequences.ts";
import { sourceCommands } from "./random-commands/source-commands.ts";
import { sourceKeys } from "./random-commands/source-keys.ts";
import { SourceRun } from "./random-commands/source-run.ts";
import { checkKeys, findKeys } from "./random-commands/stored-keys.ts";
import { RedisWorld, Worlds } from "./random-commands/worlds.ts";

describe("random commands of two clients, some of whose replies are lost, do in Redis what they do in memory", () => {
  let redis: RedisWorld;
  beforeAll(async () => {
    redis = await RedisWorld.open();
  });
  afterAll(() => redis.close());

  /** A test of sequences, each in an empty part of Redis. */
  const test = <Sequence>(
    title: string,
    sequences: fc.Arbitrary<Sequence>,
    run: (sequence: Sequence) => Promise<void>,
  ): void => {
    const runEmpty = async (sequence: Sequence): Promise<void> => {
      await redis.clear();
      await run(sequence);
    };
    it(title, () => checkSequences(title, sequences, runEmpty), SEQUENCES_LIMIT_MS + 20_000);
  };

  const streamCommands = fc.oneof(
    { weight: 2, arbitrary: fc.record({ log: rawLogCommands }) },
    { weight: 2, arbitrary: fc.record({ store: hydrationCommands }) },
    { weight: 1, arbitrary: fc.record({ source: sourceCommands }) },
  );
  test(
    "to the raw log, hydration, source status and wanted topics",
    fc.record({ retention: retentions, commands: commandsOf(streamCommands) }),
    async ({ retention, commands }) => {
      const worlds = await Worlds.open(redis, retention);
      const log = new RawLogRun(worlds, retention);
      const hydration = new HydrationRun(worlds, log);
      const sources = new SourceRun(worlds);
      for (const command of commands) {
        if ("log" in command) await log.run(command.log);
        else if ("store" in command) await hydration.run(command.store);
        else await sources.run(command.source);
      }
      const ofLog = await rawLogKeys(worlds, log, await hydratorGroups(worlds), sources);
      const ofSources = await sourceKeys(worlds, sources);
      checkKeys(await findKeys(redis), [...ofLog, ...(await hydrationKeys(worlds, hydration)), ...ofSources]);
    },
  );

  test("to epochs and their records", commandsOf(epochCommands), async (commands) => {
    const worlds = await Worlds.open(redis);
    const run = new EpochRun(worlds);
    for (const command of commands) await run.run(command);
    const found = await findKeys(redis);
    checkKeys(found, await epochKeys(worlds, run, found));
  });

  test(
    "to spot values, chains, models, heartbeats and flow snapshots",
    commandsOf(contextCommands),
    async (commands) => {
      const worlds = await Worlds.open(redis);
      const run = new ContextRun(worlds);
      for (const command of commands) await run.run(command);
      checkKeys(await findKeys(redis), await contextKeys(worlds, run));
    },
  );
});
