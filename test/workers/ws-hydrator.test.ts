import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeValues, type SubstrateRecord } from "../../src/domain/epoch/substrate.ts";
import { isStrikewireError } from "../../src/domain/errors.ts";
import { addFlow, flowOf, noFlow } from "../../src/domain/flow/flow-sums.ts";
import type { TradeRecord } from "../../src/domain/hydration/effects.ts";
import { parseOptionTicker } from "../../src/domain/instrument/option-symbol.ts";
import { classifyConditions } from "../../src/domain/market/conditions.ts";
import { EXCHANGE_CALENDAR } from "../../src/domain/market/trading-calendar.ts";
import { TradingDayClock } from "../../src/domain/market/trading-day.ts";
import type { HydrationStep, HydrationStore } from "../../src/ports/hydration-store.ts";
import { sampleEpoch, sampleGreeks, sampleQuote, sampleRecord, sampleTicker } from "../../src/testing/index.ts";
import { WsHydrator, type WsHydratorPorts } from "../../src/workers/hydrator/ws-hydrator.ts";
import { EntryWriter, quoteEvent, SAMPLE_MS, tradeEvent } from "../support/entries.ts";
import { appendAtReceipt, hydrated, type MemoryPipeline, memoryPipeline, outcome } from "../support/pipeline.ts";

const T = SAMPLE_MS;
const LEASE_MS = 1_000;

/** The same object with one method looked into. */
function watched<Port extends object>(
  port: Port,
  method: keyof Port,
  instead: (original: () => unknown, ...args: unknown[]) => unknown,
): Port {
  return new Proxy(port, {
    get(target, name) {
      const original: unknown = Reflect.get(target, name, target);
      if (typeof original !== "function") return original;
      if (name !== method) return original.bind(target);
      return (...args: unknown[]) => instead(() => Reflect.apply(original, target, args), ...args);
    },
  });
}

/** Runs one hydrator until everything is worked off and every snapshot was refreshed. */
async function hydrateAll(pipeline: MemoryPipeline, ports: WsHydratorPorts = pipeline.ports, owner = "first") {
  const stop = new AbortController();
  const running = new WsHydrator(ports, { owner, leaseMs: LEASE_MS }).run(stop.signal);
  await Promise.race([hydrated(pipeline), running]);
  await pipeline.clock.advance(11_000);
  stop.abort();
  await running;
}

/** How a hydrator comes to its end while there is work left. */
type End = "stopped" | "killed before the commit" | "killed after the commit" | "fenced";
interface Episode {
  readonly end: End;
  readonly afterCommits: number;
  readonly batchEntries: number;
}

class Killed extends TypeError {}

class ReplyLost extends Error {}

/** A process that dies at its n-th commit, before or after it takes effect; nothing of it is heard of any more. */
function mortal(
  store: HydrationStore,
  end: End,
  afterCommits: number,
  onEnd: () => void | Promise<void>,
): HydrationStore {
  let commits = 0;
  let dead = false;
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]): Promise<unknown> => {
        if (dead) throw new Killed("killed");
        if (name !== "commit" || commits++ < afterCommits) return Reflect.apply(method, target, args);
        if (end === "stopped") {
          await onEnd();
          return Reflect.apply(method, target, args);
        }
        if (end === "fenced") {
          await onEnd();
          const answer: unknown = await Reflect.apply(method, target, args);
          dead = true;
          return answer;
        }
        dead = true;
        if (end === "killed after the commit") await Reflect.apply(method, target, args);
        throw new Killed("killed");
      };
    },
  });
}

async function live(pipeline: MemoryPipeline, episode: Episode, owner: string): Promise<void> {
  const ports = pipeline.open();
  const stop = new AbortController();
  const store = mortal(ports.store, episode.end, episode.afterCommits, async () => {
    if (episode.end === "stopped") stop.abort();
    else await pipeline.ports.store.acquire(0, `${owner}, fenced`, 1, { takeOver: true });
  });
  const options = { owner, leaseMs: LEASE_MS, batchEntries: episode.batchEntries };
  const running = new WsHydrator({ ...ports, store }, options).run(stop.signal).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error;
  });
  await Promise.race([hydrated(pipeline), running]);
  stop.abort();
  await running;
  // Its lease has to run out before anybody else may work.
  await pipeline.clock.advance(LEASE_MS + 1);
}

const SYMBOLS = ["O:SPXW251223P06870000", "O:SPXW251223C06900000", "O:SPX260116C06850000", "O:NDXP251222P25000000"];

/** Feeds of few contracts, prices and sizes, so that cancels, repeats and ties happen. */
const feedsOf = (traded: readonly string[], quoted: readonly string[]) =>
  fc
    .array(
      fc.record({
        waitMs: fc.oneof(
          { weight: 8, arbitrary: fc.nat({ max: 900 }) },
          { weight: 2, arbitrary: fc.nat({ max: 90_000 }) },
        ),
        what: fc.oneof(
          { weight: 8, arbitrary: fc.constant("events" as const) },
          { weight: 1, arbitrary: fc.constantFrom("reconnect", "heartbeat", "junk", "hole", "repeat", "again") },
        ),
        events: fc.array(
          fc.record({
            symbol: fc.constantFrom(...traded),
            quotedSymbol: fc.constantFrom(...quoted),
            agoMs: fc.oneof(
              { weight: 5, arbitrary: fc.nat({ max: 3 }) },
              { weight: 1, arbitrary: fc.nat({ max: 2_000 }) },
            ),
            price: fc.constantFrom(1.05, 7.7, 0.15),
            size: fc.constantFrom(1, 3),
            condition: fc.constantFrom(undefined, 209, 209, 201, 204, 232, 999),
            quote: fc.boolean(),
            bad: fc.nat({ max: 30 }).map((n) => n === 0),
          }),
          { minLength: 1, maxLength: 5 },
        ),
      }),
      { minLength: 5, maxLength: 40 },
    )
    .map((steps) => {
      const writer = new EntryWriter().frame(T, [tradeEvent(T - 5)]);
      let nowMs = T;
      let lastFrame: readonly Record<string, unknown>[] = [];
      for (const { waitMs, what, events } of steps) {
        nowMs += waitMs;
        if (what === "reconnect") {
          writer.reconnect(nowMs, nowMs + 500).frame(nowMs + 500, lastFrame);
          nowMs += 500;
        } else if (what === "heartbeat") writer.heartbeat(nowMs);
        else if (what === "junk") writer.frame(nowMs, '[{"ev":"T",');
        else if (what === "hole") writer.skip(2);
        else if (what === "repeat") writer.repeatLast();
        else if (what === "again") writer.frame(nowMs, lastFrame);
        else {
          lastFrame = events.map(({ symbol, quotedSymbol, agoMs, price, size, condition, quote, bad }) => {
            const change = { sym: symbol, ...(bad ? { t: "soon" } : {}) };
            if (quote) return quoteEvent(nowMs - agoMs, { ...change, sym: quotedSymbol, bp: price });
            return tradeEvent(nowMs - agoMs, {
              ...change,
              p: price,
              s: size,
              c: condition === undefined ? undefined : [condition],
            });
          });
          writer.frame(nowMs, lastFrame);
        }
      }
      return writer.drafts;
    });

