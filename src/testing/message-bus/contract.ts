import type { BusMessage, MessageBus } from "../../ports/message-bus.ts";
import { check, expectDefined } from "../check.ts";
import {
  type ContractOptions,
  type ContractTests,
  closedClientTests,
  contractTests,
  eventually,
  type StoreTime,
  soon,
  started,
} from "../runner.ts";

type Tests = ContractTests<MessageBus, []>;

/** Runs the contract of `MessageBus` against an adapter. */
export function messageBusContract(adapter: string, options: ContractOptions<MessageBus>): void {
  const tests = contractTests(options);
  tests.runner.describe(`message bus (${adapter})`, () => {
    tests.runner.describe("subscribe", () => subscribeTests(tests));
    tests.runner.describe("end of a subscription", () => endTests(tests));
    tests.runner.describe("two clients", () => sharedTests(tests));
    closedClientTests(tests, (bus) => bus, {
      publish: (bus) => bus.publish("channel", "body"),
      subscribe: (bus) => bus.subscribe("channel", () => {}, never()),
    });
  });
}

function subscribeTests({ test, unless }: Tests): void {
  test("a subscriber has heard a resync, and nothing else, when its subscription stands", async (store) => {
    const { subject } = store;
    await subject.publish("c", "before");
    const heard = await listen(store, subject, "c");
    check.equal("heard", heard, [RESYNC]);
  });
  test("a subscriber hears each message once, in the order of publication", async (store) => {
    const { subject } = store;
    const heard = await listen(store, subject, "c");
    const bodies = Array.from({ length: 50 }, (_, index) => `message ${index}`);
    for (const body of bodies) await subject.publish("c", body);
    await eventually(store, "the last message arrives", () => bodiesOf(heard).includes("message 49"));
    check.equal("heard", heard, [RESYNC, ...bodies.map((body) => ({ kind: "message" as const, body }))]);
  });
  test("bodies arrive text for text", async (store) => {
    const { subject } = store;
    const heard = await listen(store, subject, "c");
    const bodies = ["", "resync", '{"a":[]}', "é€😀\u0000\r\n", "x".repeat(70_000)];
    for (const body of bodies) await subject.publish("c", body);
    await eventually(store, "all arrive", () => heard.length > bodies.length);
    check.equal("heard", bodiesOf(heard), bodies);
  });
  test("a subscriber hears no other channel", async (store) => {
    const { subject } = store;
    const heard = await listen(store, subject, "c");
    const others = await listen(store, subject, "c2");
    await subject.publish("c2", "other");
    await subject.publish("c", "own");
    await eventually(store, "both arrive", () => heard.length > 1 && others.length > 1);
    check.equal("heard", bodiesOf(heard), ["own"]);
    check.equal("others", bodiesOf(others), ["other"]);
  });
  test("every subscriber of a channel hears every message", async (store) => {
    const { subject } = store;
    const one = await listen(store, subject, "c");
    const two = await listen(store, subject, "c");
    await subject.publish("c", "message");
    await eventually(store, "both hear", () => one.length > 1 && two.length > 1);
    check.equal("one", one, [RESYNC, { kind: "message", body: "message" }]);
    check.equal("two", two, [RESYNC, { kind: "message", body: "message" }]);
  });
  test("a listener that throws goes on hearing, and so do others", async (store) => {
    const { subject } = store;
    const thrower: BusMessage[] = [];
    const listener = (message: BusMessage): void => {
      thrower.push(message);
      throw new Error("a listener of the contract suite throws on purpose");
    };
    await subject.subscribe("c", listener, never());
    const heard = await listen(store, subject, "c");
    await subject.publish("c", "one");
    await subject.publish("c", "two");
    await eventually(store, "both hear", () => heard.length > 2 && thrower.length > 2);
    check.equal("heard", bodiesOf(heard), ["one", "two"]);
    check.equal("thrower", bodiesOf(thrower), ["one", "two"]);
  });
  test("publishing to nobody resolves", async ({ subject }) => {
    await subject.publish("nobody", "message");
  });
  unless(
    "brokenConnections",
    "after a broken connection every subscriber hears resync, then messages",
    async (store) => {
      const { subject } = store;
      const one = await listen(store, subject, "c");
      const two = await listen(store, subject, "c2");
      const breakConnections = expectDefined("a way to break connections", store.breakConnections);
      await breakConnections();
      await eventually(store, "resync arrives", () => resyncsOf(one) === 2 && resyncsOf(two) === 2);
      await subject.publish("c", "after");
      await eventually(store, "the message arrives", () => bodiesOf(one).includes("after"));
      check.equal("heard", one, [RESYNC, RESYNC, { kind: "message", body: "after" }]);
      check.equal("others", two, [RESYNC, RESYNC]);
    },
  );
}

