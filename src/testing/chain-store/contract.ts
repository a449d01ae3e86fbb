import type { ChainStore } from "../../ports/chain-store.ts";
import type { AnnouncingClients } from "../announcements.ts";
import { type ContractOptions, closedClientTests, contractTests } from "../runner.ts";
import { completionTests, countTests, racingTests, refusalTests } from "./completion-tests.ts";
import { contractsTests } from "./contracts-tests.ts";
import { sampleChainContract, sampleCompletion, sampleContractId } from "./samples.ts";

/** Runs the contract of `ChainStore` against an adapter. */
export function chainStoreContract(adapter: string, options: ContractOptions<AnnouncingClients<ChainStore>>): void {
  const tests = contractTests(options);
  tests.runner.describe(`chain store (${adapter})`, () => {
    tests.runner.describe("contracts", () => contractsTests(tests));
    tests.runner.describe("completion", () => completionTests(tests));
    tests.runner.describe("counts", () => countTests(tests));
    tests.runner.describe("refusals", () => refusalTests(tests));
    tests.runner.describe("two clients", () => racingTests(tests));
    closedClientTests(tests, (clients) => clients.store, {
      putContracts: (store) => store.putContracts([sampleChainContract()]),
      contracts: (store) => store.contracts([sampleContractId()]),
      complete: (store) => store.complete("chain/SPX", 1, sampleCompletion()),
      fail: (store) => store.fail("chain/SPX", 2, "SPX"),
      storedSeq: (store) => store.storedSeq("chain/SPX"),
      latest: (store) => store.latest("SPX"),
      analytics: (store) => store.analytics(),
      health: (store) => store.health(),
      trail: (store) => store.trail("staleness", "SPX"),
    });
  });
}
