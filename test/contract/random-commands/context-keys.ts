import { CHAIN_TRAILS } from "../../../src/domain/context/chain.ts";
import type { TrailPoint } from "../../../src/domain/context/trail.ts";
import { CURSOR_START } from "../../../src/domain/stream/cursor.ts";
import type { ContextRun } from "./context-run.ts";
import { Between, JsonOf } from "./shapes.ts";
import type { ExpectedKey, ExpectedKeys } from "./stored-keys.ts";
import { secondsOf } from "./texts.ts";
import type { Worlds } from "./worlds.ts";

type Keys = [string, ExpectedKey][];

const ALL = 10_000;
const PRODUCERS = ["spot/indices", "chain/SPX"];
const SYMBOLS = ["SPX", "NDX", "AAPL"];
const MODELS = ["gex", "heatmap"];

/** The keys of spot values, chains, models, heartbeats and flow snapshots. */
export async function contextKeys(worlds: Worlds, run: ContextRun): Promise<ExpectedKeys> {
  return [
    ...(await spotKeys(worlds)),
    ...(await chainKeys(worlds, run)),
    ...(await modelKeys(worlds, run)),
    ...(await heartbeatKeys(worlds, run)),
    ...(await flowKeys(worlds, run)),
  ];
}

async function spotKeys({ redis: { keys }, memory: { spot } }: Worlds): Promise<Keys> {
  const own: Keys = [];
  const values = await spot.all();
  for (const [symbol, value] of values) {
    own.push([keys.of("spot", { SYMBOL: symbol }), { type: "string", value: new JsonOf(value) }]);
    const trail = { type: "zset", value: scoresOf(await spot.trail(symbol)) } as const;
    own.push([keys.of("spotTrail", { SYMBOL: symbol }), trail]);
  }
  if (values.size > 0) {
    own.push([keys.of("spotAll"), { type: "string", value: new JsonOf(Object.fromEntries(values)) }]);
    own.push([keys.of("spotSymbols"), { type: "set", value: [...values.keys()].sort() }]);
  }
  const fetches = await spot.fetches(CURSOR_START, ALL);
  if (fetches.length > 0) {
    const entries = fetches.map(({ cursor, receivedAtMs, payload }) => {
      return { id: cursor, fields: { ts: secondsOf(receivedAtMs), payload } };
    });
    own.push([keys.of("spotStream"), { type: "stream", value: { entries, groups: {} } }]);
  }
  const seqs = await seqFields(spot);
  if (Object.keys(seqs).length > 0) {
    const { symbol_frames, errors, ...counts } = await spot.analytics();
    const frames = [...symbol_frames].map(([symbol, count]) => [`frames:${symbol}`, count]);
    const answered = fetches.length > 0 ? { ...counts, ...Object.fromEntries(frames) } : {};
    own.push([keys.of("spotAnalytics"), { type: "hash", value: { ...fieldsOf({ errors, ...answered }), ...seqs } }]);
  }
  return own;
}

async function chainKeys({ redis: { keys }, memory: { chain } }: Worlds, run: ContextRun): Promise<Keys> {
  const own: Keys = [];
  for (const [contract, value] of run.contracts) {
    const endsAtMs = run.contractsAt.get(contract)?.plus(300_000);
    own.push([keys.of("chainContract", { contract }), { type: "string", value, endsAtMs }]);
  }
  for (const symbol of SYMBOLS) {
    const latest = await chain.latest(symbol);
    if (latest !== null) {
      own.push([keys.of("chainLatest", { SYMBOL: symbol }), { type: "string", value: new JsonOf(latest) }]);
    }
    for (const figure of CHAIN_TRAILS) {
      const points = await chain.trail(figure, symbol);
      if (points.length === 0) continue;
      own.push([keys.of("chainTrail", { figure, SYMBOL: symbol }), { type: "zset", value: scoresOf(points) }]);
    }
  }
  const seqs = await seqFields(chain);
  if (Object.keys(seqs).length > 0) {
    const { runs, errors, ...counts } = await chain.analytics();
    // What never failed says so once something was answered.
    const answered = counts.total_snapshots > 0 ? { runs, errors, ...counts } : { runs, errors };
    own.push([keys.of("chainAnalytics"), { type: "hash", value: { ...fieldsOf(answered), ...seqs } }]);
    const { counts: classes, last } = await chain.health();
    const seen = Object.fromEntries(Object.entries(classes).filter(([, count]) => count > 0));
    const lasts = Object.fromEntries([...last].map(([symbol, health]) => [`${symbol}:last`, health]));
    own.push([keys.of("chainHealth"), { type: "hash", value: { ...fieldsOf(seen), ...lasts } }]);
  }
  return own;
}

