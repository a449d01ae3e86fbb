import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fold } from "../../src/domain/hydration/fold.ts";
import { noEffects } from "../../src/domain/hydration/fold-effects.ts";
import { HydrationState } from "../../src/domain/hydration/state.ts";
import { connectionName, formatStreamPosition } from "../../src/domain/market/batch.ts";
import type { FrameContent } from "../../src/domain/overload/frame-content.ts";
import { nextShedLevel } from "../../src/domain/overload/shed-level.ts";
import type { FrameDraft, GapDraft, RawDraft } from "../../src/domain/stream/raw-entry.ts";
import { SAMPLE_MS } from "../support/entries.ts";
import type { LogMood } from "../support/faulty-log.ts";
import { PRODUCER, Source, spoolOn, stored } from "../support/spool.ts";

const T = SAMPLE_MS;

function folded(drafts: readonly RawDraft[]) {
  const state = new HydrationState();
  const effects = noEffects();
  for (const [index, draft] of drafts.entries()) fold(state, { cursor: `1000-${index}`, draft }, effects);
  return { ...effects, state };
}

function shedGaps(drafts: readonly RawDraft[]): GapDraft[] {
  return drafts.filter((draft) => draft.kind === "gap").filter(({ gap }) => gap.cause === "shed");
}

const kinds = (drafts: readonly RawDraft[]) => drafts.map(({ kind, position }) => `${kind} ${position.seq}`);

/** What a frame counts for, with room for this many of them below the soft mark, twice as many below the hard one. */
function roomFor(frames: number) {
  const [{ payload }] = new Source().trades();
  const cost = payload.length + 256;
  return { cost, maxBytes: 2 * frames * cost };
}

describe("nextShedLevel", () => {
  const marks = { recovered: 25, soft: 50, hard: 100 };
  const next = (level: "none" | "quotes" | "all", ...held: number[]) => held.map((n) => nextShedLevel(level, n, marks));

  it("begins to shed quotes at the soft mark, everything at the hard mark", () => {
    expect(next("none", 0, 25, 26, 49, 50, 99, 100, 101)).toEqual([
      ...["none", "none", "none", "none"],
      ...["quotes", "quotes", "all", "all"],
    ]);
  });

  it("sheds quotes on until the spool has drained to the lower mark", () => {
    expect(next("quotes", 100, 99, 50, 49, 26, 25, 0)).toEqual([
      ...["all", "quotes", "quotes", "quotes", "quotes"],
      ...["none", "none"],
    ]);
  });

  it("sheds everything on until the spool has drained to the soft mark, and quotes from there", () => {
    expect(next("all", 100, 99, 51, 50, 26, 25)).toEqual(["all", "all", "all", "quotes", "quotes", "none"]);
  });
});

