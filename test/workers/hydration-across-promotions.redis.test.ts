import { expect, it } from "vitest";
import { openRedis } from "../../src/adapters/redis/index.ts";
import { SYSTEM_CLOCK } from "../../src/adapters/system/index.ts";
import { sampleEpoch, sampleRecord, sampleTicker } from "../../src/testing/index.ts";
import { WsHydrator } from "../../src/workers/hydrator/ws-hydrator.ts";
import { EntryWriter, quoteEvent, SAMPLE_MS, tradeEvent } from "../support/entries.ts";
import { openKeyspace } from "../support/redis/keyspace.ts";

const CONTRACTS = 20;
const PROMOTIONS = 200;

it("a hydrator that streams across promotions leaves no contract older in the new epoch than in the old", async () => {
  const { url, prefix, clear } = openKeyspace();
  const [host, chain] = [1, 2].map(() => openRedis({ url, keyPrefix: prefix, clock: SYSTEM_CLOCK }));
  if (host === undefined || chain === undefined) throw new Error("two were opened");
  await Promise.all([host.connection.ready(), chain.connection.ready()]);
  const contracts = Array.from({ length: CONTRACTS }, (_, index) => sampleTicker(index));
  const records = contracts.map((_, index) => sampleRecord(index));
  const stop = new AbortController();
  const options = { owner: "one", substrateIntervalMs: 1 };
  const running = new WsHydrator(host, options).run(stop.signal);
  const writer = new EntryWriter();
  let feeding = true;
  const feed = async (): Promise<void> => {
    for (let sequence = 1; feeding; sequence++) {
      const ms = SAMPLE_MS + sequence;
      const events = contracts.flatMap((sym) => [quoteEvent(ms, { sym }), tradeEvent(ms, { sym })]);
      const entry = writer.frame(ms, events).drafts.at(-1);
      if (entry !== undefined) await host.log.append("test", sequence, [entry]);
    }
  };
  const feeds = feed();
  const plain = async (id: string): Promise<readonly Readonly<Partial<Record<string, string>>>[]> => {
    const names = contracts.map((contract) => chain.connection.keys.of("epochContract", { id, contract }));
    const values = (await chain.connection.command("read", "MGET", ...names)) as readonly string[];
    return values.map((json) => JSON.parse(json));
  };
  let old = sampleEpoch(Date.now(), "first", { records }).id;
  await chain.epochs.stage({ ...sampleEpoch(Date.now(), "first", { records }), id: old });
  expect(await chain.epochs.promote(null, old)).toBe("promoted");
  let streamed = 0;
  const older: string[] = [];
  for (let index = 0; index < PROMOTIONS; index++) {
    const draft = sampleEpoch(Date.now(), `e${index}`, { records, forced: true });
    await chain.epochs.stage(draft);
    expect(await chain.epochs.promote(old, draft.id)).toBe("promoted");
    const [before, after] = [await plain(old), await plain(draft.id)];
    for (const [place, record] of before.entries()) {
      for (const field of ["quote_ns", "trade_ns"]) {
        if (BigInt(after[place]?.[field] ?? 0) < BigInt(record[field] ?? 0))
          older.push(`${draft.id} ${place} ${field}`);
      }
    }
    if ((await chain.epochs.meta(old))?.streamedAtMs !== null) streamed += 1;
    old = draft.id;
  }
  feeding = false;
  await feeds;
  stop.abort();
  await running;
  await Promise.all([host.close(), chain.close()]);
  await clear();
  expect(older).toEqual([]);
  expect(streamed).toBeGreaterThan(PROMOTIONS / 10);
});
