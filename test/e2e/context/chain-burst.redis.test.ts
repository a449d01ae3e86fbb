import { afterEach, expect, it } from "vitest";
import { HalfEpochs } from "../../support/context/half-epochs.ts";
import { LiveContext } from "../../support/context/live-context.ts";

let live: LiveContext | undefined;
afterEach(async () => {
  expect((await live?.stop()) ?? []).toEqual([]);
});

const CHAIN = "/v3/snapshot/options/I:SPX";
const CONTRACTS = 20_000;
/** More than are listed. */
const EXPIRATIONS = 40;

it("chain document, Burst (20k+ contracts): readers never see half an epoch, and health is ok or slow", async () => {
  live = await LiveContext.start({
    simulator: { chainSize: CONTRACTS, eventsPerSecond: 100 },
    config: {
      ...{ chainNumExpirations: EXPIRATIONS, chainStrikeWindowPct: { default: 40, bySymbol: {} }, chainSlowMs: 5_000 },
      ...{ chainIntervalSec: 600, chainIntervalMaxSec: 600, stockSymbols: [] },
    },
  });
  const { plain, simulator } = live;
  // A quiet day first: ten contracts on each side of each expiration.
  const listed = simulator.market.contracts().filter(({ underlying }) => underlying === "SPX");
  const requests = 2 * new Set(listed.map(({ expiration }) => expiration)).size;
  simulator.inject({ kind: "restCollapsed", contracts: 10, path: CHAIN, requests });
  const { epoch: first } = await live.context();
  const quiet = await plain.records(first);
  expect(quiet.size).toBeLessThan(CONTRACTS / 10);
  await plain.until("the chain is complete", async () => (await plain.text("massive:chain:latest:SPX")) !== null);
  const reader = new HalfEpochs(plain);
  const reading = reader.run();
  await plain.publish("massive:chain:command", "force SPX");
  const second = await plain.epochAfter(first);
  const burst = await plain.records(second);
  expect(burst.size).toBeGreaterThanOrEqual(CONTRACTS);
  // Whoever still reads the one before finds it whole.
  expect((await plain.records(first)).size).toBe(quiet.size);
  await plain.until(
    "the chain is complete",
    async () => (await plain.json("massive:chain:latest:SPX"))["epoch"] === second,
  );
  const { contracts, tickers } = await plain.json("massive:chain:latest:SPX");
  expect(contracts).toBe(burst.size);
  expect(tickers).toEqual([...burst.keys()]);
  reader.stop();
  await reading;
  expect(reader.findings).toEqual([]);
  expect(reader.epochs).toEqual(new Set([first, second]));
  const health = await plain.hash("massive:chain:analytics:health");
  expect(["ok", "slow"]).toContain(health["SPX:last"]);
  expect(Number(health["ok"] ?? 0) + Number(health["slow"] ?? 0)).toBe(
    await plain.count("massive:chain:analytics", "runs"),
  );
  expect(await plain.count("massive:chain:analytics", "errors")).toBe(0);
  expect(await plain.status("chain/SPX")).toBe("ok");
});
