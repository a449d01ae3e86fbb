import { fieldsOf } from "../../adapters/redis/raw-entry-coding.ts";
import { CHAIN_HEALTH, type ChainSnapshot, chainSnapshotSchema } from "../../domain/context/chain.ts";
import { type KeyReader, reading } from "../redis/key-reader.ts";
import { ageOf, figuresOf, textsOf } from "./figures.ts";
import type { ChainState, Figures } from "./inspection.ts";
import { parsedJson } from "./parsed-json.ts";

const LAST = ":last";

/** How the fetching of chains goes, and the last chain of every symbol that was ever fetched, by symbol. */
export async function readChains(
  reader: KeyReader,
  nowMs: number,
): Promise<{
  readonly chains: readonly ChainState[];
  readonly chain_health: Figures | null;
  readonly chain_analytics: Figures | null;
}> {
  const { keys } = reader;
  const action = "look at the chains";
  const [health, analytics] = await reader.read(action, [
    reading(keys.of("chainHealth"), "chainHealth", ["HGETALL"]),
    reading(keys.of("chainAnalytics"), "chainAnalytics", ["HGETALL"]),
  ]);
  const last = new Map<string, string>();
  for (const [field, text] of Object.entries(fieldsOf(textsOf(health)))) {
    if (!field.endsWith(LAST)) continue;
    if (CHAIN_HEALTH.some((name) => name === text)) last.set(field.slice(0, -LAST.length), text ?? "");
    else reader.addProblem(keys.of("chainHealth"), `must hold a health class as '${field}', holds something else`);
  }
  const symbols = [...last.keys()].sort();
  const found = await reader.read(
    action,
    symbols.map((symbol) => reading(keys.of("chainLatest", { SYMBOL: symbol }), "chainLatest", ["GET"])),
  );
  const chains = symbols.map((symbol, index): ChainState => {
    const snapshot = snapshotOf(reader, symbol, found[index]?.[0]);
    return {
      symbol,
      last_health: last.get(symbol) ?? null,
      snapshot_age_ms: ageOf(snapshot?.ts, nowMs),
      latency_ms: snapshot?.latency_ms ?? null,
      contracts: snapshot?.contracts ?? null,
      expirations: snapshot?.expirations.length ?? null,
      strike_min: snapshot?.strike_min ?? null,
      strike_max: snapshot?.strike_max ?? null,
    };
  });
  return {
    chains,
    chain_health: without(figuresOf(health), (name) => name.endsWith(LAST)),
    chain_analytics: without(figuresOf(analytics), (name) => name.startsWith("seq:")),
  };
}

function snapshotOf(reader: KeyReader, symbol: string, json: unknown): ChainSnapshot | undefined {
  if (typeof json !== "string") return undefined;
  const snapshot = chainSnapshotSchema.safeParse(parsedJson(json)).data;
  if (snapshot === undefined) {
    reader.addProblem(
      reader.keys.of("chainLatest", { SYMBOL: symbol }),
      "must hold a chain snapshot, holds something else",
    );
  }
  return snapshot;
}

function without(figures: Figures | null, isLeftOut: (name: string) => boolean): Figures | null {
  if (figures === null) return null;
  return Object.fromEntries(Object.entries(figures).filter(([name]) => !isLeftOut(name)));
}
