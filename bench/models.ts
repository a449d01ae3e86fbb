import { fileURLToPath } from "node:url";
import {
  blackScholesPrice,
  ExposureCells,
  type ExposureContract,
  exposureWalls,
  gammaFlips,
  gammaProfile,
  HEATMAP_WIDTHS,
  HeatmapCells,
  type HeatmapContract,
  type ImpliedVolatilityInput,
  impliedVolatility,
  NAIVE_OPEN_INTEREST,
  profileLevels,
  type Random,
  RepricedGamma,
  seededRandom,
} from "../src/index.ts";
import { type BenchResult, median } from "./result.ts";

const SPOT = 6_850;
const TODAY = "2026-01-07";
const EXPIRATIONS = 10;
const STRIKES = 250;
const DIRTY = 100;
const ROUNDS = 40;
const WARM_UP = 15;
const MINUTES_PER_YEAR = 525_600;

/** 5,000 contracts: ten expirations, the first with two hours left, and a smile that differs between calls and puts. */
function chain(random: Random): readonly ExposureContract[] {
  const contracts: ExposureContract[] = [];
  for (let day = 0; day < EXPIRATIONS; day++) {
    const years = (120 + day * 1_440) / MINUTES_PER_YEAR;
    for (let index = 0; index < STRIKES; index++) {
      const strike = SPOT + 5 * (index - STRIKES / 2);
      const smile = 0.12 + 2 * (strike / SPOT - 1) ** 2 - 0.3 * (strike / SPOT - 1);
      for (const right of ["C", "P"] as const) {
        contracts.push({
          root: "SPXW",
          expiration: `2026-01-${String(7 + day).padStart(2, "0")}`,
          right,
          strike,
          multiplier: 100,
          openInterest: Math.floor(2_000 * random.exponential()),
          volume: null,
          dealerPosition: null,
          iv: smile + 0.004 * random.next(),
          delta: null,
          gamma: null,
          greeksSource: null,
          years,
          rate: 0.04,
          dividendYield: 0.013,
        });
      }
    }
  }
  return contracts;
}

function medianMs(work: (round: number) => void): { readonly took: number; readonly worst: number } {
  const tookMs: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const startedAtMs = performance.now();
    work(round);
    if (round >= WARM_UP) tookMs.push(performance.now() - startedAtMs);
  }
  return { took: median(tookMs), worst: Math.max(...tookMs) };
}

function limited(path: string, limitMs: number | undefined, work: (round: number) => void): BenchResult {
  const { took, worst } = medianMs(work);
  return {
    path,
    measured: `${took.toFixed(2)} ms (worst ${worst.toFixed(2)} ms)`,
    yardstick: "",
    target: limitMs === undefined ? "" : `< ${limitMs} ms`,
    reached: limitMs === undefined ? undefined : took < limitMs,
  };
}

/** Solves of out-of-the-money prices over a chain, from the wings to the money. */
function solves(contracts: readonly ExposureContract[]): BenchResult {
  const inputs: ImpliedVolatilityInput[] = [];
  for (const { right, strike, years, rate, dividendYield, iv } of contracts) {
    const terms = { spot: SPOT, strike, years: years ?? 0, rate, dividendYield };
    if (right === "C" ? strike < SPOT : strike > SPOT) continue;
    const price = blackScholesPrice(right, { ...terms, volatility: iv ?? 0 });
    if (price > 1e-9) inputs.push({ ...terms, right, price });
  }
  let solved = 0;
  let rounds = 0;
  const { took } = medianMs(() => {
    rounds += 1;
    for (const input of inputs) if (impliedVolatility(input).ok) solved += 1;
  });
  if (solved !== rounds * inputs.length) throw new Error("Cannot measure: every price must have a volatility");
  const perSec = (inputs.length / took) * 1_000;
  return {
    path: "implied-volatility",
    measured: `${(perSec / 1_000).toFixed(0)} k solves/s`,
    yardstick: "",
    target: "500 k solves/s",
    reached: perSec >= 500_000,
  };
}

const WIDTHS = HEATMAP_WIDTHS["SPX"] ?? [];
const AS_OF_MS = Date.UTC(2026, 0, 7, 19);

