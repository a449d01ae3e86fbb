import fc from "fast-check";
import type { ChainCompletion, ChainContract, ChainTrail } from "../../../src/domain/context/chain.ts";
import type { Heartbeat } from "../../../src/domain/context/heartbeat.ts";
import type { ModelAnalytics } from "../../../src/domain/context/model.ts";
import type { SpotFetch } from "../../../src/domain/context/spot.ts";
import type { FlowSnapshot, GridSnapshot } from "../../../src/domain/flow/snapshot.ts";
import { sampleChainContract, sampleCompletion } from "../../../src/testing/chain-store/samples.ts";
import { sampleFlow, sampleGrid } from "../../../src/testing/flow-snapshot-store/samples.ts";
import { sampleHeartbeat } from "../../../src/testing/heartbeat-store/samples.ts";
import { sampleModel, sampleModelAnalytics } from "../../../src/testing/model-store/samples.ts";
import { SAMPLE_TIME_MS } from "../../../src/testing/samples.ts";
import { sampleSpotFetch, sampleSpotValue } from "../../../src/testing/spot-store/samples.ts";
import { instants, maybe } from "./hydration-commands.ts";
import { clients, losses } from "./raw-log-commands.ts";
import type { Client } from "./worlds.ts";

interface Common {
  readonly client: Client;
}

interface Lossy extends Common {
  readonly lost: boolean;
}

/** Sequence minus the stored one: 1 goes on, less repeats. */
interface Numbered extends Lossy {
  readonly producer: string;
  readonly ahead: number;
}

/** A call of the ports of spot values, chains, models, heartbeats and flow snapshots. */
export type ContextCommand =
  | (Numbered & { readonly op: "putSpot"; readonly fetch: SpotFetch })
  | (Numbered & { readonly op: "failSpot" })
  | (Numbered & { readonly op: "completeChain"; readonly completion: ChainCompletion })
  | (Numbered & { readonly op: "failChain"; readonly symbol: string })
  | (Lossy & { readonly op: "putContracts"; readonly contracts: readonly ChainContract[] })
  | (Common & { readonly op: "takeTicket" })
  | (Lossy & {
      readonly op: "putModel";
      readonly model: string;
      readonly symbol: string;
      readonly message: object;
      /** Which ticket: 0 the first that was given, and so on; beyond them one that never was, none without. */
      readonly ticket: number | undefined;
    })
  | (Lossy & {
      readonly op: "putAnalytics";
      readonly model: string;
      readonly symbol: string;
      readonly analytics: ModelAnalytics;
    })
  | (Lossy & { readonly op: "beat"; readonly heartbeat: Heartbeat; readonly ttlMs: number | undefined })
  | (Lossy & { readonly op: "putFlow"; readonly flow: FlowSnapshot })
  | (Lossy & { readonly op: "putGrid"; readonly grid: GridSnapshot })
  | (Common & { readonly op: "readSpot" | "readChain"; readonly symbol: string; readonly producer: string })
  | (Common & { readonly op: "fetches"; readonly fromLast: number; readonly limit: number })
  | (Common & { readonly op: "trail"; readonly figure: ChainTrail; readonly symbol: string })
  | (Common & { readonly op: "contracts"; readonly contracts: readonly ChainContract[] })
  | (Common & { readonly op: "readModel"; readonly model: string; readonly symbol: string })
  | (Common & { readonly op: "beats" })
  | (Common & { readonly op: "readFlow"; readonly underlying: string; readonly expiration: string });

const symbols = fc.oneof({ weight: 12, arbitrary: fc.constantFrom("SPX", "NDX", "AAPL") }, fc.constant("I:SPX"));
const producers = fc.constantFrom("spot/indices", "chain/SPX");
const numbers = fc.constantFrom(0, 1.5, 0.1 + 0.2, 6_870.25, 1e21, 5e-324);
/** Unix seconds, some before those that were told. */
const seconds = fc.nat(5).map((step) => SAMPLE_TIME_MS / 1_000 + step / 4);
const days = fc.constantFrom("2025-12-23", "2026-01-16");
const models = fc.oneof({ weight: 12, arbitrary: fc.constantFrom("gex", "heatmap") }, fc.constant("GEX"));

const lossy = { client: clients, lost: losses };
const numbered = {
  ...lossy,
  producer: producers,
  ahead: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.constantFrom(0, -2, 3, 0.5)),
};

const spotValues = fc
  .record({
    symbol: symbols,
    value: numbers,
    volume: maybe(fc.nat(900)),
    ts: seconds,
    as_of_ns: instants.map(String),
    timeframe: fc.constantFrom("REAL-TIME" as const, "DELAYED" as const, null),
    change: maybe(numbers),
  })
  .map((value) => sampleSpotValue(value));
const fetches = fc
  .record({
    values: fc.array(spotValues, { maxLength: 4 }),
    receivedAtMs: seconds.map((ts) => ts * 1_000),
    latencyMs: maybe(numbers),
    payload: fc.constantFrom("", '{"results":[ {"value":6870.30,"name":"é€😀"} ]}\n'),
    errors: fc.nat(2),
  })
  .map(({ values, ...fetch }) => sampleSpotFetch(values, fetch));
