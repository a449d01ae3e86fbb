import { fieldsOf } from "../../adapters/redis/raw-entry-coding.ts";
import { type KeyReader, reading } from "../redis/key-reader.ts";
import { ageOf, numberOf, textsOf } from "./figures.ts";
import type { ChainState, EpochState } from "./inspection.ts";

/**
 * The epoch of each symbol, past its validity or not, by symbol.
 *
 * @param chains of which the last health is taken.
 */
export async function readEpochs(
  reader: KeyReader,
  chains: readonly ChainState[],
  nowMs: number,
): Promise<readonly EpochState[]> {
  const { keys } = reader;
  const action = "look at the epochs";
  const [active, dirty] = await reader.read(action, [
    reading(keys.of("active"), "active", ["HGETALL"]),
    reading(keys.of("dirty"), "dirty", ["SMEMBERS"]),
  ]);
  const dirtyEpochs = new Set(textsOf(dirty));
  const symbols = Object.entries(fieldsOf(textsOf(active))).sort(([a], [b]) => (a < b ? -1 : 1));
  return Promise.all(
    symbols.map(async ([symbol, epoch = ""]) => {
      const state = await readEpoch(reader, epoch, nowMs);
      const last_health = chains.find((chain) => chain.symbol === symbol)?.last_health ?? null;
      return { symbol, epoch, ...state, dirty: dirtyEpochs.has(epoch), last_health };
    }),
  );
}

async function readEpoch(
  reader: KeyReader,
  id: string,
  nowMs: number,
): Promise<Omit<EpochState, "symbol" | "epoch" | "dirty" | "last_health">> {
  const { keys } = reader;
  const action = "look at an epoch";
  const [meta, contracts, dirty, leases, updates] = await reader.read(action, [
    reading(keys.of("epochMeta", { id }), "epochMeta", ["HGETALL"]),
    reading(keys.of("epochContracts", { id }), "epochContracts", ["SCARD"]),
    reading(keys.of("dirtyContracts", { id }), "dirtyContracts", ["SCARD"]),
    reading(keys.of("dirtyLeases", { id }), "dirtyLeases", ["ZRANGE", 0, -1]),
    reading(keys.of("hadWsUpdates", { id }), "hadWsUpdates", ["GET"]),
  ]);
  const lent = await reader.read(
    action,
    textsOf(leases).map((token) => reading(keys.of("lentContracts", { id, token }), "lentContracts", ["SCARD"])),
  );
  const fields = fieldsOf(textsOf(meta));
  const validAgeMs = ageOf(fields["valid_until"], nowMs);
  return {
    age_ms: ageOf(fields["created_ts"], nowMs),
    valid_left_ms: validAgeMs === null ? null : -validAgeMs,
    contracts: numberOf(fields["contract_count"]),
    contracts_stored: Number(contracts?.[0] ?? 0),
    dirty_contracts: Number(dirty?.[0] ?? 0),
    lent_contracts: lent.reduce((sum, answers) => sum + Number(answers?.[0] ?? 0), 0),
    had_ws_updates: flagOf(updates?.[0]),
    streamed_age_ms: ageOf(fields["streamed_ts"], nowMs),
    dormant_count: numberOf(fields["dormant_count"]),
    forced: flagOf(fields["forced"]),
  };
}

function flagOf(text: unknown): boolean | null {
  return text === "1" ? true : text === "0" ? false : null;
}
