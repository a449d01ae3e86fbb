import { CURSOR_START } from "../../domain/stream/cursor.ts";
import type { SpotStore } from "../../ports/spot-store.ts";
import type { AnnouncingClients } from "../announcements.ts";
import { type ContractOptions, closedClientTests, contractTests } from "../runner.ts";
import { countTests, logTests, refusalTests } from "./count-tests.ts";
import { sampleSpotFetch, sampleSpotValue } from "./samples.ts";
import { announcementTests, racingTests, trailTests, valueTests } from "./value-tests.ts";

/** Runs the contract of `SpotStore` against an adapter. */
export function spotStoreContract(adapter: string, options: ContractOptions<AnnouncingClients<SpotStore>>): void {
  const tests = contractTests(options);
  tests.runner.describe(`spot store (${adapter})`, () => {
    tests.runner.describe("values", () => valueTests(tests));
    tests.runner.describe("trails", () => trailTests(tests));
    tests.runner.describe("announcements", () => announcementTests(tests));
    tests.runner.describe("counts", () => countTests(tests));
    tests.runner.describe("log", () => logTests(tests));
    tests.runner.describe("refusals", () => refusalTests(tests));
    tests.runner.describe("two clients", () => racingTests(tests));
    closedClientTests(tests, (clients) => clients.store, {
      put: (store) => store.put("spot", 1, sampleSpotFetch([sampleSpotValue()])),
      fail: (store) => store.fail("spot", 2),
      storedSeq: (store) => store.storedSeq("spot"),
      latest: (store) => store.latest("SPX"),
      all: (store) => store.all(),
      trail: (store) => store.trail("SPX"),
      analytics: (store) => store.analytics(),
      fetches: (store) => store.fetches(CURSOR_START, 1),
    });
  });
}