describe("RawSpool shedding", () => {
  it("sheds frames of quotes only from the soft mark, everything but control entries from the bound", () => {
    const { cost, maxBytes } = roomFor(2);
    const { spool } = spoolOn({ maxBytes });
    const source = new Source();
    const keeps = (entry: readonly [RawDraft, FrameContent?]) => spool.push(...entry) !== undefined;
    expect(keeps(source.trades())).toBe(true);
    expect(keeps(source.quotes(3))).toBe(true);
    expect(spool.backlog.bytes).toBeGreaterThanOrEqual(2 * cost);
    expect([keeps(source.quotes(3)), keeps(source.mixed()), keeps(source.heartbeat())]).toEqual([false, true, true]);
    while (spool.backlog.bytes < maxBytes) expect(keeps(source.trades())).toBe(true);
    expect([keeps(source.trades()), keeps(source.mixed()), keeps(source.quotes())]).toEqual([false, false, false]);
    for (const entry of source.reconnect()) expect(keeps(entry)).toBe(true);
    expect(keeps(source.trades())).toBe(false);
    expect(spool.shed).toEqual({ frames: 5, trades: 3, quotes: 5, values: 0, other: 0 });
  });

  it("keeps frames without quotes at the soft mark: values, statuses, nothing", () => {
    const { spool } = spoolOn({ maxBytes: roomFor(1).maxBytes * 10, softShare: 0.01, recoveredShare: 0.001 });
    const source = new Source();
    spool.push(...source.trades());
    const keeps = (content: Partial<FrameContent>) =>
      spool.push(source.trades()[0], { trades: 0, quotes: 0, values: 0, other: 0, ...content }) !== undefined;
    expect(keeps({ quotes: 1 })).toBe(false);
    expect(keeps({ values: 1 })).toBe(true);
    expect(keeps({ quotes: 1, values: 1 })).toBe(true);
    expect(keeps({ quotes: 1, other: 1 })).toBe(true);
    expect(keeps({})).toBe(true);
  });

  it("tells a stretch of shed quotes as one gap, at the place of the first, and leaves no hole in the positions", async () => {
    const { spool, clock, log, pipeline, telemetry, logger, stop, run } = spoolOn({ maxBytes: roomFor(2).maxBytes });
    log.mood = "unavailable";
    const running = run();
    const source = new Source();
    const places = [
      spool.push(...source.trades()), // T + 1
      spool.push(...source.trades()),
      spool.push(...source.quotes(5)), // T + 3
      spool.push(...source.trades()),
      spool.push(...source.heartbeat()),
      spool.push(...source.quotes(2)),
      spool.push(...source.quotes(1)), // T + 7
    ].map((place) => place?.seq);
    expect(places).toEqual([1, 2, undefined, 4, 5, undefined, undefined]);
    await clock.advance(50);
    log.mood = "well";
    await clock.advance(1_000);
    expect(spool.push(...source.quotes())?.seq).toBe(6);
    stop.abort();
    await running;

    const drafts = await stored(pipeline);
    expect(kinds(drafts)).toEqual(["frame 1", "frame 2", "gap 3", "frame 4", "heartbeat 5", "frame 6"]);
    const gap = {
      connection: "options/0",
      fromAtMs: T + 3,
      toAtMs: T + 7,
      cause: "shed",
      scope: "quotes",
      instruments: undefined,
    };
    expect(drafts[2]).toMatchObject({ receivedAtMs: T + 3, gap });
    expect(folded(drafts)).toMatchObject({ gaps: [gap], counters: { gaps: 1, frames: 4, trades: 3, quotes: 1 } });
    const shedOf = (type: string) =>
      telemetry.counterValue("raw_spool_shed_events_total", { producer: PRODUCER, type });
    expect(["trades", "quotes", "values", "other"].map(shedOf)).toEqual([0, 8, 0, 0]);
    expect(telemetry.counterValue("raw_spool_shed_frames_total", { producer: PRODUCER })).toBe(3);
    expect(logger.entries.map(({ message }) => message)).toEqual([
      "The spool is filling and sheds quotes",
      "Cannot append to the raw log, spooling until it is back",
      "The raw log is back",
      "The spool has drained and sheds nothing any more",
    ]);
  });

  it("tells shed quotes and shed everything apart", async () => {
    const { spool, pipeline, stop, run } = spoolOn({ maxBytes: roomFor(1).maxBytes });
    const source = new Source();
    for (const frame of [source.trades(), source.quotes(), source.trades(), source.trades(), source.quotes()]) {
      spool.push(...frame);
    }
    stop.abort();
    await run();
    expect(shedGaps(await stored(pipeline)).map(({ gap }) => [gap.scope, gap.fromAtMs, gap.toAtMs])).toEqual([
      ["quotes", T + 2, T + 2],
      ["all", T + 4, T + 5],
    ]);
  });

  it("tells a stretch so far when its gap has to be appended: nothing stands in the log before what was lost ahead of it", async () => {
    const { spool, clock, log, pipeline, stop, run } = spoolOn({ maxBytes: roomFor(4).maxBytes, batchEntries: 2 });
    const source = new Source();
    for (let n = 0; n < 4; n++) spool.push(...source.trades());
    spool.push(...source.quotes()); // T + 5
    for (let n = 0; n < 3; n++) spool.push(...source.trades());
    // The log gets the third append, the one with the gap, but its answer is lost.
    const append = log.append.bind(log);
    log.append = (...call) => {
      if (log.appends.length === 2) log.mood = "lost";
      return append(...call);
    };
    const running = run();
    await clock.advance(50);
    expect(kinds(await stored(pipeline))).toEqual(["frame 1", "frame 2", "frame 3", "frame 4", "gap 5", "frame 6"]);
    expect(spool.push(...source.quotes())).toBeUndefined(); // T + 9
    log.mood = "well";
    await clock.advance(2_000);
    stop.abort();
    await running;
    const drafts = await stored(pipeline);
    expect(kinds(drafts).slice(6)).toEqual(["frame 7", "frame 8", "gap 9"]);
    expect(shedGaps(drafts).map(({ gap }) => [gap.fromAtMs, gap.toAtMs])).toEqual([
      [T + 5, T + 5],
      [T + 9, T + 9],
    ]);
  });

  it("ends a stretch when its connection closes, and counts the next epoch from 1", async () => {
    const { spool, pipeline, stop, run } = spoolOn({ maxBytes: roomFor(1).maxBytes });
    const source = new Source();
    for (let n = 0; n < 5; n++) spool.push(...source.trades());
    for (const entry of source.reconnect()) spool.push(...entry);
    for (let n = 0; n < 2; n++) spool.push(...source.trades());
    stop.abort();
    await run();
    const drafts = await stored(pipeline);
    expect(drafts.map(({ kind, position }) => `${kind} ${position.epoch}/${position.seq}`)).toEqual([
      ...["frame 1/1", "frame 1/2", "gap 1/3", "closed 1/4"],
      ...["connected 2/1", "gap 2/2", "gap 2/3"],
    ]);
    expect(folded(drafts).gaps.map(({ cause, fromAtMs, toAtMs }) => [cause, fromAtMs, toAtMs])).toEqual([
      ["shed", T + 3, T + 5],
      ["disconnect", T + 6, T + 8],
      ["shed", T + 9, T + 10],
    ]);
  });

  it("gives a gap bounds that enclose every receipt although the wall clock stepped back, or is unknown", async () => {
    const { spool, pipeline, stop, run } = spoolOn({ maxBytes: 1 });
    const source = new Source();
    for (const receivedAtMs of [T, undefined, T + 50, T - 20, T + 3]) {
      const [draft, content] = source.trades();
      spool.push({ ...draft, receivedAtMs }, content);
    }
    stop.abort();
    await run();
    expect(shedGaps(await stored(pipeline))[0]?.gap).toMatchObject({ fromAtMs: T - 20, toAtMs: T + 50 });
  });

  it("takes a frame larger than the whole spool while nothing waits", async () => {
    const { spool, pipeline, stop, run } = spoolOn({ maxBytes: 100 });
    const source = new Source();
    expect(spool.push(...source.trades(50))).toBeDefined();
    expect(spool.push(...source.trades())).toBeUndefined();
    stop.abort();
    await run();
    expect((await stored(pipeline)).map(({ kind }) => kind)).toEqual(["frame", "gap"]);
  });
});

