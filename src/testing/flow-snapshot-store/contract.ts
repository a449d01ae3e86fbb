import { flowChannel, gridChannel } from "../../domain/channels.ts";
import type { FlowSnapshotStore } from "../../ports/flow-snapshot-store.ts";
import { type AnnouncingClients, hear } from "../announcements.ts";
import { check } from "../check.ts";
import { type ContractOptions, type ContractTests, closedClientTests, contractTests, eventually } from "../runner.ts";
import { sampleFlow, sampleGrid } from "./samples.ts";

type Tests = ContractTests<AnnouncingClients<FlowSnapshotStore>, []>;

/** Runs the contract of `FlowSnapshotStore` against an adapter. */
export function flowSnapshotStoreContract(
  adapter: string,
  options: ContractOptions<AnnouncingClients<FlowSnapshotStore>>,
): void {
  const tests = contractTests(options);
  tests.runner.describe(`flow snapshot store (${adapter})`, () => {
    tests.runner.describe("snapshots", () => snapshotTests(tests));
    tests.runner.describe("announcements", () => announcementTests(tests));
    closedClientTests(tests, (clients) => clients.store, {
      putFlow: (store) => store.putFlow(sampleFlow()),
      putGrid: (store) => store.putGrid(sampleGrid()),
      flow: (store) => store.flow("SPX"),
      grid: (store) => store.grid("SPX", "2025-12-23"),
    });
  });
}

function snapshotTests({ test, shared, unless }: Tests): void {
  test("there are none in a new store", async ({ subject: { store } }) => {
    check.equal("flow", await store.flow("SPX"), null);
    check.equal("grid", await store.grid("SPX", "2025-12-23"), null);
  });
  test("they are read as they were written, number for number", async ({ subject: { store } }) => {
    await store.putFlow(sampleFlow());
    await store.putGrid(sampleGrid());
    check.equal("flow", await store.flow("SPX"), sampleFlow());
    check.equal("grid", await store.grid("SPX", "2025-12-23"), sampleGrid());
  });
  test("each write replaces the one before whole, with an empty one too", async ({ subject: { store } }) => {
    await store.putFlow(sampleFlow());
    await store.putGrid(sampleGrid());
    const flow = sampleFlow({ windows: [], top_contracts: [], watermark_ns: "1" });
    const grid = sampleGrid({ cells: [], watermark_ns: null });
    await store.putFlow(flow);
    await store.putGrid(grid);
    check.equal("flow", await store.flow("SPX"), flow);
    check.equal("grid", await store.grid("SPX", "2025-12-23"), grid);
  });
  test("underlyings and expirations are kept apart", async ({ subject: { store } }) => {
    await store.putFlow(sampleFlow({ contracts_per_sec: 1 }));
    await store.putFlow(sampleFlow({ underlying: "NDX", contracts_per_sec: 2 }));
    await store.putGrid(sampleGrid({ schema_version: 3 }));
    await store.putGrid(sampleGrid({ schema_version: 4, expiration: "2025-12-24" }));
    await store.putGrid(sampleGrid({ schema_version: 5, underlying: "NDX" }));
    check.equal("SPX", (await store.flow("SPX"))?.contracts_per_sec, 1);
    check.equal("NDX", (await store.flow("NDX"))?.contracts_per_sec, 2);
    check.equal("SPX grid", (await store.grid("SPX", "2025-12-23"))?.schema_version, 3);
    check.equal("later SPX grid", (await store.grid("SPX", "2025-12-24"))?.schema_version, 4);
    check.equal("NDX grid", (await store.grid("NDX", "2025-12-23"))?.schema_version, 5);
    check.equal("neither written", await store.grid("NDX", "2025-12-24"), null);
  });
  shared("another client reads what one wrote", async ({ first, second }) => {
    await first.store.putFlow(sampleFlow());
    await second.store.putGrid(sampleGrid());
    check.equal("flow", await second.store.flow("SPX"), sampleFlow());
    check.equal("grid", await first.store.grid("SPX", "2025-12-23"), sampleGrid());
  });
  shared("of writes that two clients make at once one is there whole", async ({ first, second }) => {
    const snapshots = Array.from({ length: 20 }, (_, index) =>
      sampleFlow({ contracts_per_sec: index, as_of_ns: `${index}` }),
    );
    await Promise.all(snapshots.map((snapshot, index) => (index % 2 === 0 ? first : second).store.putFlow(snapshot)));
    const stored = await first.store.flow("SPX");
    check.equal("snapshot", stored, snapshots[stored?.contracts_per_sec ?? -1] ?? null);
  });
  unless("fixedLifetimes", "they live for 30 s after their last write", async ({ subject: { store }, elapse }) => {
    await store.putFlow(sampleFlow());
    await store.putGrid(sampleGrid());
    await elapse(29_999);
    check.equal("flow just before", await store.flow("SPX"), sampleFlow());
    check.equal("grid just before", await store.grid("SPX", "2025-12-23"), sampleGrid());
    await store.putGrid(sampleGrid());
    await elapse(1);
    check.equal("flow then", await store.flow("SPX"), null);
    await elapse(29_998);
    check.equal("grid written again", await store.grid("SPX", "2025-12-23"), sampleGrid());
    await elapse(1);
    check.equal("grid then", await store.grid("SPX", "2025-12-23"), null);
  });
}

