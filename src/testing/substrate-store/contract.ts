import type { EpochClients } from "../epochs/stores.ts";
import { type ContractOptions, closedClientTests, contractTests } from "../runner.ts";
import { mergeRulesTests } from "./merge-rules-tests.ts";
import { mergeTests } from "./merge-tests.ts";
import { recordsTests } from "./records-tests.ts";

/** Runs the contract of `SubstrateStore` against an adapter. */
export function substrateStoreContract(adapter: string, options: ContractOptions<EpochClients>): void {
  const tests = contractTests(options);
  tests.runner.describe(`substrate store (${adapter})`, () => {
    tests.runner.describe("records", () => recordsTests(tests));
    tests.runner.describe("merging", () => mergeTests(tests));
    tests.runner.describe("versions", () => mergeRulesTests(tests));
    closedClientTests(tests, (clients) => clients.substrate, {
      mergeStreamed: (substrate) => substrate.mergeStreamed("SPX:1700000000:none", []),
      mergeSnapshot: (substrate) => substrate.mergeSnapshot("SPX:1700000000:none", []),
      records: (substrate) => substrate.records("SPX:1700000000:none"),
      hadStreamedUpdates: (substrate) => substrate.hadStreamedUpdates("SPX:1700000000:none"),
    });
  });
}