const feeds = feedsOf(SYMBOLS, SYMBOLS);

/** Every print that is stored. */
async function recordsIn({ ports: { store } }: MemoryPipeline): Promise<readonly TradeRecord[]> {
  const streams = await store.tradeStreams();
  return (await Promise.all(streams.map((stream) => store.trades(stream, 100_000)))).flat();
}

/** The record of any option ticker, without values. */
function recordOf(contract: string): SubstrateRecord {
  const terms = parseOptionTicker(contract);
  if (terms === undefined) throw new RangeError(`"${contract}" must be an option ticker`);
  const { underlying, root, expiration, strike, right } = terms;
  return { terms: { contract, underlying, root, expiration, strike, right, multiplier: 100, style: "european" } };
}

const episode = fc.record({
  end: fc.constantFrom<End>("stopped", "killed before the commit", "killed after the commit", "fenced"),
  afterCommits: fc.nat({ max: 4 }),
  batchEntries: fc.integer({ min: 1, max: 6 }),
});
const episodes = fc.array(episode, { minLength: 1, maxLength: 5 });

describe("WsHydrator", () => {
  it("gives the same outcome however often it is stopped, killed or fenced in between", async () => {
    await fc.assert(
      fc.asyncProperty(feeds, episodes, async (drafts, list) => {
        const undisturbed = memoryPipeline();
        await appendAtReceipt(undisturbed, drafts);
        await hydrateAll(undisturbed);

        const disturbed = memoryPipeline();
        await appendAtReceipt(disturbed, drafts);
        for (const [index, episode] of list.entries()) await live(disturbed, episode, `owner ${index}`);
        await hydrateAll(disturbed, disturbed.open(), "last");

        expect(await outcome(disturbed)).toEqual(await outcome(undisturbed));
        expect(disturbed.clock.pendingSleepers).toBe(0);
      }),
      { seed: 42, numRuns: 60 },
    );
  });

  it("does so too while the feed goes on, with sums stored between its frames and replies lost", async () => {
    let standing = 0;
    const lives = fc.array(
      fc.record({
        end: fc.constantFrom<End>("killed before the commit", "killed after the commit", "fenced"),
        afterCommits: fc.nat({ max: 9 }),
        lostReplies: fc.array(fc.nat({ max: 9 })),
        readEntries: fc.constantFrom(1, 2, 128),
        blockMs: fc.constantFrom(1, 250, 60_000),
        frames: fc.integer({ min: 1, max: 15 }),
        pauseMs: fc.constantFrom(0, 50, 100, 400),
      }),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(feeds, lives, async (drafts, list) => {
        const undisturbed = memoryPipeline();
        await appendAtReceipt(undisturbed, drafts);
        await hydrateAll(undisturbed);

        const disturbed = memoryPipeline();
        const { clock, ports } = disturbed;
        let appended = 0;
        for (const [index, { end, afterCommits, lostReplies, frames, pauseMs, ...options }] of list.entries()) {
          const own = disturbed.open();
          let commits = 0;
          const deaf = watched(own.store, "commit", async (commit, _lease, step) => {
            const { prev, next } = step as HydrationStep;
            if (prev === next) standing += 1;
            const result = await commit();
            if (lostReplies.includes(commits++)) throw new ReplyLost("reply lost");
            return result;
          });
          const store = mortal(deaf, end, afterCommits, async () => {
            await ports.store.acquire(0, "nobody", 1, { takeOver: true });
          });
          const stop = new AbortController();
          const running = new WsHydrator({ ...own, store }, { owner: `owner ${index}`, leaseMs: LEASE_MS, ...options })
            .run(stop.signal)
            .catch((error: unknown) => {
              const isExpected = error instanceof Killed || error instanceof ReplyLost;
              if (!isExpected && !isStrikewireError(error, "STRIKEWIRE_CLOSED")) throw error;
            });
          for (const draft of drafts.slice(appended, appended + frames)) {
            const aheadMs = (draft.receivedAtMs ?? clock.now()) - clock.now();
            await clock.advance(Math.min(Math.max(0, aheadMs), 60));
            appended += 1;
            await ports.log.append("test", appended, [draft]);
          }
          await clock.advance(pauseMs);
          // A process of which nothing is heard any more, whatever it was about to do.
          await own.store.close();
          stop.abort();
          await Promise.all([running, clock.advance(LEASE_MS + 1)]);
        }
        for (const draft of drafts.slice(appended)) {
          appended += 1;
          await ports.log.append("test", appended, [draft]);
        }
        await hydrateAll(disturbed, disturbed.open(), "last");

        const { flows: _flows, grids: _grids, ...made } = await outcome(disturbed);
        expect(await outcome(undisturbed)).toMatchObject(made);
      }),
      { seed: 42, numRuns: 60 },
    );
    expect(standing).toBeGreaterThan(20);
  });

  it("does so too where it is killed far behind, with sums that many steps owe", async () => {
    const deaths = fc.array(
      fc.record({
        end: fc.constantFrom<End>("killed before the commit", "killed after the commit", "fenced"),
        afterCommits: fc.nat({ max: 12 }),
      }),
      { minLength: 1, maxLength: 3 },
    );
    let owed = 0;
    await fc.assert(
      fc.asyncProperty(feeds, deaths, async (drafts, list) => {
        const undisturbed = memoryPipeline();
        await appendAtReceipt(undisturbed, drafts);
        await hydrateAll(undisturbed);

        const disturbed = memoryPipeline();
        const { clock, ports } = disturbed;
        await appendAtReceipt(disturbed, drafts);
        for (const [index, { end, afterCommits }] of list.entries()) {
          const own = disturbed.open();
          const slow = watched(own.store, "commit", async (commit) => {
            await clock.advance(30);
            return commit();
          });
          const store = mortal(slow, end, afterCommits, async () => {
            await ports.store.acquire(0, "nobody", 1, { takeOver: true });
          });
          const stop = new AbortController();
          const options = { owner: `owner ${index}`, leaseMs: LEASE_MS, readEntries: 1, commitsInFlight: 1 };
          const running = new WsHydrator({ ...own, store }, options).run(stop.signal).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error;
          });
          await Promise.race([hydrated(disturbed), running]);
          const { log, store: kept } = ports;
          const [cursor, stateCursor] = [await kept.cursors(), await kept.stateCursors()].map(
            (of) => of.get(0) ?? "0-0",
          );
          if ((await log.countAfter(stateCursor ?? "")) - (await log.countAfter(cursor ?? "")) > 4) owed += 1;
          stop.abort();
          await running;
          await clock.advance(LEASE_MS + 1);
        }
        await hydrateAll(disturbed, disturbed.open(), "last");

        const { flows: _flows, grids: _grids, ...made } = await outcome(disturbed);
        expect(await outcome(undisturbed)).toMatchObject(made);
      }),
      { seed: 42, numRuns: 60 },
    );
    expect(owed).toBeGreaterThan(20);
  });

  it("does so too where quotes and deltas of prints come from the active epoch", async () => {
    // Streamed quotes are of other contracts: what is streamed goes into the epoch, and comes back from there.
    const stored = SYMBOLS.slice(2);
    const records = stored.map((contract, index) => {
      const quoteTsNs = BigInt(T - 100 * index) * 1_000_000n;
      const greeks = sampleGreeks({ delta: 0.5 - index, greeksTsNs: BigInt(T) * 1_000_000n });
      return { ...recordOf(contract), quote: { ...sampleQuote(), quoteTsNs, bid: 1, ask: 1.1 }, greeks };
    });
    const seen = { substrate: 0, delta: 0 };
    const withEpochs = async () => {
      const pipeline = memoryPipeline();
      for (const symbol of ["SPX", "NDX"]) {
        const own = records.filter(({ terms }) => terms.underlying === symbol);
        const draft = sampleEpoch(T, "a", { symbol, records: own, validUntilMs: T + 86_400_000 });
        await pipeline.ports.epochs.stage(draft);
        await pipeline.ports.epochs.promote(null, draft.id);
      }
      return pipeline;
    };
    const made = async (pipeline: MemoryPipeline) => {
      const { counters, ...rest } = await outcome(pipeline);
      const { geometry_miss: _missed, stale_skip: _stale, ...counted } = counters;
      return { ...rest, counted };
    };
    await fc.assert(
      fc.asyncProperty(feedsOf(SYMBOLS, SYMBOLS.slice(0, 2)), episodes, async (drafts, list) => {
        const undisturbed = await withEpochs();
        await appendAtReceipt(undisturbed, drafts);
        await hydrateAll(undisturbed);

        const disturbed = await withEpochs();
        await appendAtReceipt(disturbed, drafts);
        for (const [index, episode] of list.entries()) await live(disturbed, episode, `owner ${index}`);
        await hydrateAll(disturbed, disturbed.open(), "last");

        expect(await made(disturbed)).toEqual(await made(undisturbed));
        for (const { side, delta } of await recordsIn(undisturbed)) {
          if (side.quoteSource === "substrate") seen.substrate += 1;
          if (delta !== null) seen.delta += 1;
        }
      }),
      { seed: 42, numRuns: 40 },
    );
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  });

  it("keeps the sums of the day to what the stored prints say, though the next owner finds another chain", async () => {
    const pipeline = memoryPipeline();
    const { epochs, substrate, store } = pipeline.ports;
    const contract = SYMBOLS[0] ?? "";
    const quoted = (bid: number, tMs: number) => {
      const quote = { quoteTsNs: BigInt(tMs) * 1_000_000n, bid, ask: bid + 0.2, bidSize: 9, askSize: 9 };
      return { quote, greeks: sampleGreeks({ delta: -0.25, greeksTsNs: BigInt(tMs) * 1_000_000n }) };
    };
    const draft = sampleEpoch(T, "a", { records: [{ ...recordOf(contract), ...quoted(7.5, T - 10) }] });
    await epochs.stage(draft);
    await epochs.promote(null, draft.id);
    const writer = new EntryWriter();
    for (let index = 0; index < 4; index++) writer.frame(T + index, [tradeEvent(T + index, { p: 7.7, s: 5 })]);
    await appendAtReceipt(pipeline, writer.drafts);
    // While more waits to be read, sums are left to a later step.
    await live(pipeline, { end: "killed after the commit", afterCommits: 1, batchEntries: 1 }, "first");
    await substrate.mergeSnapshot(draft.id, [{ contract, ...quoted(7.7, T - 5) }]);
    await hydrateAll(pipeline, pipeline.open(), "second");
    const records = await recordsIn(pipeline);
    expect(records.map(({ side }) => `${side.side} ${side.quoteAgeMs} ${side.quoteSource}`)).toEqual([
      "B 10 substrate",
      "B 11 substrate",
      "S 7 substrate",
      "S 8 substrate",
    ]);
    const { totals } = await store.checkpoint(0);
    const sums = { boughtPrints: 2, boughtContracts: 10, soldPrints: 2, soldContracts: 10 };
    expect(totals).toMatchObject([{ prints: 4, ...sums, deltaPrints: 4, deltaMicros: 0 }]);
  });

  it("keeps them so where a print was taken back that had its side by another chain", async () => {
    const pipeline = memoryPipeline();
    const { epochs, substrate, store } = pipeline.ports;
    const contract = SYMBOLS[0] ?? "";
    const quoted = (bid: number, tMs: number) => {
      return { quote: { quoteTsNs: BigInt(tMs) * 1_000_000n, bid, ask: bid + 0.2, bidSize: 9, askSize: 9 } };
    };
    const draft = sampleEpoch(T, "a", { records: [{ ...recordOf(contract), ...quoted(7.5, T - 10) }] });
    await epochs.stage(draft);
    await epochs.promote(null, draft.id);
    const writer = new EntryWriter().frame(T, [tradeEvent(T)]).frame(T + 1, [tradeEvent(T + 1, { c: [201] })]);
    await appendAtReceipt(pipeline, writer.drafts);
    await live(pipeline, { end: "killed after the commit", afterCommits: 1, batchEntries: 1 }, "first");
    await substrate.mergeSnapshot(draft.id, [{ contract, ...quoted(7.7, T - 5) }]);
    await hydrateAll(pipeline, pipeline.open(), "second");
    expect((await recordsIn(pipeline)).map(({ side }) => side.side)).toEqual(["B", "B"]);
    expect((await store.checkpoint(0)).totals).toMatchObject([{ prints: 0, boughtPrints: 0, soldPrints: 0 }]);
  });

  it("keeps them so where little is read again, and quotes are older than that", async () => {
    const pipeline = memoryPipeline();
    const { store } = pipeline.ports;
    const writer = new EntryWriter().frame(T, [quoteEvent(T, { bp: 7.5, ap: 7.7 })]);
    for (const atMs of [10_000, 10_010]) writer.frame(T + atMs, [tradeEvent(T + atMs)]);
    const stop = new AbortController();
    const options = { leaseMs: LEASE_MS, rebuildHorizonMs: 1_000 };
    const running = new WsHydrator(pipeline.ports, { owner: "first", ...options }).run(stop.signal);
    await appendAtReceipt(pipeline, writer.drafts);
    await hydrated(pipeline);
    await store.acquire(0, "nobody", 1, { takeOver: true });
    expect((await store.checkpoint(0)).totals).toMatchObject([{ prints: 1, boughtPrints: 1 }]);
    await pipeline.clock.advance(10_000);
    stop.abort();
    await running;
    expect((await recordsIn(pipeline)).map(({ side }) => side.side)).toEqual(["B", "B"]);
    expect((await store.checkpoint(0)).totals).toMatchObject([{ prints: 2, boughtPrints: 2 }]);
  });

  it("keeps them so however often it ends and whatever chain the next owner finds", async () => {
    const chains = fc.array(
      fc.record({
        contract: fc.constantFrom(...SYMBOLS),
        bid: fc.constantFrom(0.1, 1, 7.6, 7.7),
        delta: fc.constantFrom(undefined, -0.25, 0.5),
        atMs: fc.nat({ max: 60_000 }),
      }),
      { maxLength: 4 },
    );
    const days = new TradingDayClock(EXCHANGE_CALENDAR);
    let signed = 0;
    await fc.assert(
      fc.asyncProperty(
        feedsOf(SYMBOLS, SYMBOLS.slice(0, 2)),
        fc.array(fc.tuple(episode, chains), { minLength: 1, maxLength: 5 }),
        async (drafts, list) => {
          const pipeline = memoryPipeline();
          const { epochs, substrate, store } = pipeline.ports;
          for (const symbol of ["SPX", "NDX"]) {
            const records = SYMBOLS.map(recordOf).filter(({ terms }) => terms.underlying === symbol);
            const draft = sampleEpoch(T, "a", { symbol, records, validUntilMs: T + 86_400_000 });
            await epochs.stage(draft);
            await epochs.promote(null, draft.id);
          }
          await appendAtReceipt(pipeline, drafts);
          for (const [index, [end, chain]] of list.entries()) {
            await live(pipeline, end, `owner ${index}`);
            for (const { contract, bid, delta, atMs } of chain) {
              const tsNs = BigInt(T + atMs) * 1_000_000n;
              const quote = { quoteTsNs: tsNs, bid, ask: bid + 0.2, bidSize: 9, askSize: 9 };
              const greeks = delta === undefined ? {} : { greeks: sampleGreeks({ delta, greeksTsNs: tsNs }) };
              const epoch = await epochs.active(recordOf(contract).terms.underlying);
              if (epoch !== null) await substrate.mergeSnapshot(epoch, [{ contract, quote, ...greeks }]);
            }
          }
          await hydrateAll(pipeline, pipeline.open(), "last");

          const { totals } = await store.checkpoint(0);
          const records = await recordsIn(pipeline);
          for (const { contract, day, ...sums } of totals) {
            const said = noFlow();
            for (const { trade, flags, side, delta, cancelsTsNs } of records) {
              if (trade.contract !== contract || days.dayOf(trade.tradeTsNs) !== day || flags.includes("dup")) continue;
              const { cancel, countsVolume } = classifyConditions(trade.conditions);
              if (cancel ? cancelsTsNs === undefined : !countsVolume) continue;
              addFlow(said, flowOf(trade.price, trade.size, side, delta), cancel ? -1 : 1);
            }
            const { buckets: _buckets, ...expected } = said;
            expect(sums).toMatchObject(expected);
            signed += said.boughtPrints + said.soldPrints;
          }
        },
      ),
      { seed: 42, numRuns: 100 },
    );
    expect(signed).toBeGreaterThan(100);
  });

  it("finds a cancelled print of hours ago in what is stored, also after a takeover", async () => {
    const hourMs = 3_600_000;
    const writer = new EntryWriter()
      .frame(T, [tradeEvent(T, { s: 4 }), tradeEvent(T, { s: 4 }), tradeEvent(T + 1)])
      .frame(T + hourMs, [tradeEvent(T + hourMs, { s: 4, c: [201] }), tradeEvent(T + hourMs, { s: 4, c: [201] })])
      .frame(T + hourMs + 1, [tradeEvent(T + hourMs + 1, { s: 4, c: [201] })]);
    const pipeline = memoryPipeline();
    await appendAtReceipt(pipeline, writer.drafts);
    await live(pipeline, { end: "killed before the commit", afterCommits: 1, batchEntries: 1 }, "first");
    await hydrateAll(pipeline, pipeline.open(), "second");
    const { totals, counters, trades } = await outcome(pipeline);
    expect(totals).toMatchObject([{ prints: 1, contracts: 1 }]);
    expect(counters).toMatchObject({ cancels: 3, unmatched_cancels: 1 });
    expect(trades[0]?.[1]).toMatchObject([
      {},
      {},
      {},
      { flags: ["cancel"] },
      { flags: ["cancel"] },
      { flags: ["cancel", "unmatched"] },
    ]);
  });

  it("stands by while another owner lives, and takes over when its lease has run out", async () => {
    const pipeline = memoryPipeline();
    await pipeline.ports.store.acquire(0, "somebody", LEASE_MS);
    await appendAtReceipt(pipeline, new EntryWriter().frame(T, [tradeEvent(T)]).drafts);
    const stop = new AbortController();
    const running = new WsHydrator(pipeline.ports, { owner: "standby", leaseMs: LEASE_MS }).run(stop.signal);
    await pipeline.clock.advance(LEASE_MS - 1);
    expect(await pipeline.ports.store.tradeStreams()).toEqual([]);
    await pipeline.clock.advance(1);
    await hydrated(pipeline);
    expect(await pipeline.ports.store.tradeStreams()).toHaveLength(1);
    stop.abort();
    await running;
  });

  it("keeps its lease through quiet times and gives it up at the end", async () => {
    const pipeline = memoryPipeline();
    const stop = new AbortController();
    const running = new WsHydrator(pipeline.ports, { owner: "first", leaseMs: LEASE_MS }).run(stop.signal);
    await pipeline.clock.advance(LEASE_MS * 10);
    expect(await pipeline.open().store.acquire(0, "second", LEASE_MS)).toMatchObject({
      status: "held",
      owner: "first",
    });
    stop.abort();
    await running;
    expect(await pipeline.open().store.acquire(0, "second", LEASE_MS)).toMatchObject({ status: "acquired" });
    expect(pipeline.clock.pendingSleepers).toBe(0);
  });

  it("tries a failing store again until it works, and doubles nothing when only the reply was lost", async () => {
    const pipeline = memoryPipeline();
    await appendAtReceipt(pipeline, new EntryWriter().frame(T, [tradeEvent(T)]).drafts);
    let failures = 0;
    const { store } = pipeline.ports;
    const flaky: HydrationStore = Object.create(store, {
      commit: {
        value: async (...args: Parameters<HydrationStore["commit"]>) => {
          failures += 1;
          if (failures === 1) throw new Error("connection refused");
          const result = await store.commit(...args);
          if (failures === 2) throw new Error("reply lost");
          return result;
        },
      },
      release: { value: (...args: Parameters<HydrationStore["release"]>) => store.release(...args) },
      acquire: { value: (...args: Parameters<HydrationStore["acquire"]>) => store.acquire(...args) },
      checkpoint: { value: (partition: number) => store.checkpoint(partition) },
      renew: { value: (...args: Parameters<HydrationStore["renew"]>) => store.renew(...args) },
    });
    const stop = new AbortController();
    const running = new WsHydrator({ ...pipeline.ports, store: flaky }, { owner: "first", leaseMs: 60_000 }).run(
      stop.signal,
    );
    await pipeline.clock.advance(1_000);
    expect(failures).toBe(3);
    expect(await store.counters()).toMatchObject({ trades: 1, seen: 1 });
    stop.abort();
    await running;
  });

  it("stores sums at once after a while, then all 100 ms, and those that are owed when the feed falls silent", async () => {
    const pipeline = memoryPipeline();
    const { clock, ports } = pipeline;
    const storedAtMs: number[] = [];
    const store: HydrationStore = watched(ports.store, "commit", (commit, _lease, step) => {
      if ((step as HydrationStep).totals.length > 0) storedAtMs.push(clock.now() - T);
      return commit();
    });
    const stop = new AbortController();
    const running = new WsHydrator({ ...ports, store }, { owner: "first" }).run(stop.signal);
    const writer = new EntryWriter();
    for (let atMs = 0; atMs <= 240; atMs += 30) writer.frame(T + atMs, [tradeEvent(T + atMs, { q: atMs })]);
    await appendAtReceipt(pipeline, writer.drafts);
    await hydrated(pipeline);
    expect(storedAtMs).toEqual([0, 100, 200]);
    expect(await ports.store.checkpoint(0)).toMatchObject({ totals: [{ prints: 7 }] });
    await clock.advance(1_000);
    expect(storedAtMs).toEqual([0, 100, 200, 300]);
    const { cursor, stateCursor, totals } = await ports.store.checkpoint(0);
    expect(totals).toMatchObject([{ prints: 9 }]);
    expect(stateCursor).toBe(cursor);
    stop.abort();
    await running;
    expect(storedAtMs).toHaveLength(4);
  });

  it("stores sums all 400 ms while there is a backlog, and at its end what is owed for 100 ms", async () => {
    const pipeline = memoryPipeline();
    const { clock, ports } = pipeline;
    const storedAtMs: number[] = [];
    // Each step takes 30 ms, and the last part of the log is a full one.
    const store: HydrationStore = watched(ports.store, "commit", async (commit, _lease, step) => {
      const { prev, next, totals } = step as HydrationStep;
      if (totals.length > 0) storedAtMs.push(clock.now() - T);
      if (prev !== next) await clock.advance(30);
      return commit();
    });
    const writer = new EntryWriter();
    for (let n = 0; n < 20; n++) writer.frame(T, [tradeEvent(T, { q: n })]);
    await appendAtReceipt(pipeline, writer.drafts);
    const stop = new AbortController();
    // With every value written at once nothing else ends the wait for more.
    const options = { owner: "first", readEntries: 1, commitsInFlight: 1, blockMs: 60_000, substrateIntervalMs: 0 };
    const running = new WsHydrator({ ...ports, store }, options).run(stop.signal);
    await hydrated(pipeline);
    await clock.advance(1_000);
    expect(storedAtMs).toEqual([0, 420, 600]);
    stop.abort();
    await running;
  });

  it("stores the sums that a stopped or dead owner left, though nothing follows", async () => {
    const pipeline = memoryPipeline();
    const { clock, ports } = pipeline;
    const stop = new AbortController();
    const running = new WsHydrator(ports, { owner: "first" }).run(stop.signal);
    const writer = new EntryWriter();
    for (const atMs of [0, 10]) writer.frame(T + atMs, [tradeEvent(T + atMs, { q: atMs })]);
    await appendAtReceipt(pipeline, writer.drafts);
    await hydrated(pipeline);
    const owed = await ports.store.checkpoint(0);
    expect(owed).toMatchObject({ totals: [{ prints: 1 }] });
    expect(owed.stateCursor).not.toBe(owed.cursor);
    await ports.store.acquire(0, "second", LEASE_MS, { takeOver: true });
    await clock.advance(10_000);
    const whole = await ports.store.checkpoint(0);
    expect(whole).toMatchObject({ cursor: owed.cursor, stateCursor: owed.cursor, totals: [{ prints: 2 }] });
    for (const atMs of [20_000, 20_010]) writer.frame(T + atMs, [tradeEvent(T + atMs, { q: atMs })]);
    await ports.log.append("test", 3, writer.drafts.slice(2, 3));
    await hydrated(pipeline);
    await ports.log.append("test", 4, writer.drafts.slice(3));
    await hydrated(pipeline);
    expect(await ports.store.checkpoint(0)).toMatchObject({ totals: [{ prints: 3 }] });
    stop.abort();
    await running;
    expect(await ports.store.checkpoint(0)).toMatchObject({ totals: [{ prints: 4 }] });
  });

  it("tells once of sums that are lost, though who finds it ends before the feed goes on, and the next at its first step", async () => {
    const pipeline = memoryPipeline({ softMaxEntries: 100, hardMaxBytes: 150 });
    const { clock, ports } = pipeline;
    const writer = new EntryWriter();
    for (const atMs of [0, 10, 20]) writer.frame(T + atMs, [tradeEvent(T + atMs, { q: atMs })]);
    const stop = new AbortController();
    const running = new WsHydrator(ports, { owner: "first" }).run(stop.signal);
    await appendAtReceipt(pipeline, writer.drafts);
    await hydrated(pipeline);
    await ports.store.acquire(0, "nobody", 1, { takeOver: true });
    stop.abort();
    await running;
    // The second print is gone with its entry, and nobody stored the sums that have it.
    expect(await ports.store.checkpoint(0)).toMatchObject({ totals: [{ prints: 1 }] });
    expect(await ports.log.trim("0-0")).toMatchObject({ removed: 2 });
    await hydrateAll(pipeline, pipeline.open(), "second");
    const lateMs = clock.now();
    writer.frame(lateMs, [tradeEvent(lateMs)]).frame(lateMs, [tradeEvent(lateMs, { q: 2 })]);
    await ports.log.append("test", 4, writer.drafts.slice(3));
    await live(pipeline, { end: "killed after the commit", afterCommits: 0, batchEntries: 1 }, "third");
    await hydrateAll(pipeline, pipeline.open(), "fourth");
    const { gaps, counters } = await outcome(pipeline);
    expect(gaps).toMatchObject([{ cause: "trimmed_before_read" }]);
    expect(counters).toMatchObject({ trimmed_before_read: 1, trades: 5 });
    expect(await ports.store.checkpoint(0)).toMatchObject({ totals: [{ prints: 4 }] });
  });

  it.each([
    ["prints", tradeEvent(T), "trades"],
    ["refusals", { ev: "T" }, "quarantine"],
  ] as const)("commits few %s at once, however many frames there are", async (_what, event, kind) => {
    const pipeline = memoryPipeline();
    const writer = new EntryWriter();
    for (let frame = 0; frame < 100; frame++) writer.frame(T, Array<typeof event>(10).fill(event));
    await appendAtReceipt(pipeline, writer.drafts);
    const counts: number[] = [];
    const store = watched(pipeline.ports.store, "commit", (commit, _lease, step) => {
      counts.push((step as HydrationStep)[kind].length);
      return commit();
    });
    await hydrateAll(pipeline, { ...pipeline.ports, store });
    expect(counts.filter((count) => count > 0)).toEqual([260, 260, 260, 220]);
  });

  it("tries steps again that failed at the end of a backlog, though nothing follows", async () => {
    const pipeline = memoryPipeline();
    const { epochs, store } = pipeline.ports;
    const quote = { quoteTsNs: BigInt(T - 10) * 1_000_000n, bid: 7.5, ask: 7.7, bidSize: 9, askSize: 9 };
    // With sides of the substrate no step is deferred, and no sums are owed that would have to be stored.
    const draft = sampleEpoch(T, "a", { records: [{ ...recordOf(SYMBOLS[0] ?? ""), quote }] });
    await epochs.stage(draft);
    await epochs.promote(null, draft.id);
    const writer = new EntryWriter();
    for (let index = 0; index < 4; index++) writer.frame(T + index, [tradeEvent(T + index)]);
    await appendAtReceipt(pipeline, writer.drafts);
    let commits = 0;
    const failing = watched(store, "commit", async (commit) => {
      commits += 1;
      if (commits === 4) throw new Error("connection refused");
      return commit();
    });
    const stop = new AbortController();
    const options = { owner: "first", readEntries: 1 };
    const running = new WsHydrator({ ...pipeline.ports, store: failing }, options).run(stop.signal);
    await pipeline.clock.advance(2_000);
    expect(await store.counters()).toMatchObject({ trades: 4 });
    stop.abort();
    await running;
  });

  it("ends with the store's error when the store is closed", async () => {
    const pipeline = memoryPipeline();
    const ports = pipeline.open();
    const running = new WsHydrator(ports, { owner: "first" }).run(new AbortController().signal);
    await pipeline.clock.advance(10);
    await ports.store.close();
    await appendAtReceipt(pipeline, new EntryWriter().frame(T, [tradeEvent(T)]).drafts);
    await expect(running).rejects.toMatchObject({ code: "STRIKEWIRE_CLOSED" });
  });

  it("trims no entry that it hydrated after it began to trim, since its values may not be written yet", async () => {
    const pipeline = memoryPipeline();
    const writer = new EntryWriter();
    // Five of them are what is hydrated between two trims.
    const large = JSON.stringify([{ ev: "status", status: "x", message: "x".repeat(900_000) }]);
    for (let index = 0; index < 8; index++) writer.frame(T + index, large);
    await appendAtReceipt(pipeline, writer.drafts);
    const { log, store } = pipeline.ports;
    const cursors = (await log.read("0-0", 8, 0, new AbortController().signal)).entries.map(({ cursor }) => cursor);
    const trimmed: string[] = [];
    const stop = new AbortController();
    const ports = {
      ...pipeline.ports,
      log: watched(log, "trim", async (trim, slowest) => {
        trimmed.push(String(slowest));
        return trim();
      }),
      // Answers when everything is hydrated.
      store: watched(store, "stateCursors", async (stateCursors) => {
        await hydrated(pipeline);
        return stateCursors();
      }),
    };
    const running = new WsHydrator(ports, { owner: "first", leaseMs: LEASE_MS }).run(stop.signal);
    await hydrated(pipeline);
    stop.abort();
    await running;
    expect(trimmed).toEqual([cursors[4]]);
  });

  it("makes a gap of what retention removed before it was read", async () => {
    const pipeline = memoryPipeline({ softMaxEntries: 100, hardMaxBytes: 400 });
    const writer = new EntryWriter();
    for (let index = 0; index < 10; index++) writer.frame(T + index * 1000, [tradeEvent(T + index * 1000)]);
    await appendAtReceipt(pipeline, writer.drafts);
    await pipeline.ports.log.trim("0-0");
    await hydrateAll(pipeline);
    const { counters, gaps } = await outcome(pipeline);
    const kept = counters.frames ?? 0;
    expect(kept).toBeLessThan(10);
    expect(gaps).toEqual([
      {
        connection: "*",
        fromAtMs: T,
        toAtMs: T + (9 - kept) * 1000,
        cause: "trimmed_before_read",
        scope: "all",
        instruments: undefined,
      },
    ]);
  });

  it("writes streamed values to the active epoch, again to the next one, and counts what it does not have", async () => {
    const pipeline = memoryPipeline();
    const { epochs, substrate, store, log } = pipeline.ports;
    const terms = (contract: string) => ({
      terms: {
        contract,
        underlying: "SPX",
        root: "SPXW",
        expiration: "2025-12-23",
        strike: 6870,
        right: "P" as const,
        multiplier: 100,
        style: "european" as const,
      },
    });
    const known = terms("O:SPXW251223P06870000");
    expect(mergeValues(known, {}).record).toEqual(known);
    const draft = (id: string) => ({
      id,
      symbol: "SPX",
      createdAtMs: T,
      validUntilMs: T + 300_000,
      geometryHash: id,
      forced: false,
      dormantCount: 0,
      records: [known],
    });
    await epochs.stage(draft("SPX:1:a"));
    await epochs.promote(null, "SPX:1:a");
    const frame = [quoteEvent(T, { bp: 7.65 }), tradeEvent(T), tradeEvent(T, { sym: "O:SPXW251223C06900000" })];
    await appendAtReceipt(pipeline, new EntryWriter().frame(T, frame).drafts);
    const stop = new AbortController();
    const running = new WsHydrator(pipeline.ports, { owner: "first" }).run(stop.signal);
    await hydrated(pipeline);
    const written = { quote: { bid: 7.65, quoteTsNs: BigInt(T) * 1_000_000n }, trade: { last: 7.7, volume: 1 } };
    expect(await substrate.records("SPX:1:a")).toMatchObject([written]);
    expect(await substrate.hadStreamedUpdates("SPX:1:a")).toBe(true);
    expect(await store.counters()).toMatchObject({ hydrated: 1, geometry_miss: 1 });

    await epochs.stage(draft("SPX:2:b"));
    await epochs.promote("SPX:1:a", "SPX:2:b");
    await pipeline.clock.advance(2_000);
    expect(await substrate.records("SPX:2:b")).toMatchObject([written]);
    stop.abort();
    await running;
    expect(await log.countAfter("0-0")).toBe(1);

    // After a restart nothing moves; what the last stretch of the log says is written all the same.
    await epochs.stage(draft("SPX:3:c"));
    await epochs.promote("SPX:2:b", "SPX:3:c");
    const again = new AbortController();
    const restarted = new WsHydrator(pipeline.ports, { owner: "second" }).run(again.signal);
    await pipeline.clock.advance(2_000);
    again.abort();
    await restarted;
    expect(await substrate.records("SPX:3:c")).toMatchObject([written]);
  });

  it("loses no value where it is killed between the commit and the write to the substrate", async () => {
    const pipeline = memoryPipeline();
    const { epochs, substrate, store, log } = pipeline.ports;
    const draft = sampleEpoch(T, "a", { records: [sampleRecord(0), sampleRecord(1)] });
    await epochs.stage(draft);
    await epochs.promote(null, draft.id);
    let dead = false;
    const dying: typeof substrate = Object.create(substrate, {
      mergeStreamed: {
        async value(...args: Parameters<typeof substrate.mergeStreamed>) {
          if (dead) throw new Killed("killed");
          return substrate.mergeStreamed(...args);
        },
      },
    });
    const writer = new EntryWriter();
    const bids = async () => (await substrate.records(draft.id))?.map(({ quote }) => quote?.bid);
    const ports = { ...pipeline.ports, substrate: dying };
    const running = new WsHydrator(ports, { owner: "first", leaseMs: LEASE_MS }).run(new AbortController().signal);
    const ended = expect(running).rejects.toBeInstanceOf(Killed);
    const [first, second] = [sampleTicker(0), sampleTicker(1)];
    const frames = [
      [quoteEvent(T, { sym: first, bp: 1 })],
      [quoteEvent(T, { sym: first, bp: 2 }), quoteEvent(T, { sym: second, bp: 3 })],
    ];
    for (const [index, events] of frames.entries()) {
      const entry = writer.frame(T, events).drafts.at(-1);
      if (entry === undefined) throw new Error("an entry was just written");
      await log.append("test", index + 1, [entry]);
      await hydrated(pipeline);
    }
    // The second frame came within the interval: it is committed, and not written yet.
    expect(await bids()).toEqual([1, undefined]);
    dead = true;
    await pipeline.clock.advance(50);
    await ended;
    const cursor = (await store.cursors()).get(0) ?? "0-0";
    expect(await log.countAfter(cursor)).toBe(0);
    expect(await bids()).toEqual([1, undefined]);
    await pipeline.clock.advance(LEASE_MS + 1);
    await hydrateAll(pipeline, pipeline.open(), "second");
    expect(await bids()).toEqual([2, 3]);
  });

  it("is no sign of the feed with what it repeats after a promotion or a takeover, and is with a backlog", async () => {
    const pipeline = memoryPipeline();
    const { epochs, substrate, log } = pipeline.ports;
    const contract = sampleTicker(0);
    const activate = async (hash: string, expected: string | null) => {
      const draft = sampleEpoch(T, hash, { records: [sampleRecord(0)], validUntilMs: T + 600_000 });
      await epochs.stage(draft);
      expect(await epochs.promote(expected, draft.id)).toBe("promoted");
      return draft.id;
    };
    const streamedAtMs = async (id: string) => (await epochs.meta(id))?.streamedAtMs;
    const first = await activate("a", null);
    const writer = new EntryWriter().frame(T, [quoteEvent(T, { sym: contract, bp: 1 })]);
    writer.frame(T, [quoteEvent(T, { sym: contract, bp: 2 })]).heartbeat(T);
    await log.append("test", 1, writer.drafts);
    // Killed with sums that are older than its cursor: the next owner folds what lies between once more.
    await live(pipeline, { end: "killed after the commit", afterCommits: 1, batchEntries: 1 }, "first");
    expect(await streamedAtMs(first)).toBe(T);
    await pipeline.clock.advance(60_000);
    const stop = new AbortController();
    const running = new WsHydrator(pipeline.ports, { owner: "second", leaseMs: LEASE_MS }).run(stop.signal);
    await hydrated(pipeline);
    await pipeline.clock.advance(2_000);
    expect((await substrate.records(first))?.[0]?.quote?.bid).toBe(2);
    expect(await streamedAtMs(first)).toBe(T);

    const second = await activate("b", first);
    await pipeline.clock.advance(2_000);
    expect((await substrate.records(second))?.[0]?.quote?.bid).toBe(2);
    expect(await substrate.hadStreamedUpdates(second)).toBe(true);
    expect(await streamedAtMs(second)).toBeNull();

    // A chain has brought what is newer, and the feed goes on where the hydrator is behind.
    const quote = { quoteTsNs: BigInt(T + 60_000) * 1_000_000n, bid: 9, ask: 10, bidSize: 1, askSize: 1 };
    await substrate.mergeSnapshot(second, [{ contract, quote }]);
    const late = writer.frame(T + 30_000, [quoteEvent(T + 30_000, { sym: contract, bp: 3 })]).drafts.slice(-1);
    await log.append("test", 4, late);
    await hydrated(pipeline);
    await pipeline.clock.advance(50);
    expect((await substrate.records(second))?.[0]?.quote?.bid).toBe(9);
    expect(await streamedAtMs(second)).toBeGreaterThanOrEqual(T + 64_000);
    stop.abort();
    await running;
  });

  it("writes what moved within the interval when it is stopped", async () => {
    const pipeline = memoryPipeline();
    const { epochs, substrate, log } = pipeline.ports;
    const draft = sampleEpoch(T, "a", { records: [sampleRecord(0)] });
    await epochs.stage(draft);
    await epochs.promote(null, draft.id);
    const stop = new AbortController();
    const running = new WsHydrator(pipeline.ports, { owner: "first" }).run(stop.signal);
    const writer = new EntryWriter();
    for (const bid of [1, 2]) {
      const entry = writer.frame(T, [quoteEvent(T, { sym: sampleTicker(0), bp: bid })]).drafts.at(-1);
      if (entry === undefined) throw new Error("an entry was just written");
      await log.append("test", bid, [entry]);
      await hydrated(pipeline);
    }
    const bid = async () => (await substrate.records(draft.id))?.[0]?.quote?.bid;
    expect(await bid()).toBe(1);
    stop.abort();
    await running;
    expect(await bid()).toBe(2);
  });

  it.each([
    ["owner", { owner: "" }],
    ["leaseMs", { owner: "x", leaseMs: 9 }],
    ["batchEntries", { owner: "x", batchEntries: 0 }],
    ["readEntries", { owner: "x", readEntries: 0 }],
    ["commitsInFlight", { owner: "x", commitsInFlight: 0 }],
    ["partition", { owner: "x", partition: 1 }],
    ["blockMs", { owner: "x", blockMs: -1 }],
    ["rebuildHorizonMs", { owner: "x", rebuildHorizonMs: 1.5 }],
    ["substrateIntervalMs", { owner: "x", substrateIntervalMs: -1 }],
  ])("refuses a bad %s", (name, options) => {
    expect(() => new WsHydrator(memoryPipeline().ports, options)).toThrow(new RegExp(`'${name}'`));
  });
});
