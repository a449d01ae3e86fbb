import { CHANNELS } from "../../domain/channels.ts";
import type { SubscriptionChange, SubscriptionStore } from "../../ports/subscription-store.ts";
import { type AnnouncingClients, hear } from "../announcements.ts";
import { check } from "../check.ts";
import { type ContractOptions, type ContractTests, closedClientTests, contractTests, eventually } from "../runner.ts";

type Tests = ContractTests<AnnouncingClients<SubscriptionStore>, []>;

const PUT = "T.O:SPXW251223P06870000";
const CALL = "T.O:SPXW251223C06870000";
const QUOTES = "Q.O:SPXW251223P06870000";

const NOTHING: SubscriptionChange = { added: [], removed: [] };

/** Runs the contract of `SubscriptionStore` against an adapter. */
export function subscriptionStoreContract(
  adapter: string,
  options: ContractOptions<AnnouncingClients<SubscriptionStore>>,
): void {
  const tests = contractTests(options);
  tests.runner.describe(`subscription store (${adapter})`, () => {
    tests.runner.describe("changes", () => changeTests(tests));
    tests.runner.describe("announcements", () => announcementTests(tests));
    tests.runner.describe("refusals", () => refusalTests(tests));
    tests.runner.describe("two clients", () => racingTests(tests));
    closedClientTests(tests, (clients) => clients.store, {
      change: (store) => store.change({ added: [PUT], removed: [] }),
      wanted: (store) => store.wanted(),
    });
  });
}

/** Fails unless these and no others are wanted. */
async function checkWanted(store: SubscriptionStore, topics: readonly string[]): Promise<void> {
  check.equal("wanted", [...(await store.wanted())].sort(), [...topics].sort());
}

