import { type BenchResult, median } from "../result.ts";
import { bareClient, iterate, PATIENT, source } from "./clients.ts";
import { Flood, type Took } from "./flood.ts";
import { type BenchProvider, withProvider } from "./provider.ts";

const WARM_UP_EVENTS = 30_000;
const EVENTS = 200_000;
const WARM_UP_ROUNDS = 2;
const ROUNDS = 9;
const CONTRACTS = 2_000;

/** From the socket to the rows that a host iterates, held against what a bare client makes of the same frames. */
export async function benchRows(): Promise<readonly BenchResult[]> {
  return withProvider(async (provider) => [
    await compare(provider, { eventsPerFrame: 10, eventsPerTrade: 1 }, 0.9),
    await compare(provider, { eventsPerFrame: 50, eventsPerTrade: 1 }, 1.2),
    await compare(provider, { eventsPerFrame: 10, eventsPerTrade: 5 }),
    await compare(provider, { eventsPerFrame: 1, eventsPerTrade: 1 }),
  ]);
}

async function compare(
  provider: BenchProvider,
  frames: { readonly eventsPerFrame: number; readonly eventsPerTrade: number },
  target?: number,
): Promise<BenchResult> {
  await provider.tell(
    { kind: "prepare", spec: { ...frames, contracts: CONTRACTS }, floods: [WARM_UP_EVENTS, EVENTS] },
    "prepared",
  );
  const ours: Took[] = [];
  const theirs: Took[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const bare = await bareRound(provider);
    const rows = await sourceRound(provider);
    if (round < WARM_UP_ROUNDS) continue;
    ours.push(rows);
    theirs.push(bare);
  }
  const ratioOf = (by: keyof Took) => median(ours.map((took, round) => (theirs[round]?.[by] ?? Number.NaN) / took[by]));
  const speed = (took: readonly Took[]) =>
    `${(EVENTS / median(took.map(({ wallMs }) => wallMs)) / 1e3).toFixed(2)} M events/s`;
  const ratio = ratioOf("wallMs");
  const kind = frames.eventsPerTrade === 1 ? "trades" : `one trade to ${frames.eventsPerTrade - 1} quotes`;
  return {
    path: `socket to rows, ${kind}, ${frames.eventsPerFrame} ${frames.eventsPerFrame === 1 ? "event" : "events"} a frame`,
    measured: `${ratio.toFixed(2)} x (${speed(ours)}; by CPU time of the thread ${ratioOf("cpuMs").toFixed(2)} x)`,
    yardstick: `bare ws and JSON.parse of the same frames (${speed(theirs)})`,
    target: target === undefined ? "" : `${target} x`,
    reached: target === undefined ? undefined : ratio >= target,
  };
}

async function sourceRound(provider: BenchProvider): Promise<Took> {
  const flood = new Flood(provider);
  const stop = await iterate(provider, source(provider, PATIENT), ({ rows }) => flood.consume(rows.length));
  await flood.pour(0, WARM_UP_EVENTS);
  const took = await flood.pour(1, EVENTS);
  await stop();
  return took;
}

async function bareRound(provider: BenchProvider): Promise<Took> {
  const flood = new Flood(provider);
  const stop = await bareClient(provider, (text) => flood.consume(JSON.parse(text).length));
  await flood.pour(0, WARM_UP_EVENTS);
  const took = await flood.pour(1, EVENTS);
  await stop();
  return took;
}
