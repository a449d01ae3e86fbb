import { spawn } from "node:child_process";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../src/simulator/index.ts";
import { runCli } from "../support/cli-process.ts";
import { withClient } from "../support/redis/connection.ts";
import { startFaultProxy } from "../support/redis/fault-proxy.ts";
import { type Keyspace, openKeyspace } from "../support/redis/keyspace.ts";
import { until } from "../support/until.ts";

/** What the example promises for its end. */
const END_MS = 5_000;
/** A process that is starved on a busy machine tells late that it was in time. */
const BUSY_MACHINE_MS = 10_000;

/** Starts the example as people do: from the built package, by its own name. */
function startPipeline(mode: string, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ["examples/pipeline.ts", mode], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => resolve(code));
  });
  return { child, ended, printed: () => printed };
}

describe("the example of a whole pipeline", () => {
  let simulator: Simulator;
  let space: Keyspace;
  let pipeline: ReturnType<typeof startPipeline>;
  beforeAll(async () => {
    simulator = await startSimulator({ eventsPerSecond: 500, badKeys: ["stolen"] });
  });
  afterAll(() => simulator.close());
  beforeEach(() => {
    space = openKeyspace();
  });
  afterEach(async () => {
    pipeline.child.kill("SIGKILL");
    await pipeline.ended;
    await space.clear();
  });

  const settings = (url = space.url) => ({
    MASSIVE_API_KEY: "any",
    MASSIVE_WS_URL: simulator.url,
    MASSIVE_REST_URL: simulator.restUrl,
    MARKET_REDIS_URL: url,
    MASSIVE_KEY_PREFIX: space.prefix,
    MASSIVE_CHAIN_SYMBOLS: "I:SPX",
    MASSIVE_CHAIN_NUM_EXPIRATIONS: "2",
    MASSIVE_WS_RESOURCES: "options_trades,options_quotes",
  });

  /** Waits until a client of its own finds an epoch into whose contracts values were streamed. */
  const streamed = (): Promise<void> =>
    withClient(space.url, async (client) => {
      const at = (key: string): string => space.prefix + key;
      await until(`an epoch is streamed to; printed: ${pipeline.printed()}`, async () => {
        if (pipeline.child.exitCode !== null) throw new Error(`It has ended: ${pipeline.printed()}`);
        const id = await client.hget(at("epoch:active"), "SPX");
        return id !== null && (await client.get(at(`epoch:${id}:had_ws_updates`))) === "1";
      });
    });

  it.each(["firehose", "targeted"])(
    "streams into epochs in mode %s, as inspect shows, and ends in order",
    async (mode) => {
      pipeline = startPipeline(mode, settings());
      await streamed();
      const { stdout } = await runCli(["inspect", "--json", "--redis", space.url, "--prefix", space.prefix]);
      const { chains, epochs, heartbeats, hydrators, spot, wanted_topics } = JSON.parse(stdout);
      expect(chains).toMatchObject([{ symbol: "SPX", expirations: 2 }]);
      expect(epochs).toMatchObject([{ symbol: "SPX", had_ws_updates: true, last_health: chains[0].last_health }]);
      expect(epochs[0].contracts_stored).toBeGreaterThan(50);
      // Trades and quotes of each.
      expect(wanted_topics).toBe(2 * epochs[0].contracts_stored);
      expect(spot.length).toBeGreaterThan(0);
      expect(hydrators).toHaveLength(1);
      expect(heartbeats.map(({ worker }: { worker: string }) => worker)).toEqual([
        "chain/SPX",
        "hydrator/0",
        "model",
        "spot",
        "ws",
      ]);

      const toldAtMs = performance.now();
      pipeline.child.kill("SIGTERM");
      expect([await pipeline.ended, pipeline.printed()]).toEqual([0, expect.stringMatching(/Ended in order\n$/)]);
      expect(performance.now() - toldAtMs).toBeLessThan(END_MS + BUSY_MACHINE_MS);
      // All that was received is hydrated, and nobody holds the lease any more.
      const after = await runCli(["inspect", "--json", "--redis", space.url, "--prefix", space.prefix]);
      expect(JSON.parse(after.stdout).hydrators).toMatchObject([{ owner: null, lag_entries: 0 }]);
    },
  );

  it("says so, with its exit code, where what was received cannot be stored at its end", async () => {
    const proxy = await startFaultProxy(space.url);
    try {
      pipeline = startPipeline("firehose", settings(proxy.url));
      await streamed();
      proxy.fate = () => "drop";
      proxy.cutAll();
      await until("Redis is missed", () => pipeline.printed().includes("Lost the connection to Redis"));
      pipeline.child.kill("SIGINT");
      expect([await pipeline.ended, pipeline.printed()]).toEqual([1, expect.stringContaining("failed")]);
    } finally {
      await proxy.close();
    }
  });

  it("ends by itself, as failed, where the provider does not know the key", async () => {
    pipeline = startPipeline("targeted", { ...settings(), MASSIVE_API_KEY: "stolen" });
    expect([await pipeline.ended, pipeline.printed()]).toEqual([1, expect.stringMatching(/worker failed/)]);
  });

  it("ends with 0 while it waits for a Redis", async () => {
    const proxy = await startFaultProxy(space.url);
    proxy.fate = () => "drop";
    try {
      pipeline = startPipeline("firehose", settings(proxy.url));
      await until("Redis is missed", () => pipeline.printed().includes("Redis"));
      pipeline.child.kill("SIGTERM");
      expect(await pipeline.ended).toBe(0);
    } finally {
      await proxy.close();
    }
  });

  it.each([
    ["a missing setting", "firehose", { MARKET_REDIS_URL: "" }, "Cannot start: 'MARKET_REDIS_URL' must be set\n"],
    [
      "a wrong one",
      "target",
      {},
      "Cannot use the configuration: 1 problem\n" +
        '  MASSIVE_WS_MODE must be one of firehose, targeted, current value is "target"\n',
    ],
  ])("does not start with %s, and says so without a stack", async (_, mode, wrong, message) => {
    pipeline = startPipeline(mode, { ...settings(), ...wrong });
    expect([await pipeline.ended, pipeline.printed()]).toEqual([2, message]);
  });
});
