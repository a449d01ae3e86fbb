import { expect, it } from "vitest";
import { StorageError, UnavailableError } from "../../src/domain/errors.ts";
import type { BusMessage, MessageBus } from "../../src/ports/message-bus.ts";
import { listen } from "../../src/workers/listen.ts";
import { memoryPipeline } from "../support/pipeline.ts";

/** A bus on memory whose first subscriptions fail with these errors. */
function open(failures: Error[]) {
  const { ports, clock } = memoryPipeline();
  const heard: BusMessage[] = [];
  let tries = 0;
  const bus: MessageBus = Object.create(ports.bus, {
    subscribe: {
      async value(...args: Parameters<MessageBus["subscribe"]>) {
        tries += 1;
        const failure = failures.shift();
        if (failure !== undefined) throw failure;
        return ports.bus.subscribe(...args);
      },
    },
  });
  const stop = new AbortController();
  const listening = listen(
    { channel: "c", what: "tests", hear: (message) => heard.push(message) },
    { bus, clock, logger: ports.logger },
    stop.signal,
  );
  return { bus: ports.bus, clock, heard, stop, listening, tries: () => tries };
}

it("hears again after a bus was away, tried once a second", async () => {
  const away = new UnavailableError("Cannot subscribe: the bus must answer, it did not");
  const { bus, clock, heard, listening, tries } = open([away, away]);
  await clock.advance(999);
  expect(tries()).toBe(1);
  await clock.advance(1);
  expect(tries()).toBe(2);
  await clock.advance(1_000);
  await listening;
  await bus.publish("c", "body");
  expect(heard).toEqual([{ kind: "resync" }, { kind: "message", body: "body" }]);
});

it("ends with the error of a bus that refuses for good", async () => {
  const refused = new StorageError("Cannot subscribe: the channel must be ours, it is not");
  await expect(open([refused]).listening).rejects.toBe(refused);
});

it("gives up when it is told to stop", async () => {
  const { stop, listening, tries } = open([new UnavailableError("Cannot subscribe: the bus must answer, it did not")]);
  stop.abort();
  await listening;
  expect(tries()).toBe(1);
});
