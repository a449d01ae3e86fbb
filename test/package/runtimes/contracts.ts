import { ManualClock, MemoryDatabase, MemoryHydrationStore, MemoryMessageBus } from "strikewire/memory";
import {
  type ContractOptions,
  type ContractRunner,
  hydrationStoreContract,
  messageBusContract,
} from "strikewire/testing";

const tests: [title: string, body: () => Promise<void>][] = [];
/** The three functions that a suite asks of a test runner. */
const runner: ContractRunner = {
  describe: (_, body) => body(),
  it: (title, body) => tests.push([title, body]),
  skip: () => {},
};

function inMemory<Client>(connect: (database: MemoryDatabase) => Client): ContractOptions<Client> {
  const start = () => {
    const clock = new ManualClock();
    const time = { now: () => clock.now(), elapse: (ms: number) => clock.advance(ms), dispose: async () => {} };
    return { database: new MemoryDatabase({ clock }), time };
  };
  return {
    runner,
    async open() {
      const { database, time } = start();
      const breakConnections = async () => database.dropBusConnections();
      return { ...time, subject: connect(database), breakConnections };
    },
    async openShared() {
      const { database, time } = start();
      return { ...time, first: connect(database), second: connect(database) };
    },
  };
}

hydrationStoreContract(
  "memory",
  inMemory((database) => new MemoryHydrationStore(database)),
);
messageBusContract(
  "memory",
  inMemory((database) => new MemoryMessageBus(database)),
);
for (const [title, body] of tests) {
  await body();
  console.log(title);
}
