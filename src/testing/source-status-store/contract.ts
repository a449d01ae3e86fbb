import type { SourceStatusStore } from "../../ports/source-status-store.ts";
import { type ContractOptions, closedClientTests, contractTests } from "../runner.ts";
import { connectionTests, sampleTests } from "./connection-tests.ts";
import { racingTests, recordTests, refusalTests } from "./record-tests.ts";
import { sampleConnectionGauges, sampleSourceGauges } from "./samples.ts";

/** Runs the contract of `SourceStatusStore` against an adapter. */
export function sourceStatusStoreContract(adapter: string, options: ContractOptions<SourceStatusStore>): void {
  const tests = contractTests(options);
  const connection = { class: "options", shard: 0 } as const;
  tests.runner.describe(`source status store (${adapter})`, () => {
    tests.runner.describe("records", () => recordTests(tests));
    tests.runner.describe("connections", () => connectionTests(tests));
    tests.runner.describe("sample", () => sampleTests(tests));
    tests.runner.describe("refusals", () => refusalTests(tests));
    tests.runner.describe("two clients", () => racingTests(tests));
    closedClientTests(tests, (store) => store, {
      record: (store) => store.record("options", 1, {}, sampleSourceGauges()),
      counters: (store) => store.counters(),
      gauges: (store) => store.gauges(),
      putConnection: (store) => store.putConnection(connection, sampleConnectionGauges()),
      connectionGauges: (store) => store.connectionGauges(connection),
      putSample: (store) => store.putSample("[]"),
      sample: (store) => store.sample(),
    });
  });
}
