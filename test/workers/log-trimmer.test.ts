import { expect, it } from "vitest";
import { MemoryLogger, MemoryTelemetry, openMemory } from "../../src/adapters/memory/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { StorageError } from "../../src/domain/errors.ts";
import type { Cursor } from "../../src/domain/stream/cursor.ts";
import { LogTrimmer } from "../../src/workers/hydrator/log-trimmer.ts";

/** A trimmer whose readers stand at a cursor that may move on, and how far it trimmed. */
function trimmerOf(stateCursors: () => Promise<ReadonlyMap<number, Cursor>>) {
  const { log, store } = openMemory({ clock: SYSTEM_CLOCK });
  const trimmed: Cursor[] = [];
  const trimmer = new LogTrimmer(
    {
      log: Object.assign(Object.create(log), {
        trim: async (slowest: Cursor) => {
          trimmed.push(slowest);
          return { removed: 0, unread: undefined };
        },
      }),
      store: Object.assign(Object.create(store), { stateCursors }),
      logger: new MemoryLogger(),
      telemetry: new MemoryTelemetry(),
    },
    (_, operation) => operation(),
  );
  return { trimmer, trimmed };
}

it("a trim that goes on beside hydration keeps what was hydrated since it began", async () => {
  let answer: (cursors: ReadonlyMap<number, Cursor>) => void = () => {};
  const { trimmer, trimmed } = trimmerOf(() => new Promise((resolve) => (answer = resolve)));
  await trimmer.begin("5-1");
  // Meanwhile the hydrator went on, and its cursor with it.
  answer(new Map([[0, "9-3"]]));
  await trimmer.settled();
  expect(trimmed).toEqual(["5-1"]);

  await trimmer.begin("12-1");
  answer(new Map([[0, "11-3"]]));
  await trimmer.settled();
  expect(trimmed).toEqual(["5-1", "11-3"]);

  // Before anybody has read, nothing is trimmed.
  await trimmer.begin("13-1");
  answer(new Map());
  await trimmer.settled();
  expect(trimmed).toHaveLength(2);
});

it("a trim that fails for good is no unhandled rejection, and ends whoever asks how it went", async () => {
  const { trimmer } = trimmerOf(() => Promise.reject(new StorageError("no cursors there")));
  await trimmer.begin("5-1");
  await trimmer.settled();
  expect(() => trimmer.assertWell()).toThrow("no cursors there");
});