function endTests({ test }: Tests): void {
  test("a subscriber hears nothing after its signal aborts", async (store) => {
    const { subject } = store;
    const controller = new AbortController();
    const ended = await listen(store, subject, "c", controller.signal);
    const heard = await listen(store, subject, "c");
    await subject.publish("c", "before");
    await eventually(store, "both hear", () => ended.length > 1 && heard.length > 1);
    controller.abort();
    await subject.publish("c", "after");
    await eventually(store, "the other hears", () => heard.length > 2);
    check.equal("ended", bodiesOf(ended), ["before"]);
  });
  test("a subscriber that aborts in its listener hears nothing more", async (store) => {
    const { subject } = store;
    const controller = new AbortController();
    const ended: BusMessage[] = [];
    const listener = (message: BusMessage): void => {
      ended.push(message);
      if (message.kind === "message") controller.abort();
    };
    await subject.subscribe("c", listener, controller.signal);
    const heard = await listen(store, subject, "c");
    await Promise.all(["one", "two", "three"].map((body) => subject.publish("c", body)));
    await eventually(store, "the other hears", () => heard.length > 3);
    check.equal("ended", bodiesOf(ended), ["one"]);
  });
  test("an aborted signal makes no subscription", async (store) => {
    const { subject } = store;
    const none = await listen(store, subject, "c", AbortSignal.abort());
    const heard = await listen(store, subject, "c");
    await subject.publish("c", "message");
    await eventually(store, "the other hears", () => heard.length > 1);
    check.equal("heard", none, []);
  });
  test("a subscription resolves where its signal aborts on the way", async (store) => {
    const { subject } = store;
    const controller = new AbortController();
    const subscribing = listen(store, subject, "c", controller.signal);
    controller.abort();
    check.isTrue("it heard a resync at most", (await subscribing).length <= 1);
  });
  test("the end of one subscription leaves another of the same channel", async (store) => {
    const { subject } = store;
    const controller = new AbortController();
    await listen(store, subject, "c", controller.signal);
    const heard = await listen(store, subject, "c");
    controller.abort();
    await store.elapse(1);
    await subject.publish("c", "message");
    await eventually(store, "it hears", () => heard.length > 1);
    check.equal("heard", bodiesOf(heard), ["message"]);
  });
}

function sharedTests({ shared }: Tests): void {
  shared("hear one another", async (store) => {
    const { first, second } = store;
    const heard = await listen(store, second, "c");
    await first.publish("c", "message");
    await eventually(store, "it arrives", () => heard.length > 1);
    check.equal("heard", heard, [RESYNC, { kind: "message", body: "message" }]);
  });
  shared("publish 100 messages each: all are heard once, those of each in order", async (store) => {
    const { first, second } = store;
    const heard = await listen(store, first, "c");
    const publishAll = async (bus: MessageBus, name: string): Promise<void> => {
      for (let index = 0; index < 100; index++) await bus.publish("c", `${name}${index}`);
    };
    await Promise.all([publishAll(first, "a"), publishAll(second, "b")]);
    await eventually(store, "all arrive", () => heard.length > 200);
    for (const name of ["a", "b"]) {
      const own = bodiesOf(heard).filter((body) => body.startsWith(name));
      check.equal(
        name,
        own,
        Array.from({ length: 100 }, (_, index) => `${name}${index}`),
      );
    }
  });
  shared("a closed client hears nothing more, and another does", async (store) => {
    const { first, second } = store;
    const closed = await listen(store, first, "c");
    const heard = await listen(store, second, "c");
    const publishing = second.publish("c", "on its way");
    await first.close();
    const before = closed.length;
    await publishing;
    await second.publish("c", "after");
    await eventually(store, "the other hears", () => bodiesOf(heard).includes("after"));
    check.equal("closed client", closed.length, before);
  });
  shared("a subscription that its client's close overtakes rejects or had been made", async (store) => {
    const { first, second } = store;
    const heard: BusMessage[] = [];
    const subscribing = first
      .subscribe("c", (message) => heard.push(message), never())
      .then(
        () => "made",
        (error: unknown) => error,
      );
    await first.close();
    const outcome = await soon(store, "subscribe", subscribing);
    if (outcome !== "made") await check.rejects("subscribe", Promise.reject(outcome), "ClosedError");
    const before = heard.length;
    const other = await listen(store, second, "c");
    await second.publish("c", "after");
    await eventually(store, "the other hears", () => other.length > 1);
    check.equal("closed client", heard.length, before);
  });
}

const RESYNC: BusMessage = { kind: "resync" };

function never(): AbortSignal {
  return new AbortController().signal;
}

/** Subscribes and collects. */
async function listen(
  time: StoreTime,
  bus: MessageBus,
  channel: string,
  signal: AbortSignal = never(),
): Promise<readonly BusMessage[]> {
  const heard: BusMessage[] = [];
  await soon(time, "subscribe", started(bus.subscribe(channel, (message) => heard.push(message), signal)));
  return heard;
}

function bodiesOf(messages: readonly BusMessage[]): readonly string[] {
  return messages.flatMap((message) => (message.kind === "message" ? [message.body] : []));
}

function resyncsOf(messages: readonly BusMessage[]): number {
  return messages.filter((message) => message.kind === "resync").length;
}
