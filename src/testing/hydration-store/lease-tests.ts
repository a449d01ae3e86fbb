import { CURSOR_START } from "../../domain/stream/cursor.ts";
import { check, expectStatus } from "../check.ts";
import { sampleStep } from "./samples.ts";
import { acquire, CURSORS, commit, type HydrationStoreTests, LONG_MS, stateOf, takeOver } from "./state.ts";

/** `acquire`, `renew` and `release`. */
export function leaseTests({ test, shared, shortMs }: HydrationStoreTests): void {
  test("a new partition is free, and its cursor stands at the start", async ({ subject }) => {
    const result = expectStatus("acquire", await subject.acquire(3, "a", LONG_MS), "acquired");
    check.equal("cursor", result.cursor, CURSOR_START);
    check.equal("partition", result.lease.partition, 3);
    check.equal("owner", result.lease.owner, "a");
  });
  shared("a held partition names its owner and the time that is left to another", async ({ first, second, elapse }) => {
    await acquire(first, 0, "a");
    await elapse(2);
    const held = expectStatus("acquire", await second.acquire(0, "b", LONG_MS), "held");
    check.equal("owner", held.owner, "a");
    check.isTrue("time left at most the lease less what passed", held.expiresInMs <= LONG_MS - 1);
    check.isTrue("time left at least half of the lease", held.expiresInMs > LONG_MS / 2);
  });
  test("a refused acquisition leaves the lease current", async ({ subject }) => {
    const lease = await acquire(subject, 0, "a");
    expectStatus("acquire", await subject.acquire(0, "b", LONG_MS), "held");
    await commit(subject, lease, 0);
  });
  test("the same owner acquires again and fences its earlier lease", async ({ subject }) => {
    const earlier = await acquire(subject, 0, "a");
    const later = await acquire(subject, 0, "a");
    check.isTrue("the token grows", later.token > earlier.token);
    check.equal("earlier", await subject.renew(earlier, LONG_MS), "fenced");
    check.equal("later", await subject.renew(later, LONG_MS), "renewed");
  });
  test("a takeover fences a living owner", async ({ subject }) => {
    const earlier = await acquire(subject, 0, "a");
    const later = await takeOver(subject, 0, "b");
    check.isTrue("the token grows", later.token > earlier.token);
    check.equal("earlier", await subject.renew(earlier, LONG_MS), "fenced");
    check.equal("owner", expectStatus("third", await subject.acquire(0, "c", LONG_MS), "held").owner, "b");
  });
  test("a takeover takes a free partition too", async ({ subject }) => {
    await takeOver(subject, 0, "a");
  });
  test("a lease that ran out is free for anybody", async ({ subject, elapse }) => {
    const earlier = await acquire(subject, 0, "a", shortMs);
    await elapse(shortMs);
    const later = await acquire(subject, 0, "b");
    check.isTrue("the token grows", later.token > earlier.token);
    check.equal("earlier", await subject.renew(earlier, LONG_MS), "fenced");
  });
  test("a lease that ran out and was taken by nobody is still current", async ({ subject, elapse }) => {
    const lease = await acquire(subject, 0, "a", shortMs);
    await elapse(shortMs);
    await commit(subject, lease, 0);
    check.equal("renew", await subject.renew(lease, LONG_MS), "renewed");
    expectStatus("other", await subject.acquire(0, "b", LONG_MS), "held");
  });
  test("renewing extends a lease from now on", async ({ subject, elapse }) => {
    const lease = await acquire(subject, 0, "a", shortMs);
    check.equal("renew", await subject.renew(lease, LONG_MS), "renewed");
    await elapse(shortMs);
    expectStatus("other", await subject.acquire(0, "b", LONG_MS), "held");
  });
  test("renewing for less time shortens a lease", async ({ subject, elapse }) => {
    const lease = await acquire(subject, 0, "a");
    check.equal("renew", await subject.renew(lease, shortMs), "renewed");
    await elapse(shortMs);
    await acquire(subject, 0, "b");
  });
  test("a released partition is free at once, and its lease is not current", async ({ subject }) => {
    const lease = await acquire(subject, 0, "a");
    await subject.release(lease);
    const before = await stateOf(subject);
    check.equal("renew", await subject.renew(lease, LONG_MS), "fenced");
    check.equal("commit", await subject.commit(lease, sampleStep(CURSORS[0], CURSORS[1])), { status: "fenced" });
    check.equal("state", await stateOf(subject), before);
    const later = await acquire(subject, 0, "b");
    check.isTrue("the token grows", later.token > lease.token);
  });
  test("releasing a lease that is not current changes nothing", async ({ subject }) => {
    const earlier = await acquire(subject, 0, "a");
    const later = await takeOver(subject, 0, "b");
    await subject.release(earlier);
    expectStatus("third", await subject.acquire(0, "c", LONG_MS), "held");
    check.equal("later", await subject.renew(later, LONG_MS), "renewed");
    await subject.release({ partition: 7, owner: "a", token: 1 });
    check.equal("partitions", [...(await subject.cursors()).keys()], [0]);
  });
  test("partitions are leased apart", async ({ subject }) => {
    const zero = await acquire(subject, 0, "a");
    const one = await acquire(subject, 1, "b");
    await takeOver(subject, 1, "c");
    check.equal("partition 0", await subject.renew(zero, LONG_MS), "renewed");
    check.equal("partition 1", await subject.renew(one, LONG_MS), "fenced");
    check.equal("never acquired", await subject.renew({ partition: 2, owner: "a", token: 1 }, LONG_MS), "fenced");
  });
  shared("the next owner starts from the cursor of the last commit", async ({ first, second }) => {
    await commit(first, await acquire(first, 0, "a"), 0);
    const result = await second.acquire(0, "b", LONG_MS, { takeOver: true });
    check.equal("cursor", expectStatus("takeover", result, "acquired").cursor, CURSORS[1]);
  });
}
