import { CHANNELS } from "../../domain/channels.ts";
import type { EpochPromotion } from "../../ports/epoch-store.ts";
import { check } from "../check.ts";
import { sampleEpoch, sampleRecord } from "../epochs/samples.ts";
import { activate, type EpochClients, type EpochTests } from "../epochs/stores.ts";
import { eventually, type StoreTime, soon, started } from "../runner.ts";

/** What the message bus tells of promotions. */
export function announcementTests({ test, shared, shortMs }: EpochTests): void {
  test("a promotion is announced with the numbers of contracts that come and go", async (store) => {
    const { subject, now } = store;
    const heard = await listen(store, subject);
    const records = [1, 2, 3, 4].map((contract) => sampleRecord(contract));
    const first = await activate(subject, sampleEpoch(now(), "a"));
    const second = await activate(subject, sampleEpoch(now(), "b", { records, forced: true }), first);
    const other = await activate(subject, sampleEpoch(now(), "a", { symbol: "NDX", records: [] }));
    await eventually(store, "all are announced", () => heard.length >= 3);
    check.equal("announced", heard, [
      { symbol: "SPX", epoch: first, previous: null, added: 3, removed: 0, forced: false },
      { symbol: "SPX", epoch: second, previous: first, added: 2, removed: 1, forced: true },
      { symbol: "NDX", epoch: other, previous: null, added: 0, removed: 0, forced: false },
    ]);
  });
  test("of an expired predecessor all contracts were gone before", async (store) => {
    const { subject, now, elapse } = store;
    const validUntilMs = Math.ceil(now()) + shortMs;
    const old = await activate(subject, sampleEpoch(now(), "a", { validUntilMs }));
    const heard = await listen(store, subject);
    await elapse(shortMs + 1);
    const next = await activate(subject, sampleEpoch(now(), "b"));
    await eventually(store, "it is announced", () => heard.length > 0);
    check.equal("announced", heard, [
      { symbol: "SPX", epoch: next, previous: old, added: 3, removed: 0, forced: false },
    ]);
  });
  test("neither staging nor a promotion that is lost is announced", async (store) => {
    const { subject, now } = store;
    const { epochs } = subject;
    const heard = await listen(store, subject);
    const id = await activate(subject, sampleEpoch(now(), "a"));
    const next = sampleEpoch(now(), "b");
    await epochs.stage(next);
    check.equal("another expected", await epochs.promote(null, next.id), "lost");
    check.equal("not staged", await epochs.promote(id, "SPX:1:unknown"), "lost");
    check.equal("again", await epochs.promote(null, id), "lost");
    await epochs.promote(id, next.id);
    await eventually(store, "both are announced", () => heard.length > 1);
    check.equal(
      "announced",
      heard.map((promotion) => promotion.epoch),
      [id, next.id],
    );
  });
  shared("who hears of a promotion finds the epoch active, with its records", async (store) => {
    const { first, second, now } = store;
    const seen: Promise<void>[] = [];
    await listen(store, second, ({ epoch }) => {
      const look = async (): Promise<void> => {
        check.equal("active", await second.epochs.active("SPX"), epoch);
        check.equal("records", (await second.substrate.records(epoch))?.length, 3);
      };
      seen.push(started(look()));
    });
    await activate(first, sampleEpoch(now(), "a"));
    await eventually(store, "it is heard", () => seen.length > 0);
    await Promise.all(seen);
  });
}

/** Subscribes to what is announced, and collects it. */
async function listen(
  time: StoreTime,
  { bus }: EpochClients,
  hear: (promotion: EpochPromotion) => void = () => {},
): Promise<readonly EpochPromotion[]> {
  const heard: EpochPromotion[] = [];
  const subscribing = bus.subscribe(
    CHANNELS.epochPromoted,
    (message) => {
      if (message.kind !== "message") return;
      const promotion = JSON.parse(message.body) as EpochPromotion;
      heard.push(promotion);
      hear(promotion);
    },
    new AbortController().signal,
  );
  await soon(time, "subscribe", started(subscribing));
  return heard;
}
