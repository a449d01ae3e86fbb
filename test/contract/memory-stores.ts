import { describe, it } from "vitest";
import { ManualClock, MemoryDatabase } from "../../src/adapters/memory/index.ts";
import type { ContractOptions, ContractRunner, OpenedStore, SharedStore } from "../../src/testing/index.ts";

/** vitest as the suites see it. */
export const vitestRunner: ContractRunner = { describe, it, skip: (title) => it.skip(title, () => {}) };

/** Contract options for clients of memory databases: a fresh database, under a manual clock, per test. */
export function memoryOptions<Client, Settings extends readonly unknown[] = []>(
  connect: (database: MemoryDatabase, ...settings: Settings) => Client,
  runner: ContractRunner = vitestRunner,
): ContractOptions<Client, Settings> {
  const start = () => {
    const clock = new ManualClock();
    return { clock, database: new MemoryDatabase({ clock }) };
  };
  const time = (clock: ManualClock) => ({
    now: () => clock.now(),
    elapse: (ms: number) => clock.advance(ms),
    dispose: async () => {},
  });
  return {
    runner,
    async open(...settings): Promise<OpenedStore<Client>> {
      const { clock, database } = start();
      return {
        ...time(clock),
        subject: connect(database, ...settings),
        breakConnections: async () => database.dropBusConnections(),
      };
    },
    async openShared(...settings): Promise<SharedStore<Client>> {
      const { clock, database } = start();
      return { ...time(clock), first: connect(database, ...settings), second: connect(database, ...settings) };
    },
  };
}