type Step =
  | { readonly do: "push"; readonly what: "trades" | "quotes" | "mixed" | "heartbeat"; shard: number; size: number }
  | { readonly do: "reconnect"; readonly shard: number }
  | { readonly do: "mood"; readonly mood: LogMood }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "restart" };

const push = fc.record({
  do: fc.constant("push" as const),
  what: fc.constantFrom(
    "trades" as const,
    "trades" as const,
    "quotes" as const,
    "quotes" as const,
    "mixed",
    "heartbeat",
  ),
  shard: fc.nat({ max: 1 }),
  size: fc.integer({ min: 1, max: 8 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: push, weight: 16 },
  { arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 0, max: 120 }) }), weight: 5 },
  {
    arbitrary: fc.record({
      do: fc.constant("mood" as const),
      mood: fc.constantFrom<LogMood>("well", "unavailable", "full", "lost"),
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ do: fc.constant("reconnect" as const), shard: fc.nat({ max: 1 }) }), weight: 1 },
  { arbitrary: fc.constant({ do: "restart" } as const), weight: 1 },
);

/** What really happened, noted by the test itself. */
interface Account {
  readonly kept: RawDraft[];
  readonly shed: { readonly draft: FrameDraft; readonly content: FrameContent }[];
}

async function play(steps: readonly Step[]) {
  const bench = spoolOn({ maxBytes: 6_000, batchEntries: 4, batchBytes: 2_000, flushMs: 200 });
  const { spool, clock, log, pipeline } = bench;
  const sources = [new Source(0), new Source(1)];
  const account: Account = { kept: [], shed: [] };
  const take = (draft: RawDraft, content?: FrameContent): void => {
    const held = spool.backlog.bytes;
    const place = spool.push(draft, content);
    const isFrame = draft.kind === "frame" && place !== undefined;
    if (isFrame) expect(held).toBeLessThan(6_000);
    expect(spool.backlog.bytes).toBe(held + (isFrame ? draft.payload.length + 256 : 0));
    if (place !== undefined) account.kept.push({ ...draft, position: place });
    else if (draft.kind === "frame" && content !== undefined) account.shed.push({ draft, content });
    else throw new TypeError(`a ${draft.kind} entry was shed`);
  };
  let stop = new AbortController();
  let running = spool.run(stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await clock.advance(200);
    const left = await running;
    expect(left).toEqual(spool.backlog);
  };
  for (const next of steps) {
    if (next.do === "wait") await clock.advance(next.ms);
    else if (next.do === "mood") log.mood = next.mood;
    else if (next.do === "restart") {
      await end();
      stop = new AbortController();
      running = spool.run(stop.signal);
    } else {
      const source = sources[next.shard];
      if (source === undefined) throw new RangeError("there are two sources");
      if (next.do === "reconnect") for (const entry of source.reconnect()) take(...entry);
      else if (next.what === "heartbeat") take(...source.heartbeat());
      else take(...(next.what === "mixed" ? source.mixed() : source[next.what](next.size)));
    }
  }
  log.mood = "well";
  await clock.advance(5_000);
  await end();
  expect(spool.backlog).toEqual({ entries: 0, frames: 0, bytes: 0 });
  return { ...bench, account, drafts: await stored(pipeline) };
}

