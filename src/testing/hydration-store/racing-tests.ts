import type { CommitResult } from "../../ports/hydration-store.ts";
import { check } from "../check.ts";
import { sampleStep, sampleTradeRecord } from "./samples.ts";
import { acquire, CURSORS, countersOf, type HydrationStoreTests, LONG_MS, sizesOf, takeOver } from "./state.ts";

const STREAM = { underlying: "SPX", expiration: "2025-12-23" };
const STEP = sampleStep(CURSORS[0], CURSORS[1]);

/** Two clients of one store at once. */
export function racingTests({ shared }: HydrationStoreTests): void {
  shared("of 50 owners that ask for a partition exactly one gets it", async ({ first, second }) => {
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        (index % 2 === 0 ? first : second).acquire(0, `owner-${index}`, LONG_MS),
      ),
    );
    const winners = results.flatMap((result) => (result.status === "acquired" ? [result.lease.owner] : []));
    check.equal("winners", winners.length, 1);
    for (const result of results) if (result.status === "held") check.equal("named owner", [result.owner], winners);
  });
  shared(
    "of 20 takeovers each gets a token of its own, and only the greatest is current",
    async ({ first, second }) => {
      const leases = await Promise.all(
        Array.from({ length: 20 }, (_, index) => takeOver(index % 2 === 0 ? first : second, 0, `owner-${index}`)),
      );
      const byToken = [...leases].sort((a, b) => a.token - b.token);
      check.equal("tokens", new Set(leases.map((lease) => lease.token)).size, 20);
      const renewals = await Promise.all(byToken.map((lease) => second.renew(lease, LONG_MS)));
      check.equal("renewals", renewals, [...Array.from({ length: 19 }, () => "fenced" as const), "renewed"]);
    },
  );
  shared("a step that both commit under one lease counts once", async ({ first, second }) => {
    const lease = await acquire(first);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? first : second).commit(lease, STEP)),
    );
    check.equal("applied", countOf(results, "applied"), 1);
    check.equal("already", countOf(results, "already"), 19);
    check.equal("counters", await countersOf(first), STEP.counters);
    check.equal("trades", await second.trades(STREAM, 100), STEP.trades);
  });
  shared("of two owners that commit the same step one is fenced, and it counts once", async ({ first, second }) => {
    const earlier = await acquire(first, 0, "a");
    const later = await takeOver(second, 0, "b");
    const [fenced, applied] = await Promise.all([first.commit(earlier, STEP), second.commit(later, STEP)]);
    check.equal("earlier", fenced, { status: "fenced" });
    check.equal("later", applied, { status: "applied" });
    check.equal("counters", await countersOf(second), STEP.counters);
  });
  shared("a takeover in the middle of a commit leaves all of the step or nothing", async ({ first, second }) => {
    const earlier = await acquire(first, 0, "a");
    const [result, later] = await Promise.all([first.commit(earlier, STEP), takeOver(second, 0, "b")]);
    if (result.status === "fenced") {
      check.equal("cursor", (await second.checkpoint(0)).cursor, CURSORS[0]);
      check.equal("trades", await second.tradeStreams(), []);
      check.equal("counters", await countersOf(second), {});
    }
    const expected = result.status === "fenced" ? "applied" : "already";
    check.equal("next owner", await second.commit(later, STEP), { status: expected });
    check.equal("counters", await countersOf(second), STEP.counters);
    check.equal("trades", await second.trades(STREAM, 100), STEP.trades);
  });
  shared("100 concurrent commits of 100 partitions add up", async ({ first, second }) => {
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const store = index % 2 === 0 ? first : second;
        const lease = await acquire(store, index);
        const trades = [sampleTradeRecord({ size: index + 1 })];
        await store.commit(lease, sampleStep(CURSORS[0], CURSORS[1], { counters: { seen: index + 1 }, trades }));
      }),
    );
    check.equal("counters", await countersOf(first), { seen: 5_050 });
    const sizes = [...sizesOf(await second.trades(STREAM, 1_000))].sort((a, b) => a - b);
    check.equal(
      "trades",
      sizes,
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    check.equal("cursors", (await first.cursors()).size, 100);
  });
}

function countOf(results: readonly CommitResult[], status: CommitResult["status"]): number {
  return results.filter((result) => result.status === status).length;
}
