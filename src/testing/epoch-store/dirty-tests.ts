import type { EpochId } from "../../domain/epoch/substrate.ts";
import { check } from "../check.ts";
import { sampleEpoch, sampleQuote, sampleRecord, sampleTicker } from "../epochs/samples.ts";
import { activate, activateClean, drainDirty, type EpochClients, type EpochTests, LONG_MS } from "../epochs/stores.ts";

const ALL = [sampleTicker(0), sampleTicker(1), sampleTicker(2)];

/** `dirtyEpochs`, `takeDirty` and `settle`. */
export function dirtyTests({ test, shared, shortMs }: EpochTests): void {
  test("a lease names epoch, owner and the dirty contracts in ticker order", async (store) => {
    const { subject } = store;
    const id = await activateClean(subject, store, "a");
    for (const contract of [2, 0, 1]) await touch(subject, id, contract);
    const lease = await subject.epochs.takeDirty(id, "builder", LONG_MS);
    check.equal("epoch", lease.epoch, id);
    check.equal("owner", lease.owner, "builder");
    check.equal("contracts", lease.contracts, ALL);
  });
  test("what is lent is not dirty, and is done when it is settled", async ({ subject, now, elapse }) => {
    const { epochs } = subject;
    const id = await activate(subject, sampleEpoch(now(), "a"));
    const lease = await epochs.takeDirty(id, "a", LONG_MS);
    check.equal("dirty epochs", await epochs.dirtyEpochs(), []);
    check.equal("next lease", (await epochs.takeDirty(id, "b", LONG_MS)).contracts, []);
    check.equal("settle", await epochs.settle(lease), "settled");
    await elapse(5);
    check.equal("dirty epochs", await epochs.dirtyEpochs(), []);
    check.equal("later lease", (await epochs.takeDirty(id, "a", LONG_MS)).contracts, []);
  });
  test("a contract that becomes dirty during a lease is in the next one, though the first is settled", async (store) => {
    const { subject } = store;
    const { epochs } = subject;
    const id = await activateClean(subject, store, "a");
    await touch(subject, id, 0);
    await touch(subject, id, 1);
    const lease = await epochs.takeDirty(id, "a", LONG_MS);
    await touch(subject, id, 1);
    await touch(subject, id, 2);
    check.equal("settle", await epochs.settle(lease), "settled");
    check.equal("dirty epochs", await epochs.dirtyEpochs(), [id]);
    check.equal("next lease", await drainDirty(subject, id), [sampleTicker(1), sampleTicker(2)]);
  });
  test("a lease tells of the one before that lent anything, whoever had it and whatever became of it", async (store) => {
    const { subject } = store;
    const { epochs } = subject;
    const id = await activate(subject, sampleEpoch(store.now(), "a"));
    const first = await epochs.takeDirty(id, "a", LONG_MS);
    check.equal("before the first", first.previous, null);
    check.equal("before one of nothing", (await epochs.takeDirty(id, "b", LONG_MS)).previous, first.token);
    check.equal("settle", await epochs.settle(first), "settled");
    await touch(subject, id, 1);
    const next = await epochs.takeDirty(id, "b", LONG_MS);
    check.equal("before the next", next.previous, first.token);
    check.equal("behind it", (await epochs.takeDirty(id, "a", LONG_MS)).previous, next.token);
    check.equal("unknown epoch", (await epochs.takeDirty("SPX:1:unknown", "a", LONG_MS)).previous, null);
  });
  test("a lease that runs out returns its contracts", async ({ subject, now, elapse }) => {
    const { epochs } = subject;
    const id = await activate(subject, sampleEpoch(now(), "a"));
    const lease = await epochs.takeDirty(id, "a", shortMs);
    await elapse(shortMs + 1);
    check.equal("settle", await epochs.settle(lease), "expired");
    check.equal("dirty epochs", await epochs.dirtyEpochs(), [id]);
    check.equal("next lease", await drainDirty(subject, id), ALL);
  });
  test("contracts of a lease that ran out join those that became dirty meanwhile", async (store) => {
    const { subject, elapse } = store;
    const { epochs } = subject;
    const id = await activateClean(subject, store, "a");
    await touch(subject, id, 0);
    await epochs.takeDirty(id, "a", shortMs);
    await touch(subject, id, 2);
    await elapse(shortMs + 1);
    check.equal("next lease", await drainDirty(subject, id), [sampleTicker(0), sampleTicker(2)]);
  });
  test("a lease that ran out is expired after its contracts were lent again, and takes nothing from that", async ({
    subject,
    now,
    elapse,
  }) => {
    const { epochs } = subject;
    const id = await activate(subject, sampleEpoch(now(), "a"));
    const slow = await epochs.takeDirty(id, "slow", shortMs);
    await elapse(shortMs + 1);
    const next = await epochs.takeDirty(id, "next", LONG_MS);
    check.equal("lent again", next.contracts, ALL);
    check.equal("slow one", await epochs.settle(slow), "expired");
    check.equal("next one", await epochs.settle(next), "settled");
    check.equal("dirty epochs", await epochs.dirtyEpochs(), []);
  });
  test("a lease settled twice is expired the second time, and nothing is dirty", async ({ subject, now }) => {
    const { epochs } = subject;
    const id = await activate(subject, sampleEpoch(now(), "a"));
    const lease = await epochs.takeDirty(id, "a", LONG_MS);
    check.equal("first", await epochs.settle(lease), "settled");
    check.equal("second", await epochs.settle(lease), "expired");
    check.equal("dirty epochs", await epochs.dirtyEpochs(), []);
  });
  test("a lease of nothing is settled", async (store) => {
    const { subject, elapse } = store;
    const id = await activateClean(subject, store, "a");
    const lease = await subject.epochs.takeDirty(id, "a", 1);
    check.equal("contracts", lease.contracts, []);
    await elapse(5);
    check.equal("settle", await subject.epochs.settle(lease), "settled");
    check.equal("unknown epoch", (await subject.epochs.takeDirty("SPX:1:unknown", "a", LONG_MS)).contracts, []);
  });
  test("a lease for no time is refused, and lends nothing", async ({ subject, now }) => {
    const { epochs } = subject;
    const id = await activate(subject, sampleEpoch(now(), "a"));
    for (const leaseMs of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      await check.rejects(String(leaseMs), epochs.takeDirty(id, "a", leaseMs), "RangeError");
    }
    check.equal("dirty contracts", await drainDirty(subject, id), ALL);
  });
  test("a superseded epoch leaves the dirty ones, whatever it had dirty or lent", async ({ subject, now, elapse }) => {
    const { epochs } = subject;
    const old = await activate(subject, sampleEpoch(now(), "a"));
    await epochs.takeDirty(old, "a", shortMs);
    await touch(subject, old, 0);
    const next = await activate(subject, sampleEpoch(now(), "b"), old);
    await elapse(shortMs + 1);
    check.equal("dirty epochs", await epochs.dirtyEpochs(), [next]);
    check.equal("lease of it", (await epochs.takeDirty(old, "b", LONG_MS)).contracts, []);
  });
  test("epochs of several symbols are dirty apart", async (store) => {
    const { subject } = store;
    const { epochs } = subject;
    const spx = await activateClean(subject, store, "a");
    const ndx = await activateClean(subject, store, "a", { symbol: "NDX" });
    await touch(subject, ndx, 1);
    check.equal("dirty epochs", await epochs.dirtyEpochs(), [ndx]);
    check.equal("SPX", await drainDirty(subject, spx), []);
    check.equal("NDX", await drainDirty(subject, ndx), [sampleTicker(1)]);
  });
  shared("builders that take at once get disjoint contracts, together all", async ({ first, second, now }) => {
    const records = Array.from({ length: 60 }, (_, contract) => sampleRecord(contract));
    const id = await activate(first, sampleEpoch(now(), "a", { records }));
    const leases = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const clients = index % 2 === 0 ? first : second;
        await touch(clients, id, index);
        return clients.epochs.takeDirty(id, `builder-${index}`, LONG_MS);
      }),
    );
    check.equal("tokens", new Set(leases.map((lease) => lease.token)).size, 20);
    const rest = await drainDirty(first, id);
    const lent = new Set([...leases.flatMap((lease) => lease.contracts), ...rest]);
    check.equal(
      "together",
      [...lent].sort(),
      records.map((record) => record.terms.contract),
    );
    for (const lease of leases)
      if (lease.contracts.length > 0) check.equal("settle", await second.epochs.settle(lease), "settled");
  });
  shared("of 20 builders that take without a change between exactly one gets the contracts", async (store) => {
    const { first, second, now } = store;
    const id = await activate(first, sampleEpoch(now(), "a"));
    const leases = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? first : second).epochs.takeDirty(id, `builder-${index}`, LONG_MS),
      ),
    );
    const lent = leases.flatMap((lease) => (lease.contracts.length > 0 ? [lease.contracts] : []));
    check.equal("lent", lent, [ALL]);
  });
  shared("of two that settle one lease exactly one has settled it", async ({ first, second, now }) => {
    const id = await activate(first, sampleEpoch(now(), "a"));
    const lease = await first.epochs.takeDirty(id, "a", LONG_MS);
    const results = await Promise.all([first.epochs.settle(lease), second.epochs.settle(lease)]);
    check.equal("results", [...results].sort(), ["expired", "settled"]);
  });
}

/** Makes a contract dirty. */
async function touch({ substrate }: EpochClients, epoch: EpochId, contract: number): Promise<void> {
  const merged = await substrate.mergeStreamed(epoch, [{ contract: sampleTicker(contract), quote: sampleQuote() }]);
  check.equal("written", merged.written, 1);
}
