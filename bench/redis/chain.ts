import type { RedisPorts } from "../../src/adapters/redis/index.ts";
import { MassiveRest, RequestBudget } from "../../src/adapters/rest/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { OpenInterestPins } from "../../src/domain/epoch/open-interest.ts";
import { decidePromotion } from "../../src/domain/epoch/promotion.ts";
import { SILENT_LOGGER } from "../../src/domain/silent.ts";
import { ChainPublisher } from "../../src/workers/context/chain/chain-publisher.ts";
import { EpochKeeper } from "../../src/workers/context/chain/epoch-keeper.ts";
import { fetchChain, type WholeChain } from "../../src/workers/context/chain/fetch-chain.ts";
import { startCli } from "../../test/support/cli-process.ts";
import { until } from "../../test/support/until.ts";
import { type BenchResult, median, seconds } from "../result.ts";
import { withRedis } from "./server.ts";
import { beginServerTime, endServerTime, type ServerTime } from "./server-time.ts";

const CONTRACTS = 20_000;
const ROUNDS = 7;
const LIMIT_MS = 500;
const MOST_EXPIRATIONS = 100;
const HOUR_MS = 3_600_000;

/** What one fetch cost, ms. */
interface Round {
  readonly contracts: number;
  readonly fetchMs: number;
  /** From the first call of a store to the last answer. */
  readonly storeMs: number;
  /** Of the server: for the snapshot keys, and for the epoch with the end of the fetch. */
  readonly parts: readonly ServerTime[];
}

/**
 * A chain of 20,000 contracts out of a simulated provider in a process of its own, by the pieces of the chain worker: its
 * contracts as snapshot keys, and an epoch of them promoted in the place of the one before.
 */
export async function benchChain(): Promise<readonly BenchResult[]> {
  return withSimulator((baseUrl) => withRedis([], (ports) => measure(ports, baseUrl)));
}

async function measure(ports: RedisPorts, baseUrl: string): Promise<readonly BenchResult[]> {
  const clock = SYSTEM_CLOCK;
  const { signal } = new AbortController();
  const budget = new RequestBudget({ clock, requestsPerSec: 1e9 });
  const provider = new MassiveRest({ apiKey: "any", clock, baseUrl, budget });
  const pins = new OpenInterestPins();
  const keeper = new EpochKeeper(ports, "SPX", pins);
  const publisher = new ChainPublisher(ports.chain, "SPX", { clock, logger: SILENT_LOGGER, signal });
  const today = new Date().toISOString().slice(0, 10);
  const expirations = await provider.expirations("SPX", today, MOST_EXPIRATIONS, signal);
  const request = { underlying: "I:SPX", expirations, strikes: undefined };

  const promote = async (chain: WholeChain): Promise<void> => {
    await keeper.look();
    const decision = decidePromotion({
      symbol: "SPX",
      active: keeper.active,
      records: chain.contracts.map(({ record }) => pins.pinned(record, chain.receivedAtMs)),
      verdict: { health: "ok", use: "all", isConfirmed: false, medianContracts: null },
      force: true,
      dormantCount: 0,
      nowMs: clock.now(),
      ttlMs: HOUR_MS,
    });
    const promotion = await keeper.apply(decision);
    if (promotion === "none") throw new Error("Cannot measure: every chain must be promoted, one was not");
    const outcome = { health: "ok", isWhole: true, slaViolated: false, promotion, epoch: keeper.activeId } as const;
    await publisher.complete(chain, outcome);
  };
  const once = async (): Promise<Round> => {
    const startedAtMs = performance.now();
    const chain = await fetchChain(provider, request, clock, signal);
    const fetchMs = performance.now() - startedAtMs;
    if (!chain.complete) throw new Error("Cannot measure: the chain must be whole, it is not");
    const parts: ServerTime[] = [];
    let storeMs = 0;
    for (const part of [() => publisher.contracts(chain), () => promote(chain)]) {
      const began = await beginServerTime(ports);
      storeMs += 1_000 * (await seconds(part));
      parts.push(await endServerTime(ports, began));
    }
    return { contracts: chain.contracts.length, fetchMs, storeMs, parts };
  };
  // The first has no epoch before it.
  const first = await once();
  if (first.contracts < CONTRACTS)
    throw new Error(`Cannot measure: ${CONTRACTS} contracts must come, came ${first.contracts}`);
  const rounds: Round[] = [];
  while (rounds.length < ROUNDS) rounds.push(await once());
  return results(rounds);
}

function results(rounds: readonly Round[]): readonly BenchResult[] {
  const of = (value: (round: Round) => number): number => median(rounds.map(value));
  const contracts = of((round) => round.contracts);
  const serverMs = of(({ parts }) => parts.reduce((sum, { totalMs }) => sum + totalMs, 0));
  const longestMs = of(({ parts }) => Math.max(...parts.map((part) => part.longestMs)));
  const cpuMs = of(({ parts }) => parts.reduce((sum, part) => sum + part.cpuMs, 0));
  const [keysMs, epochMs] = [0, 1].map((index) => of(({ parts }) => parts[index]?.totalMs ?? Number.NaN));
  const [fetchMs, storeMs] = [of((round) => round.fetchMs), of((round) => round.storeMs)];
  return [
    {
      path: `chain of ${contracts} contracts into Redis: snapshot keys, and an epoch promoted after another`,
      measured:
        `${serverMs.toFixed(0)} ms, at most ${longestMs.toFixed(1)} ms at once ` +
        `(CPU ${cpuMs.toFixed(0)} ms; keys ${keysMs?.toFixed(0)} ms, epoch ${epochMs?.toFixed(0)} ms; ` +
        `${storeMs.toFixed(0)} ms from the first call to the last answer)`,
      yardstick: "time of the server",
      target: `< ${LIMIT_MS} ms`,
      reached: serverMs < LIMIT_MS,
    },
    {
      path: "the same with its fetch from a simulated provider in another process",
      measured: `${of((round) => round.fetchMs + round.storeMs).toFixed(0)} ms (fetch ${fetchMs.toFixed(0)} ms)`,
      yardstick: "",
      target: "",
      reached: undefined,
    },
  ];
}

/** Runs the simulated provider's command, quiet but for its requests. */
async function withSimulator<T>(use: (baseUrl: string) => Promise<T>): Promise<T> {
  const { child, ended } = startCli(["simulate", "--port", "0", "--rate", "1", "--chain-size", String(CONTRACTS)]);
  let stdout = "";
  child.stdout.on("data", (text: string) => {
    stdout += text;
  });
  try {
    let url: string | undefined;
    await until("the simulator listens", () => {
      url = /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)?.[0];
      return url !== undefined;
    });
    return await use(url ?? "");
  } finally {
    child.kill("SIGTERM");
    await ended;
  }
}
