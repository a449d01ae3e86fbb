import { describe, expect, it } from "vitest";
import { ManualClock, MemoryLogger } from "../../src/adapters/memory/index.ts";
import { UnavailableError } from "../../src/domain/errors.ts";
import { fold } from "../../src/domain/hydration/fold.ts";
import { noEffects } from "../../src/domain/hydration/fold-effects.ts";
import { HydrationState } from "../../src/domain/hydration/state.ts";
import { SnapshotWriter } from "../../src/workers/hydrator/snapshot-writer.ts";
import { EntryWriter, SAMPLE_MS, tradeEvent } from "../support/entries.ts";

const T = SAMPLE_MS;
const STREAM = { underlying: "SPX", expiration: "2025-12-23" };

/** A writer, the state that it writes of, and a store that answers when it is told to. */
function writing() {
  const state = new HydrationState();
  const entries = new EntryWriter();
  const trade = (): void => {
    entries.frame(T, [tradeEvent(T)]);
    const entry = entries.entries.at(-1);
    if (entry !== undefined) fold(state, entry, noEffects());
    writer.mark([STREAM]);
  };
  const stored: string[] = [];
  const answers: ((error?: Error) => void)[] = [];
  const put = (what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      answers.push((error) => {
        if (error !== undefined) return reject(error);
        stored.push(what);
        resolve();
      });
    });
  const snapshots = {
    putFlow: ({ day }: { day: { prints: number } }) => put(`flow of ${day.prints}`),
    putGrid: ({ day }: { day: { prints: number } }) => put(`grid of ${day.prints}`),
    flow: async () => null,
    grid: async () => null,
    close: async () => {},
  };
  const clock = new ManualClock(T);
  const logger = new MemoryLogger();
  const writer = new SnapshotWriter({ snapshots, clock, logger }, 250);
  /** Lets the store answer what it was asked, and what follows from that. */
  const answer = async (error?: Error): Promise<void> => {
    answers.shift()?.(error);
    await new Promise(setImmediate);
  };
  return { state, writer, trade, stored, answer, clock, logger, asked: () => answers.length };
}

describe("a snapshot writer", () => {
  it("stores one after the other, as of one moment, while hydration goes on, and what moved meanwhile with the next", async () => {
    const { state, writer, trade, stored, answer, clock, asked } = writing();
    trade();
    writer.begin(state);
    expect([writer.isDue(false), asked()]).toEqual([false, 1]);
    trade();
    await answer();
    expect(asked()).toBe(1);
    await answer();
    await writer.settled();
    expect(stored).toEqual(["flow of 1", "grid of 1"]);
    expect(writer.isDue(false)).toBe(false);

    await clock.advance(250);
    expect(writer.isDue(false)).toBe(true);
    expect(writer.isDue(true)).toBe(false);
    writer.begin(state);
    await answer();
    await answer();
    expect(stored.slice(2)).toEqual(["flow of 2", "grid of 2"]);
  });

  it("stores with the next what failed", async () => {
    const { state, writer, trade, stored, answer, clock, logger, asked } = writing();
    trade();
    writer.begin(state);
    await answer(new UnavailableError("away"));
    await writer.settled();
    expect(logger.entries.map(({ message }) => message)).toEqual([
      "Cannot store a flow snapshot, the next interval tries again",
    ]);
    await clock.advance(250);
    writer.begin(state);
    await answer();
    await answer();
    expect(stored).toEqual(["flow of 1", "grid of 1"]);

    // And then no more, since nothing has moved.
    await clock.advance(250);
    writer.begin(state);
    await writer.settled();
    expect(asked()).toBe(0);
  });
});