/** The same contracts with quotes around what they are worth, in ticks of a nickel, all within half a second. */
function quoted(contracts: readonly ExposureContract[], random: Random): readonly HeatmapContract[] {
  return contracts.map((contract) => {
    const { root, expiration, right, strike, years, rate, dividendYield, iv } = contract;
    const terms = { spot: SPOT, strike, years: years ?? 0, rate, dividendYield, volatility: iv ?? 0 };
    const bid = Math.floor(blackScholesPrice(right, terms) * 20) / 20;
    const quoteTsNs = BigInt(AS_OF_MS - random.int(500)) * 1_000_000n;
    return { root, expiration, right, strike, quote: { bid, ask: bid + 0.05 * (1 + random.int(4)), quoteTsNs } };
  });
}

/** Singles, verticals and butterflies of ten widths: 105,000 tiles. */
function heatmap(contracts: readonly ExposureContract[], random: Random): readonly BenchResult[] {
  const quotes = quoted(contracts, random);
  const filled = (): HeatmapCells => {
    const cells = new HeatmapCells({ asOfMs: AS_OF_MS, spot: SPOT, widthsPts: WIDTHS });
    for (const { root, expiration, years, rate, dividendYield } of contracts) {
      cells.setTerms({ root, expiration }, { years: years ?? 0, rate, dividendYield });
    }
    for (const contract of quotes) cells.update(contract);
    return cells;
  };
  const kept = filled();
  const { series } = kept.report();
  const dirty = Array.from({ length: WARM_UP + ROUNDS }, () =>
    Array.from({ length: DIRTY }, (): HeatmapContract => {
      const contract = quotes[random.int(quotes.length)];
      if (contract === undefined) throw new Error("Cannot measure: the chain must not be empty");
      const bid = random.int(2_000) / 20;
      return { ...contract, quote: { bid, ask: bid + 0.1, quoteTsNs: BigInt(AS_OF_MS) * 1_000_000n } };
    }),
  );
  return [
    limited("heatmap, 5,000 contracts in full", 20, () => {
      filled().report();
    }),
    limited("heatmap, 100 dirty of 5,000", 1, (round) => {
      for (const contract of dirty[round] ?? []) kept.update(contract);
      kept.report();
    }),
    limited("heatmap, a second and a spot later", undefined, (round) => {
      kept.moveTo({ asOfMs: AS_OF_MS + round, spot: SPOT + round });
      kept.report();
    }),
    limited("heatmap, all 105,000 tiles as rows for a message", undefined, () => {
      for (const id of series) kept.rows(id);
    }),
  ];
}

/** What models compute, without the stores around them. */
export async function benchModels(): Promise<readonly BenchResult[]> {
  const random = seededRandom(11);
  const contracts = chain(random);
  const options = { spot: SPOT, convention: NAIVE_OPEN_INTEREST, tradingDay: TODAY };
  const filled = (): ExposureCells => {
    const cells = new ExposureCells(options);
    for (const contract of contracts) cells.update(contract);
    return cells;
  };
  const kept = filled();
  kept.report();
  const dirty = Array.from({ length: WARM_UP + ROUNDS }, () =>
    Array.from({ length: DIRTY }, (): ExposureContract => {
      const contract = contracts[random.int(contracts.length)];
      if (contract === undefined) throw new Error("Cannot measure: the chain must not be empty");
      return { ...contract, openInterest: random.int(5_000) };
    }),
  );
  const last = contracts.map((contract) => ({ ...contract, years: (contract.years ?? 0) - 119 / MINUTES_PER_YEAR }));
  const levels = profileLevels(SPOT);
  return [
    solves(contracts),
    limited("exposures by strike, 5,000 contracts in full", 20, () => {
      exposureWalls(filled().report().byStrike, SPOT);
    }),
    limited("exposures by strike, 100 dirty of 5,000", 1, (round) => {
      for (const contract of dirty[round] ?? []) kept.update(contract);
      exposureWalls(kept.report().byStrike, SPOT);
    }),
    limited("re-priced profile with all flips, 5,000 contracts", 60, () => {
      const gamma = new RepricedGamma(contracts, NAIVE_OPEN_INTEREST);
      gammaFlips(gamma, SPOT);
      gammaProfile(gamma, levels);
    }),
    // A flip at nearly every strike, on the narrowest grid.
    limited("the same with one minute left", undefined, () => {
      const gamma = new RepricedGamma(last, NAIVE_OPEN_INTEREST);
      gammaFlips(gamma, SPOT);
      gammaProfile(gamma, levels);
    }),
    ...heatmap(contracts, random),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await benchModels());