/** As many topics of one channel. */
function manyTopics(count: number, channel: string): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${channel}.O:SPXW251223P${String(index).padStart(8, "0")}`);
}

function changeTests({ test, shared }: Tests): void {
  test("begin with nothing wanted", async ({ subject: { store } }) => {
    await checkWanted(store, []);
  });
  test("add and remove in one step, and answer with what they changed", async ({ subject: { store } }) => {
    const first: SubscriptionChange = { added: [PUT, CALL], removed: [] };
    check.equal("first", await store.change(first), first);
    await checkWanted(store, [PUT, CALL]);
    const second: SubscriptionChange = { added: [QUOTES], removed: [PUT] };
    check.equal("second", await store.change(second), second);
    await checkWanted(store, [CALL, QUOTES]);
  });
  test("leave what is wanted, and what is not, as it is", async ({ subject: { store } }) => {
    await store.change({ added: [PUT], removed: [] });
    const made = await store.change({ added: [CALL, PUT, "T.*"], removed: [QUOTES, "Q.AAPL"] });
    check.equal("made", made, { added: [CALL, "T.*"], removed: [] });
    await checkWanted(store, [PUT, CALL, "T.*"]);
  });
  test("take a topic once that is named twice, and add one that is in both lists", async ({ subject: { store } }) => {
    await store.change({ added: [PUT, QUOTES], removed: [] });
    const made = await store.change({ added: [CALL, PUT, CALL], removed: [QUOTES, PUT, CALL, QUOTES] });
    check.equal("made", made, { added: [CALL], removed: [QUOTES] });
    await checkWanted(store, [PUT, CALL]);
  });
  test("change nothing when they are repeated", async ({ subject: { store } }) => {
    const change: SubscriptionChange = { added: [PUT, CALL], removed: [QUOTES] };
    await store.change(change);
    check.equal("repeat", await store.change(change), NOTHING);
    check.equal("nothing asked", await store.change(NOTHING), NOTHING);
    await checkWanted(store, [PUT, CALL]);
  });
  test("tell the letters of a topic apart, large and small", async ({ subject: { store } }) => {
    await store.change({ added: ["T.O:brkB", "T.O:BRKB", "t.O:BRKB"], removed: [] });
    check.equal("made", await store.change({ added: [], removed: ["T.O:brkb", "T.O:brkB"] }), {
      added: [],
      removed: ["T.O:brkB"],
    });
    await checkWanted(store, ["T.O:BRKB", "t.O:BRKB"]);
  });
  test("take 20,000 topics at once", async ({ subject: { store } }) => {
    const [trades, quotes] = [manyTopics(20_000, "T"), manyTopics(20_000, "Q")];
    check.equal("added", (await store.change({ added: trades, removed: [] })).added, trades);
    check.equal("made", await store.change({ added: quotes, removed: trades }), { added: quotes, removed: trades });
    await checkWanted(store, quotes);
  });
  test("keep what is wanted from those who read it", async ({ subject: { store } }) => {
    await store.change({ added: [PUT], removed: [] });
    ((await store.wanted()) as Set<string>).clear();
    await checkWanted(store, [PUT]);
  });
  shared("are seen by every client", async ({ first, second }) => {
    await first.store.change({ added: [PUT, CALL], removed: [] });
    await second.store.change({ added: [], removed: [CALL] });
    await checkWanted(first.store, [PUT]);
  });
}

function announcementTests({ test, shared }: Tests): void {
  test("tell what really changed, in order, and nothing where nothing did", async (opened) => {
    const { store, bus } = opened.subject;
    const heard = await hear(opened, bus, CHANNELS.subscriptions);
    await store.change({ added: [PUT, CALL], removed: [QUOTES] });
    await store.change({ added: [CALL, PUT], removed: [QUOTES] });
    await store.change(NOTHING);
    await store.change({ added: [PUT, QUOTES], removed: [CALL] });
    await store.change({ added: [], removed: [PUT, "T.*", QUOTES] });
    await eventually(opened, "all are heard", () => heard.length >= 3);
    check.equal("heard", heard, [
      JSON.stringify({ added: [PUT, CALL], removed: [] }),
      JSON.stringify({ added: [QUOTES], removed: [CALL] }),
      JSON.stringify({ added: [], removed: [PUT, QUOTES] }),
    ]);
  });
  test("are one for a change of any size", async (opened) => {
    const { store, bus } = opened.subject;
    const heard = await hear(opened, bus, CHANNELS.subscriptions);
    const added = manyTopics(20_000, "T");
    await store.change({ added, removed: [] });
    await store.change({ added: [PUT], removed: [] });
    await eventually(opened, "both are heard", () => heard.length >= 2);
    check.equal("large", heard[0], JSON.stringify({ added, removed: [] }));
    check.equal("messages", heard.length, 2);
  });
  shared("reach every client, which can read the change by then", async (opened) => {
    const { first, second } = opened;
    const read: Promise<ReadonlySet<string>>[] = [];
    await hear(opened, second.bus, CHANNELS.subscriptions, () => read.push(second.store.wanted()));
    await first.store.change({ added: [PUT], removed: [] });
    await eventually(opened, "it is heard", () => read.length > 0);
    check.equal(
      "read",
      (await Promise.all(read)).map((topics) => [...topics]),
      [[PUT]],
    );
  });
}

function refusalTests({ test }: Tests): void {
  test("meet texts that are no topics, and nothing is changed or announced", async (opened) => {
    const { store, bus } = opened.subject;
    const heard = await hear(opened, bus, CHANNELS.subscriptions);
    await store.change({ added: [PUT], removed: [] });
    for (const text of ["", "T", "T.", ".AAPL", "T.O:SPXW 251223", "T.A,Q.A", 'T."A"', "T.é", "T.A\n", "T.\\A"]) {
      const shown = JSON.stringify(text);
      await check.rejects(`added ${shown}`, store.change({ added: [CALL, text], removed: [PUT] }), "TypeError");
      await check.rejects(`removed ${shown}`, store.change({ added: [CALL], removed: [PUT, text] }), "TypeError");
    }
    await checkWanted(store, [PUT]);
    await store.change({ added: [QUOTES], removed: [] });
    await eventually(opened, "the last is heard", () => heard.length >= 2);
    check.equal("messages", heard.length, 2);
  });
}

function racingTests({ shared }: Tests): void {
  shared("change each topic once when both ask for all of them", async (opened) => {
    const { first, second } = opened;
    const heard = await hear(opened, second.bus, CHANNELS.subscriptions);
    const topics = manyTopics(40, "T");
    const addAll = async (store: SubscriptionStore): Promise<readonly string[]> => {
      const added: string[] = [];
      for (const topic of topics) added.push(...(await store.change({ added: [topic], removed: [] })).added);
      return added;
    };
    const added = await Promise.all([addAll(first.store), addAll(second.store)]);
    check.equal("added", added.flat().sort(), topics);
    await eventually(opened, "all are heard", () => heard.length >= topics.length);
    check.equal("messages", heard.length, topics.length);
    await checkWanted(first.store, topics);
  });
}