async function modelKeys({ redis: { keys }, memory: { models } }: Worlds, run: ContextRun): Promise<Keys> {
  const own: Keys = [];
  for (const [name, during] of run.modelsAt) {
    const [model = "", symbol = ""] = name.split(":");
    const value = new JsonOf(await models.latest(model, symbol));
    const endsAtMs = during.plus(60_000);
    own.push([keys.of("model", { model, SYMBOL: symbol }), { type: "string", value, endsAtMs }]);
  }
  const tickets = Object.fromEntries([...run.ticketFields].map(([name, ticket]) => [name, String(ticket)]));
  if (run.ticketFields.size > 0) own.push([keys.of("modelTickets"), { type: "hash", value: tickets }]);
  const fields: Record<string, unknown> = {};
  for (const model of MODELS) {
    for (const symbol of SYMBOLS) {
      const analytics = fieldsOf((await models.analytics(model, symbol)) ?? {});
      for (const [name, field] of Object.entries(analytics)) fields[`${model}:${symbol}:${name}`] = field;
    }
  }
  if (Object.keys(fields).length > 0) own.push([keys.of("modelAnalytics"), { type: "hash", value: fields }]);
  return own;
}

async function heartbeatKeys({ redis: { keys }, memory: { heartbeats } }: Worlds, run: ContextRun): Promise<Keys> {
  const beats = await heartbeats.all();
  const own = beats.map((heartbeat): [string, ExpectedKey] => {
    const { worker } = heartbeat;
    const endsAtMs = run.beatsUntil.get(worker);
    return [keys.of("heartbeat", { worker }), { type: "string", value: new JsonOf(heartbeat), endsAtMs }];
  });
  if (beats.length > 0) {
    own.push([keys.of("heartbeats"), { type: "zset", value: Object.fromEntries(run.beatsUntil) }]);
  }
  return own;
}

async function flowKeys({ redis: { keys }, memory: { snapshots } }: Worlds, run: ContextRun): Promise<Keys> {
  const own: Keys = [];
  for (const [underlying, during] of run.flowsAt) {
    const value = new JsonOf(await snapshots.flow(underlying));
    const endsAtMs = during.plus(30_000);
    own.push([keys.of("flow", { UNDERLYING: underlying }), { type: "string", value, endsAtMs }]);
  }
  for (const [name, during] of run.gridsAt) {
    const [underlying = "", expiration = ""] = name.split(":");
    const value = new JsonOf(await snapshots.grid(underlying, expiration));
    const endsAtMs = during.plus(30_000);
    own.push([keys.of("grid", { UNDERLYING: underlying, EXPIRY: expiration }), { type: "string", value, endsAtMs }]);
  }
  return own;
}

/** The fields that keep the sequences of those producers that wrote. */
async function seqFields(store: {
  storedSeq(producer: string): Promise<number>;
}): Promise<Readonly<Record<string, string>>> {
  const fields: Record<string, string> = {};
  for (const producer of PRODUCERS) {
    const seq = await store.storedSeq(producer);
    if (seq > 0) fields[`seq:${producer}`] = String(seq);
  }
  return fields;
}

/** Numbers, however they are written; what is `null` has no field. */
function fieldsOf(counts: object): Readonly<Record<string, Between>> {
  const known = Object.entries(counts).filter(([, count]) => count !== null);
  return Object.fromEntries(known.map(([name, count]) => [name, new Between(count, count)]));
}

/** The scores of a trail's members. */
function scoresOf(points: readonly TrailPoint[]): Readonly<Record<string, number>> {
  return Object.fromEntries(points.map(({ ts, value }) => [`${ts}:${value}`, ts]));
}