const completions = fc
  .record({
    snapshot: fc.record({
      symbol: symbols,
      contracts: fc.nat(900),
      latency_ms: fc.nat(900),
      health: fc.constantFrom("ok" as const, "slow", "partial", "collapsed", "empty"),
      epoch: fc.constantFrom("SPX:1766437799:0f1e2d", null),
      ts: seconds,
      strike_min: maybe(numbers),
      pages: fc.constantFrom(null, ['{"results":[ ]}', "é€😀"]),
    }),
    stalenessMs: maybe(numbers),
    slaViolated: fc.boolean(),
    promotion: fc.constantFrom("none" as const, "promoted", "forced"),
    publishFailures: fc.nat(2),
  })
  .map(({ snapshot, ...completion }) => sampleCompletion(snapshot, completion));
const chainContracts = fc.array(
  fc
    .record({
      id: fc.record({
        root: fc.constantFrom("SPX", "SPXW"),
        expiration: days,
        right: fc.constantFrom("C" as const, "P" as const),
        strikeThousandths: fc.constantFrom(6_870_500, 1, 6_870_500, 0),
      }),
      json: fc.constantFrom('{"oi": 1.0}', '{"oi":2,"n":"é€😀"}'),
    })
    .map(({ id, json }): ChainContract => ({ ...sampleChainContract(id), json })),
  { maxLength: 3 },
);
const messages = fc.oneof(
  { weight: 12, arbitrary: fc.record({ net: numbers }).map((net) => sampleModel(net)) },
  fc.constantFrom([], { net: Number.NaN }),
);
const analytics = fc
  .record({ builds: fc.nat(900), last_ts: maybe(seconds), last_ms: maybe(numbers) })
  .map((counts) => sampleModelAnalytics(counts));
const heartbeats = fc
  .record({
    worker: fc.constantFrom("ws", "chain/SPX", "chain/SPX", "not one"),
    ts: seconds,
    status: fc.constantFrom("ok" as const, "degraded", "failed"),
    reason: maybe(fc.constantFrom("429 é€😀", "")),
  })
  .map((heartbeat) => sampleHeartbeat(heartbeat));
const flows = fc
  .record({ underlying: fc.constantFrom("SPX", "AAPL"), contracts_per_sec: numbers })
  .map((flow) => sampleFlow(flow));
const grids = fc
  .record({ underlying: fc.constantFrom("SPX", "AAPL"), expiration: days, watermark_ns: maybe(instants.map(String)) })
  .map((grid) => sampleGrid(grid));

export const contextCommands: fc.Arbitrary<ContextCommand> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant("putSpot" as const), ...numbered, fetch: fetches }) },
  fc.record({ op: fc.constant("failSpot" as const), ...numbered }),
  {
    weight: 3,
    arbitrary: fc.record({ op: fc.constant("completeChain" as const), ...numbered, completion: completions }),
  },
  fc.record({ op: fc.constant("failChain" as const), ...numbered, symbol: symbols }),
  fc.record({ op: fc.constant("putContracts" as const), ...lossy, contracts: chainContracts }),
  fc.record({ op: fc.constant("takeTicket" as const), client: clients }),
  fc.record({
    op: fc.constant("putModel" as const),
    ...lossy,
    model: models,
    symbol: symbols,
    message: messages,
    ticket: fc.option(fc.nat(5), { nil: undefined }),
  }),
  fc.record({ op: fc.constant("putAnalytics" as const), ...lossy, model: models, symbol: symbols, analytics }),
  fc.record({
    op: fc.constant("beat" as const),
    ...lossy,
    heartbeat: heartbeats,
    ttlMs: fc.constantFrom(undefined, 60_000, 0.5),
  }),
  fc.record({ op: fc.constant("putFlow" as const), ...lossy, flow: flows }),
  fc.record({ op: fc.constant("putGrid" as const), ...lossy, grid: grids }),
  fc.record({
    op: fc.constantFrom("readSpot" as const, "readChain"),
    client: clients,
    symbol: symbols,
    producer: producers,
  }),
  fc.record({ op: fc.constant("fetches" as const), client: clients, fromLast: fc.nat(4), limit: fc.nat(3) }),
  fc.record({
    op: fc.constant("trail" as const),
    client: clients,
    figure: fc.constantFrom("fetch_latency" as const, "contract_count", "staleness", "strike_range"),
    symbol: symbols,
  }),
  fc.record({ op: fc.constant("contracts" as const), client: clients, contracts: chainContracts }),
  fc.record({ op: fc.constant("readModel" as const), client: clients, model: models, symbol: symbols }),
  fc.record({ op: fc.constant("beats" as const), client: clients }),
  fc.record({
    op: fc.constant("readFlow" as const),
    client: clients,
    underlying: fc.constantFrom("SPX", "AAPL"),
    expiration: days,
  }),
);
