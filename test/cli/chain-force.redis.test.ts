import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRedis, type RedisPorts } from "../../src/adapters/redis/index.ts";
import { MassiveRest } from "../../src/adapters/rest/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { readConfig } from "../../src/domain/config/read-config.ts";
import { type Simulator, startSimulator } from "../../src/simulator/index.ts";
import { sampleSpotFetch, sampleSpotValue } from "../../src/testing/spot-store/samples.ts";
import { ChainWorker } from "../../src/workers/context/chain/chain-worker.ts";
import { runCli } from "../support/cli-process.ts";
import { freePort } from "../support/redis/connection.ts";
import { type Keyspace, openKeyspace } from "../support/redis/keyspace.ts";
import { until } from "../support/until.ts";

describe("strikewire chain force", () => {
  let space: Keyspace;
  let redis: RedisPorts;
  let simulator: Simulator | undefined;
  beforeEach(async () => {
    space = openKeyspace();
    redis = openRedis({ url: space.url, keyPrefix: space.prefix, clock: SYSTEM_CLOCK });
    await redis.connection.ready();
  });
  afterEach(async () => {
    await redis.close();
    await space.clear();
  });
  afterAll(() => simulator?.close());

  const force = (symbol: string) => runCli(["chain", "force", symbol, "--redis", space.url, "--prefix", space.prefix]);

  it("has the worker make an epoch of the same contracts, and says who heard it", async () => {
    simulator = await startSimulator({ eventsPerSecond: 10 });
    // Without a spot the first fetch would be of all strikes, and the second of fewer.
    await redis.spot.put("spot/indices", 1, sampleSpotFetch([sampleSpotValue()]));
    const rest = new MassiveRest({ apiKey: "any", baseUrl: simulator.restUrl, clock: SYSTEM_CLOCK });
    // No fetch but the first and those that are asked for.
    const code = { chainSymbols: ["I:SPX"], chainNumExpirations: 1, chainIntervalSec: 300 };
    const worker = new ChainWorker(
      readConfig({ code }).config,
      { ...redis, chainProvider: rest, reference: rest },
      { host: "host-1", pid: 4_711 },
    );
    const stop = new AbortController();
    const running = worker.run(stop.signal);
    try {
      await until("an epoch is active", async () => (await redis.epochs.active("SPX")) !== null);
      const before = await redis.epochs.active("SPX");
      const { code: exitCode, stdout, stderr } = await force("I:SPX");
      expect([exitCode, stdout, stderr]).toEqual([
        0,
        '1 listener heard "force SPX"; chain/SPX on host-1 as 4711 is ok\n',
        "",
      ]);
      await until("another epoch is active", async () => (await redis.epochs.active("SPX")) !== before);
      const id = (await redis.epochs.active("SPX")) ?? "";
      expect(await redis.epochs.meta(id)).toMatchObject({ forced: true });
      expect(await redis.chain.analytics()).toMatchObject({ promotions: 2, forced_promotions: 1 });

      const other = await force("NDX");
      expect([other.code, other.stdout, other.stderr]).toEqual([
        1,
        "",
        "strikewire: Cannot force an epoch of NDX: the worker chain/NDX must be alive, it is silent; 1 listener heard the command\n",
      ]);
    } finally {
      stop.abort();
      await running;
    }
  });

  it("fails where nobody listens", async () => {
    const { code, stdout, stderr } = await force("SPX");
    expect([code, stdout, stderr]).toEqual([
      1,
      "",
      `strikewire: Cannot force an epoch of SPX: a chain worker must listen to ${space.prefix}massive:chain:command, none does\n`,
    ]);
  });

  it("fails where the worker has given up", async () => {
    const stop = new AbortController();
    await redis.bus.subscribe("massive:chain:command", () => undefined, stop.signal);
    await redis.heartbeats.beat(
      {
        ...{ worker: "chain/SPX", host: "host-1", pid: 1, ts: 2, started_ts: 1, detail: {} },
        ...{ status: "failed", reason: "the key is unknown" },
      },
      60_000,
    );
    const { code, stderr } = await force("SPX");
    stop.abort();
    expect(code).toBe(1);
    expect(stderr).toContain("it is failed (the key is unknown); 1 listener heard the command");
  });

  it("fails at once, in one line, where there is no Redis", async () => {
    const { code, stdout, stderr } = await runCli([
      ...["chain", "force", "SPX", "--redis", `redis://127.0.0.1:${await freePort()}`],
    ]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^strikewire: Cannot connect: Redis at redis:.* must answer, it did not .*\n$/);
  });
});
