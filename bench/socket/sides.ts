import { type BenchResult, median } from "../result.ts";
import { iterate, PATIENT, source } from "./clients.ts";
import { Flood, type Took } from "./flood.ts";
import { type BenchProvider, withProvider } from "./provider.ts";

const WARM_UP_EVENTS = 30_000;
const EVENTS = 200_000;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 9;
const CONTRACTS = 2_000;
/** Sides may add so much to the way from socket to rows. */
const TARGET = 0.2;

/** What the side of every print adds to the way from the socket to the rows that a host iterates. */
export async function benchSocketSides(): Promise<readonly BenchResult[]> {
  return withProvider(async (provider) => [await compare(provider, 1), await compare(provider, 5)]);
}

async function compare(provider: BenchProvider, eventsPerTrade: number): Promise<BenchResult> {
  const spec = { eventsPerFrame: 10, eventsPerTrade, contracts: CONTRACTS };
  await provider.tell({ kind: "prepare", spec, floods: [WARM_UP_EVENTS, EVENTS] }, "prepared");
  const pairs: { readonly plain: Took; readonly sided: Took }[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const plain = await sourceRound(provider, false);
    const sided = await sourceRound(provider, true);
    if (round >= WARM_UP_ROUNDS) pairs.push({ plain, sided });
  }
  const added = median(pairs.map(({ plain, sided }) => sided.cpuMs / plain.cpuMs - 1));
  const wall = median(pairs.map(({ plain, sided }) => sided.wallMs / plain.wallMs - 1));
  const kind = eventsPerTrade === 1 ? "trades" : `one trade to ${eventsPerTrade - 1} quotes`;
  return {
    path: `sides on the way from socket to rows, ${kind}, 10 events a frame`,
    measured: `+${(100 * added).toFixed(0)} % CPU time of the thread (+${(100 * wall).toFixed(0)} % time)`,
    yardstick: "the same without sides",
    target: `+${100 * TARGET} %`,
    reached: added <= TARGET,
  };
}

async function sourceRound(provider: BenchProvider, wsTradeSides: boolean): Promise<Took> {
  const flood = new Flood(provider);
  const manager = source(provider, { ...PATIENT, wsTradeSides });
  const stop = await iterate(provider, manager, ({ rows }) => flood.consume(rows.length));
  await flood.pour(0, WARM_UP_EVENTS);
  const took = await flood.pour(1, EVENTS);
  await stop();
  return took;
}
