import { expect, it } from "vitest";
import { tablesOf } from "../../../src/adapters/memory/database.ts";
import { ManualClock, MemoryDatabase, MemoryFlowSnapshotStore } from "../../../src/adapters/memory/index.ts";
import { sampleFlow, sampleGrid } from "../../../src/testing/index.ts";

it("a stored snapshot is reached by no change of what was written or read", async () => {
  const store = new MemoryFlowSnapshotStore(new MemoryDatabase({ clock: new ManualClock() }));
  const windows = [...sampleFlow().windows];
  const cells = sampleGrid().cells.map((cell) => ({ ...cell }));
  await store.putFlow({ ...sampleFlow(), windows });
  await store.putGrid({ ...sampleGrid(), cells });
  windows.length = 0;
  for (const cell of cells) cell.volume = 999;
  const flow = await store.flow("SPX");
  const grid = await store.grid("SPX", "2025-12-23");
  expect(flow).toEqual(sampleFlow());
  expect(grid).toEqual(sampleGrid());
  expect(Reflect.set(flow ?? {}, "contracts_per_sec", 999)).toBe(false);
  expect(Reflect.set(grid?.cells ?? [], "length", 0)).toBe(false);
  expect(Reflect.set(grid?.cells[0] ?? {}, "volume", 999)).toBe(false);
});

it("snapshots that nobody writes any more are let go", async () => {
  const clock = new ManualClock();
  const database = new MemoryDatabase({ clock });
  const store = new MemoryFlowSnapshotStore(database);
  await store.putFlow(sampleFlow());
  await store.putFlow(sampleFlow({ underlying: "OLD" }));
  await clock.advance(10_000);
  await store.putFlow(sampleFlow());
  await clock.advance(20_000);
  expect(tablesOf(database).flows.size).toBe(2);
  await store.putFlow(sampleFlow());
  expect(tablesOf(database).flows.size).toBe(1);
  expect(await store.flow("SPX")).toEqual(sampleFlow());
});
