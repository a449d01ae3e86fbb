import { CURSOR_START } from "../../domain/stream/cursor.ts";
import type { HydrationStore } from "../../ports/hydration-store.ts";
import { type ContractOptions, closedClientTests, contractTests } from "../runner.ts";
import { commitTests, refusalTests } from "./commit-tests.ts";
import { leaseTests } from "./lease-tests.ts";
import { openPrintTests } from "./open-print-tests.ts";
import { racingTests } from "./racing-tests.ts";
import { readingTests } from "./reading-tests.ts";
import { sampleStep } from "./samples.ts";
import { CURSORS } from "./state.ts";

/** Runs the contract of `HydrationStore` against an adapter. */
export function hydrationStoreContract(adapter: string, options: ContractOptions<HydrationStore>): void {
  const tests = contractTests(options);
  const lease = { partition: 0, owner: "a", token: 1 };
  const stream = { underlying: "SPX", expiration: "2025-12-23" };
  const query = { ...stream, contract: "O:X", price: 1, size: 1, exchange: undefined, fromTsNs: 0n, beforeTsNs: 1n };
  tests.runner.describe(`hydration store (${adapter})`, () => {
    tests.runner.describe("lease", () => leaseTests(tests));
    tests.runner.describe("commit", () => commitTests(tests));
    tests.runner.describe("commit that is not applied", () => refusalTests(tests));
    tests.runner.describe("reading", () => readingTests(tests));
    tests.runner.describe("findOpenPrint", () => openPrintTests(tests));
    tests.runner.describe("two clients", () => racingTests(tests));
    closedClientTests(tests, (store) => store, {
      acquire: (store) => store.acquire(0, "a", 1),
      renew: (store) => store.renew(lease, 1),
      release: (store) => store.release(lease),
      commit: (store) => store.commit(lease, sampleStep(CURSOR_START, CURSORS[1])),
      checkpoint: (store) => store.checkpoint(0),
      cursors: (store) => store.cursors(),
      stateCursors: (store) => store.stateCursors(),
      counters: (store) => store.counters(),
      tradeStreams: (store) => store.tradeStreams(),
      trades: (store) => store.trades(stream, 1),
      findOpenPrint: (store) => store.findOpenPrint(query, []),
      gaps: (store) => store.gaps(1),
      quarantine: (store) => store.quarantine(1),
    });
  });
}