function announcementTests({ test, shared }: Tests): void {
  test("tell each write as it is stored, repeats among them", async (opened) => {
    const { store, bus } = opened.subject;
    const flows = await hear(opened, bus, flowChannel("SPX"));
    const grids = await hear(opened, bus, gridChannel("SPX", "2025-12-23"));
    const later = sampleFlow({ windows: [], contracts_per_sec: 5 });
    for (const flow of [sampleFlow(), sampleFlow(), later]) await store.putFlow(flow);
    await store.putGrid(sampleGrid());
    await eventually(opened, "all are heard", () => flows.length >= 3 && grids.length >= 1);
    check.equal(
      "flows",
      flows,
      [sampleFlow(), sampleFlow(), later].map((flow) => JSON.stringify(flow)),
    );
    check.equal("grids", grids, [JSON.stringify(sampleGrid())]);
  });
  test("are made on the channel of their underlying and expiration alone", async (opened) => {
    const { store, bus } = opened.subject;
    const flows = await hear(opened, bus, flowChannel("SPX"));
    const grids = await hear(opened, bus, gridChannel("SPX", "2025-12-23"));
    await store.putFlow(sampleFlow({ underlying: "NDX" }));
    await store.putGrid(sampleGrid({ underlying: "NDX" }));
    await store.putGrid(sampleGrid({ expiration: "2025-12-24" }));
    await store.putFlow(sampleFlow());
    await store.putGrid(sampleGrid());
    await eventually(opened, "both are heard", () => flows.length >= 1 && grids.length >= 1);
    check.equal("flows", flows, [JSON.stringify(sampleFlow())]);
    check.equal("grids", grids, [JSON.stringify(sampleGrid())]);
  });
  shared("reach every client, which can read the snapshot by then", async (opened) => {
    const { first, second } = opened;
    const read: Promise<unknown>[] = [];
    await hear(opened, second.bus, flowChannel("SPX"), () => read.push(second.store.flow("SPX")));
    await first.store.putFlow(sampleFlow());
    await eventually(opened, "the flow is heard", () => read.length > 0);
    await hear(opened, second.bus, gridChannel("SPX", "2025-12-23"), () =>
      read.push(second.store.grid("SPX", "2025-12-23")),
    );
    await first.store.putGrid(sampleGrid());
    await eventually(opened, "the grid is heard", () => read.length > 1);
    check.equal("read", await Promise.all(read), [sampleFlow(), sampleGrid()]);
  });
}
