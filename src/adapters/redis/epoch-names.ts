import type { EpochId } from "../../domain/epoch/substrate.ts";
import type { RedisKeys } from "./keys.ts";

/** The keys of one epoch. */
export interface EpochNames {
  readonly meta: string;
  readonly staged: string;
  readonly contracts: string;
  readonly hadWsUpdates: string;
  readonly dirtyContracts: string;
  readonly dirtyLeases: string;
  readonly held: string;
  /** What the names of its records begin with. */
  readonly record: string;
  /** What the names of its lent contracts begin with. */
  readonly lent: string;
}

export function epochNames(keys: RedisKeys, id: EpochId): EpochNames {
  return {
    meta: keys.of("epochMeta", { id }),
    staged: keys.of("epochStaged", { id }),
    contracts: keys.of("epochContracts", { id }),
    hadWsUpdates: keys.of("hadWsUpdates", { id }),
    dirtyContracts: keys.of("dirtyContracts", { id }),
    dirtyLeases: keys.of("dirtyLeases", { id }),
    held: keys.of("epochHeld", { id }),
    record: keys.of("epochContract", { id, contract: "" }),
    lent: keys.of("lentContracts", { id, token: "" }),
  };
}

/** The keys that end with an epoch, but for its records and lent contracts. */
export function expiringNames(keys: RedisKeys, id: EpochId): readonly string[] {
  const { contracts, hadWsUpdates, dirtyContracts, dirtyLeases } = epochNames(keys, id);
  return [contracts, hadWsUpdates, dirtyContracts, dirtyLeases];
}
