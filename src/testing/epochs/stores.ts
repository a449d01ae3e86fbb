import type { EpochDraft, EpochId, SubstrateRecord } from "../../domain/epoch/substrate.ts";
import type { EpochStore } from "../../ports/epoch-store.ts";
import type { MessageBus } from "../../ports/message-bus.ts";
import type { SubstrateStore } from "../../ports/substrate-store.ts";
import { check, expectDefined } from "../check.ts";
import type { ContractTests, StoreTime } from "../runner.ts";
import { sampleEpoch } from "./samples.ts";

/** Clients of the ports that share epochs, of one store: neither can be tested without the others. */
export interface EpochClients {
  readonly epochs: EpochStore;
  readonly substrate: SubstrateStore;
  /** Hears the announcements of the epochs. */
  readonly bus: MessageBus;
}

/** What the tests of the two stores share. */
export type EpochTests = ContractTests<EpochClients, []>;

/** A lease that does not run out while a test runs. */
export const LONG_MS = 600_000;

/** Stages an epoch and makes it the active one in the place of `expected`. */
export async function activate(
  { epochs }: EpochClients,
  draft: EpochDraft,
  expected: EpochId | null = null,
): Promise<EpochId> {
  await epochs.stage(draft);
  check.equal(`promotion of ${draft.id}`, await epochs.promote(expected, draft.id), "promoted");
  return draft.id;
}

/** Makes a sample epoch active that has nothing dirty. */
export async function activateClean(
  clients: EpochClients,
  time: StoreTime,
  hash: string,
  overrides: Partial<EpochDraft> = {},
): Promise<EpochId> {
  const id = await activate(clients, sampleEpoch(time.now(), hash, overrides));
  await clients.epochs.settle(await clients.epochs.takeDirty(id, "cleaner", LONG_MS));
  return id;
}

/** The one record of a contract. */
export async function recordOf(clients: EpochClients, epoch: EpochId, contract: string): Promise<SubstrateRecord> {
  const records = expectDefined("records", await clients.substrate.records(epoch, [contract]));
  return expectDefined(contract, records[0]);
}

/** What is dirty, taken and settled. */
export async function drainDirty({ epochs }: EpochClients, epoch: EpochId): Promise<readonly string[]> {
  const lease = await epochs.takeDirty(epoch, "drain", LONG_MS);
  check.equal("settle", await epochs.settle(lease), "settled");
  return lease.contracts;
}
