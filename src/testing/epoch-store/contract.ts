import { sampleEpoch } from "../epochs/samples.ts";
import type { EpochClients } from "../epochs/stores.ts";
import { type ContractOptions, closedClientTests, contractTests } from "../runner.ts";
import { announcementTests } from "./announcement-tests.ts";
import { carryTests } from "./carry-tests.ts";
import { dirtyTests } from "./dirty-tests.ts";
import { lifeTests } from "./life-tests.ts";
import { promoteTests } from "./promote-tests.ts";

/** Runs the contract of `EpochStore` against an adapter. */
export function epochStoreContract(adapter: string, options: ContractOptions<EpochClients>): void {
  const tests = contractTests(options);
  const epoch = "SPX:1700000000:none";
  tests.runner.describe(`epoch store (${adapter})`, () => {
    tests.runner.describe("staging and promotion", () => promoteTests(tests));
    tests.runner.describe("announcement", () => announcementTests(tests));
    tests.runner.describe("carrying over", () => carryTests(tests));
    tests.runner.describe("life", () => lifeTests(tests));
    tests.runner.describe("dirty contracts", () => dirtyTests(tests));
    closedClientTests(tests, (clients) => clients.epochs, {
      active: (epochs) => epochs.active("SPX"),
      allActive: (epochs) => epochs.allActive(),
      meta: (epochs) => epochs.meta(epoch),
      stage: (epochs) => epochs.stage(sampleEpoch(1_700_000_000_000, "closed")),
      promote: (epochs) => epochs.promote(null, epoch),
      renew: (epochs) => epochs.renew(epoch, 1),
      timeline: (epochs) => epochs.timeline("SPX"),
      dirtyEpochs: (epochs) => epochs.dirtyEpochs(),
      takeDirty: (epochs) => epochs.takeDirty(epoch, "a", 1),
      settle: (epochs) => epochs.settle({ epoch, owner: "a", token: 1, previous: null, contracts: ["O:A"] }),
    });
  });
}