describe("RawSpool under any sequence of pushes, failures, lost replies and recoveries", () => {
  it("logs what was not shed once and in order, covers each shed frame by exactly one gap before it matters, and counts it", async () => {
    const seen = { quotes: 0, all: 0, repeats: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120 }), async (steps) => {
        const { drafts, account, telemetry, spool, log } = await play(steps);
        const gaps = shedGaps(drafts);
        const others = drafts.filter((draft) => !gaps.some((gap) => gap === draft));
        expect(others).toEqual(account.kept);

        const next = new Map<string, number>();
        for (const { position } of drafts) {
          const epoch = `${connectionName(position)}/${position.epoch}`;
          const seq = next.get(epoch) ?? 1;
          expect(formatStreamPosition(position)).toBe(`${epoch}/${seq}`);
          next.set(epoch, seq + 1);
        }

        const bounds = new Set<string>();
        for (const { draft, content } of account.shed) {
          const atMs = draft.receivedAtMs ?? Number.NaN;
          const connection = connectionName(draft.position);
          const covering = gaps.filter(({ gap }) => {
            return gap.connection === connection && atMs >= (gap.fromAtMs ?? NaN) && atMs <= (gap.toAtMs ?? NaN);
          });
          expect(covering).toHaveLength(1);
          const [cover] = covering;
          if (cover === undefined) throw new RangeError("unreachable");
          if (cover.gap.scope === "quotes") expect(content.trades + content.values + content.other).toBe(0);
          bounds.add(`${connection} ${atMs}`);
          // Before everything that was received behind it: a log that breaks off anywhere has told its losses.
          const behind = drafts.findIndex((entry) => {
            return (
              entry !== cover && connectionName(entry.position) === connection && (entry.receivedAtMs ?? NaN) > atMs
            );
          });
          if (behind >= 0) expect(drafts.indexOf(cover)).toBeLessThan(behind);
        }
        for (const { gap } of gaps) {
          expect(bounds).toContain(`${gap.connection} ${gap.fromAtMs}`);
          expect(bounds).toContain(`${gap.connection} ${gap.toAtMs}`);
        }

        const sum = (type: keyof FrameContent) => account.shed.reduce((total, { content }) => total + content[type], 0);
        for (const type of ["trades", "quotes", "values", "other"] as const) {
          expect(spool.shed[type]).toBe(sum(type));
          const labels = { producer: PRODUCER, type };
          expect(telemetry.counterValue("raw_spool_shed_events_total", labels)).toBe(sum(type));
        }
        expect(log.mostPending).toBeLessThanOrEqual(1);

        const { gaps: told, counters } = folded(drafts);
        const all = drafts.filter((draft) => draft.kind === "gap").map(({ gap }) => gap);
        expect(told).toEqual(all);
        expect(counters).toMatchObject({ repeated: 0, invalid: 0 });

        for (const { gap } of gaps) seen[gap.scope === "all" ? "all" : "quotes"] += 1;
        const firstSeqs = log.appends.map(({ firstSeq }) => firstSeq);
        seen.repeats += firstSeqs.length - new Set(firstSeqs).size;
      }),
      { seed: 42, numRuns: 150 },
    );
    // The run above went where it should.
    expect(Math.min(seen.quotes, seen.all, seen.repeats)).toBeGreaterThan(50);
  });
});
