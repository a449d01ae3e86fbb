import type { FlowSnapshotStore } from "../../ports/flow-snapshot-store.ts";
import { check } from "../check.ts";
import { type ContractOptions, type ContractTests, closedClientTests, contractTests } from "../runner.ts";
import { sampleFlow, sampleGrid } from "./samples.ts";

/** Runs the contract of `FlowSnapshotStore` against an adapter. */
export function flowSnapshotStoreContract(adapter: string, options: ContractOptions<FlowSnapshotStore>): void {
  const tests = contractTests(options);
  tests.runner.describe(`flow snapshot store (${adapter})`, () => {
    tests.runner.describe("snapshots", () => snapshotTests(tests));
    closedClientTests(tests, (store) => store, {
      putFlow: (store) => store.putFlow(sampleFlow()),
      putGrid: (store) => store.putGrid(sampleGrid()),
      flow: (store) => store.flow("SPX"),
      grid: (store) => store.grid("SPX", "2025-12-23"),
    });
  });
}

function snapshotTests({ test, shared, unless }: ContractTests<FlowSnapshotStore, []>): void {
  test("there are none in a new store", async ({ subject }) => {
    check.equal("flow", await subject.flow("SPX"), null);
    check.equal("grid", await subject.grid("SPX", "2025-12-23"), null);
  });
  test("they are read as they were written, number for number", async ({ subject }) => {
    await subject.putFlow(sampleFlow());
    await subject.putGrid(sampleGrid());
    check.equal("flow", await subject.flow("SPX"), sampleFlow());
    check.equal("grid", await subject.grid("SPX", "2025-12-23"), sampleGrid());
  });
  test("each write replaces the one before whole, with an empty one too", async ({ subject }) => {
    await subject.putFlow(sampleFlow());
    await subject.putGrid(sampleGrid());
    const flow = sampleFlow({ windows: [], top_contracts: [], watermark_ns: "1" });
    const grid = sampleGrid({ cells: [], watermark_ns: null });
    await subject.putFlow(flow);
    await subject.putGrid(grid);
    check.equal("flow", await subject.flow("SPX"), flow);
    check.equal("grid", await subject.grid("SPX", "2025-12-23"), grid);
  });
  test("underlyings and expirations are kept apart", async ({ subject }) => {
    await subject.putFlow(sampleFlow({ contracts_per_sec: 1 }));
    await subject.putFlow(sampleFlow({ underlying: "NDX", contracts_per_sec: 2 }));
    await subject.putGrid(sampleGrid({ schema_version: 3 }));
    await subject.putGrid(sampleGrid({ schema_version: 4, expiration: "2025-12-24" }));
    await subject.putGrid(sampleGrid({ schema_version: 5, underlying: "NDX" }));
    check.equal("SPX", (await subject.flow("SPX"))?.contracts_per_sec, 1);
    check.equal("NDX", (await subject.flow("NDX"))?.contracts_per_sec, 2);
    check.equal("SPX grid", (await subject.grid("SPX", "2025-12-23"))?.schema_version, 3);
    check.equal("later SPX grid", (await subject.grid("SPX", "2025-12-24"))?.schema_version, 4);
    check.equal("NDX grid", (await subject.grid("NDX", "2025-12-23"))?.schema_version, 5);
    check.equal("neither written", await subject.grid("NDX", "2025-12-24"), null);
  });
  shared("another client reads what one wrote", async ({ first, second }) => {
    await first.putFlow(sampleFlow());
    await second.putGrid(sampleGrid());
    check.equal("flow", await second.flow("SPX"), sampleFlow());
    check.equal("grid", await first.grid("SPX", "2025-12-23"), sampleGrid());
  });
  shared("of writes that two clients make at once one is there whole", async ({ first, second }) => {
    const snapshots = Array.from({ length: 20 }, (_, index) =>
      sampleFlow({ contracts_per_sec: index, as_of_ns: `${index}` }),
    );
    await Promise.all(snapshots.map((snapshot, index) => (index % 2 === 0 ? first : second).putFlow(snapshot)));
    const stored = await first.flow("SPX");
    check.equal("snapshot", stored, snapshots[stored?.contracts_per_sec ?? -1] ?? null);
  });
  unless("fixedLifetimes", "they live for 30 s after their last write", async ({ subject, elapse }) => {
    await subject.putFlow(sampleFlow());
    await subject.putGrid(sampleGrid());
    await elapse(29_999);
    check.equal("flow just before", await subject.flow("SPX"), sampleFlow());
    check.equal("grid just before", await subject.grid("SPX", "2025-12-23"), sampleGrid());
    await subject.putGrid(sampleGrid());
    await elapse(1);
    check.equal("flow then", await subject.flow("SPX"), null);
    await elapse(29_998);
    check.equal("grid written again", await subject.grid("SPX", "2025-12-23"), sampleGrid());
    await elapse(1);
    check.equal("grid then", await subject.grid("SPX", "2025-12-23"), null);
  });
}
