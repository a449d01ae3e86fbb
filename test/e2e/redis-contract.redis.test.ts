import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RedisPorts } from "../../src/adapters/redis/index.ts";
import { type Keyspace, openKeyspace } from "../support/redis/keyspace.ts";
import { lines, type PrintSums, sum, sumOf, truth, wordsOf } from "./redis-contract/capture-truth.ts";
import { type Fields, type FoundKey, PlainReader, type StreamItem } from "./redis-contract/plain-reader.ts";
import { CONTRACT_KEYS, FURTHER_KEYS, matchName } from "./redis-contract/published-keys.ts";
import {
  appendLargeFrames,
  hydrateDuring,
  KEPT_ENTRIES,
  openPipeline,
  promoteEpoch,
  replayCapture,
} from "./redis-contract/replay-into-redis.ts";

/*
 * What another service finds that has a Redis client and the contract page, and nothing of ours. The pipeline writes; what
 * is looked at here, and how, is written out here.
 */

const QUIET = "O:SPXW251223C09990000";
/** Contracts of the epoch: two expirations of SPX, AM and PM settled ones, and one that never trades. */
const geometry = [
  ...new Set(lines.flatMap(({ payload }) => payload.match(/O:SPXW?(251223|260116)[CP]\d{8}/g) ?? [])),
  QUIET,
].sort();

const SECONDS = /^\d{10}(\.\d{1,6})?$/;
const NS = /^\d{19}$/;
const WHOLE = /^\d+$/;
const CURSOR = /^\d{13}-\d+$/;
const TICKER = /^O:[A-Z]+\d{6}[CP]\d{8}$/;

const refusals = sum(truth.malformed.frames) + sum(truth.malformed.events);

/** Every required field is there in its form, and nothing beyond these and the optional ones. */
function expectFields(found: Fields, required: Record<string, RegExp>, optional: Record<string, RegExp> = {}): void {
  const forms = { ...optional, ...required };
  expect(Object.keys(found)).toEqual(expect.arrayContaining(Object.keys(required)));
  for (const [name, value] of Object.entries(found)) {
    expect(Object.keys(forms), `field '${name}' must be one that was promised`).toContain(name);
    expect(value, `field '${name}'`).toMatch(forms[name] ?? /^$/);
  }
}

describe("a replay of the bundled capture, as a plain Redis client finds it", () => {
  let space: Keyspace;
  let redis: RedisPorts;
  let reader: PlainReader;
  let epoch: string;
  let epochEndsAtMs: number;
  let beganAtMs: number;
  let readAtMs: number;
  let whileRunning: FoundKey;
  let groups: Awaited<ReturnType<PlainReader["groups"]>>;
  let heard: readonly (readonly [channel: string, text: string])[];
  let found: ReadonlyMap<string, FoundKey>;

  const key = (name: string): FoundKey => {
    const there = found.get(name);
    if (there === undefined) throw new RangeError(`Cannot look at a key: "${name}" must be there`);
    return there;
  };
  const json = (name: string): Record<string, unknown> => JSON.parse(key(name).text);
  const tradeStreams = (): readonly (readonly [underlying: string, expiry: string, items: readonly StreamItem[]])[] =>
    [...found].flatMap(([name, { items }]) => {
      const { UNDERLYING = "", EXPIRY = "" } = matchName("massive:trades:{UNDERLYING}:{EXPIRY}", name) ?? {};
      return EXPIRY === "" ? [] : [[UNDERLYING, EXPIRY, items] as const];
    });

  beforeAll(async () => {
    space = openKeyspace();
    reader = new PlainReader(space.url, space.prefix);
    const listening = await reader.hear();
    beganAtMs = await reader.now();
    epochEndsAtMs = beganAtMs + 300_000;
    redis = await openPipeline(space.url, space.prefix);
    epoch = await promoteEpoch(redis, geometry, beganAtMs, epochEndsAtMs);
    await hydrateDuring(redis, replayCapture(redis), async () => {
      whileRunning = await reader.key("massive:ws:hydrator:0");
    });
    found = await reader.all();
    readAtMs = await reader.now();
    groups = await reader.groups("massive:ws:stream");
    await listening.stop();
    heard = listening.heard;
  });
  afterAll(async () => {
    await redis.close();
    reader.client.disconnect();
    await space.clear();
  });

  it("is made of the keys that were promised and no others, each of its type", () => {
    const published = [...CONTRACT_KEYS, ...FURTHER_KEYS];
    const types = [...found].map(([name, { type }]) => {
      const matching = published.filter(({ pattern }) => matchName(pattern, name) !== undefined);
      return [name, type, matching.map((promised) => promised.type)];
    });
    expect(types).toEqual([...found].map(([name, { type }]) => [name, type, [type]]));
  });

  it.each([...CONTRACT_KEYS, ...FURTHER_KEYS])("has $pattern, for as long as was promised", ({ pattern, life }) => {
    const named = [...found].flatMap(([name, { endsAtMs }]) => {
      const match = matchName(pattern, name);
      return match === undefined ? [] : [{ named: match, endsAtMs }];
    });
    expect(named).not.toHaveLength(0);
    for (const { named: placeholders, endsAtMs } of named) {
      if (life === "endless") {
        expect(endsAtMs).toBeNull();
      } else {
        const [least, most] = life({ beganAtMs, readAtMs, epochEndsAtMs, named: placeholders });
        expect(endsAtMs).toBeGreaterThanOrEqual(least);
        expect(endsAtMs).toBeLessThanOrEqual(most);
      }
    }
  });

  describe("the stream side", () => {
    it("has every frame verbatim and in order, with its receipt time and a place without holes", () => {
      const { items } = key("massive:ws:stream");
      const frames = items.filter(({ fields }) => fields["kind"] === undefined);
      expect(frames.map(({ fields: { ts, payload } }) => ({ ts: Number(ts), payload }))).toEqual(
        lines.map(({ ts, payload }) => ({ ts: Number(ts), payload })),
      );
      for (const { id, fields } of frames) {
        expect(id).toMatch(CURSOR);
        expectFields(fields, { ts: SECONDS, payload: /./, src: /^options\/0\/\d+\/\d+$/ });
      }
      const epochs = new Map<string, number[]>();
      for (const { fields } of items) {
        const [, , connectionEpoch = "", seq] = (fields["src"] ?? "").split("/");
        epochs.set(connectionEpoch, [...(epochs.get(connectionEpoch) ?? []), Number(seq)]);
      }
      expect(epochs.size).toBe(truth.connections);
      for (const seqs of epochs.values()) expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    });

    it("has control entries with an empty payload, their kind and what they tell as JSON", () => {
      const { items } = key("massive:ws:stream");
      const controls = items.filter(({ fields }) => fields["kind"] !== undefined);
      expect(controls.map(({ fields }) => fields["kind"])).toEqual(["connected", "closed", "connected", "gap"]);
      for (const { fields } of controls) {
        expectFields(
          fields,
          { ts: SECONDS, payload: /^\[\]$/, src: /^options\/0\/\d+\/\d+$/, kind: /^(connected|closed|gap)$/ },
          { info: /^\{.*\}$/ },
        );
      }
      expect(controls.map(({ fields }) => (fields["info"] === undefined ? null : JSON.parse(fields["info"])))).toEqual([
        null,
        { cause: "disconnect" },
        null,
        {
          connection: "options/0",
          from_ts: expect.any(Number),
          to_ts: expect.any(Number),
          cause: "disconnect",
          scope: "all",
        },
      ]);
    });

    it("counts frames and bytes as the capture has them, and the producer's entries", () => {
      const bytes = lines.reduce((total, { payload }) => total + Buffer.byteLength(payload), 0);
      const { fields } = key("massive:ws:analytics");
      expectFields(fields, { frames: WHOLE, bytes: WHOLE, last_ts: SECONDS });
      expect(fields).toEqual({ frames: `${truth.frames}`, bytes: `${bytes}`, last_ts: fields["last_ts"] });
      expect(Number(fields["last_ts"])).toBe(Number(lines.at(-1)?.ts));
      const entries = key("massive:ws:stream").items.length;
      expect(key("massive:ws:producers").fields).toEqual({ conformance: `${entries}` });
    });

    it("has the group ws_hydrator at the end of the stream, with a lag of 0", () => {
      const last = key("massive:ws:stream").items.at(-1)?.id;
      expect([...groups.keys()]).toEqual(["ws_hydrator"]);
      expect(groups.get("ws_hydrator")).toMatchObject({ "last-delivered-id": last, lag: 0, pending: 0 });
    });

    it("names the hydrator's owner, lease and cursor while it runs, and the cursor behind it", () => {
      // `state_cursor` stands beside the fields of the contract page.
      const forms = { token: /^1$/, cursor: CURSOR, cursor_ts: SECONDS, state_cursor: CURSOR };
      expectFields(whileRunning.fields, { ...forms, owner: /^conformance$/, lease_until: /^\d{13}$/ });
      expect(Number(whileRunning.fields["lease_until"])).toBeGreaterThan(beganAtMs);
      const { fields } = key("massive:ws:hydrator:0");
      expectFields(fields, forms);
      const last = key("massive:ws:stream").items.at(-1)?.id;
      expect(fields).toMatchObject({ cursor: last, state_cursor: last });
    });

    it("has the one reconnect and every refusal as a gap with its bounds", () => {
      const { items } = key("massive:ws:gaps");
      const forms = { connection: /^options\/0$/, from_ts: SECONDS, to_ts: SECONDS, scope: /^all$/ };
      for (const { fields } of items) expectFields(fields, { ...forms, cause: /^(disconnect|quarantine)$/ });
      const causes = items.map(({ fields }) => fields["cause"]);
      expect(causes.filter((cause) => cause === "disconnect")).toHaveLength(truth.connections - 1);
      expect(causes.filter((cause) => cause === "quarantine")).toHaveLength(refusals);
      const [outage] = items.filter(({ fields }) => fields["cause"] === "disconnect");
      expect(Number(outage?.fields["to_ts"])).toBeGreaterThan(Number(outage?.fields["from_ts"]));
    });

    it("has what was refused in quarantine, with the reason, the value and the frame", () => {
      const { items } = key("massive:ws:quarantine");
      expect(items).toHaveLength(refusals);
      for (const { fields } of items) {
        expectFields(fields, {
          ts: SECONDS,
          reason: /must be/,
          path: /^(\[\d+\]\.[a-z]+)?$/,
          value: /./,
          payload: /./,
          src: /^options\/0\/\d+\/\d+$/,
        });
        expect(lines.map(({ payload }) => payload)).toContain(fields["payload"]);
      }
      const wholeFrames = items.filter(({ fields }) => fields["path"] === "");
      expect(wholeFrames).toHaveLength(sum(truth.malformed.frames));
    });

    it("counts what was hydrated as the generator counted it", () => {
      const { fields } = key("massive:ws:hydrate:analytics");
      const entries = key("massive:ws:stream").items.length;
      const { lag_ms, last_ts, hydrated, geometry_miss, ...counts } = fields;
      expect(lag_ms).toMatch(WHOLE);
      expect(last_ts).toMatch(SECONDS);
      expect(Number(hydrated)).toBeGreaterThan(0);
      // Contracts of other expirations are none of the epoch's.
      expect(Number(geometry_miss)).toBeGreaterThan(0);
      expect(counts).toEqual({
        seen: `${entries}`,
        trades: `${truth.trades}`,
        invalid: `${refusals}`,
        duplicates: `${truth.duplicates}`,
        late: `${truth.lateRows.trades + truth.lateRows.quotes}`,
        late_reports: `${truth.lateReports}`,
        unmatched_cancels: `${truth.cancels.unmatched}`,
        lag_entries: "0",
        // Beside those of the contract page. A count of nothing has no field.
        frames: `${truth.frames}`,
        bytes: `${lines.reduce((total, { payload }) => total + payload.length, 0)}`,
        events: `${truth.events}`,
        quotes: `${truth.quotes}`,
        statuses: `${truth.statuses}`,
        other: `${sum(truth.other)}`,
        cancels: `${truth.cancels.matched + truth.cancels.unmatched}`,
        gaps: `${refusals + truth.connections - 1}`,
      });
    });
  });

  describe("the trade streams", () => {
    it("hold every print of their underlying and expiry, SPX and SPXW together, told apart by sym", () => {
      const streams = tradeStreams();
      expect(streams.map(([underlying, expiry]) => `${underlying} ${expiry}`)).toEqual(
        Object.entries(truth.counted).flatMap(([underlying, expiries]) =>
          Object.keys(expiries).map((expiry) => `${underlying} ${expiry}`),
        ),
      );
      expect(streams.flatMap(([, , items]) => items)).toHaveLength(truth.trades);
      for (const [underlying, expiry, items] of streams) {
        const stamp = expiry.slice(2).replaceAll("-", "");
        const own = new RegExp(`^O:${underlying}[WP]?${stamp}[CP]\\d{8}$`);
        for (const { fields } of items) expect(fields["sym"]).toMatch(own);
      }
      const third = new Set(key("massive:trades:SPX:2026-01-16").items.map(({ fields }) => fields["sym"]?.slice(0, 6)));
      expect([...third].sort()).toEqual(["O:SPX2", "O:SPXW"]);
    });

    it("have the promised fields in each entry, and nothing that the feed did not say", () => {
      const all = tradeStreams().flatMap(([, , items]) => items);
      for (const { fields } of all) {
        expectFields(
          fields,
          {
            sym: TICKER,
            p: /^\d+(\.\d+)?$/,
            s: WHOLE,
            t: /^\d{13}$/,
            side: /^[BSU]\/[a-z_:]+\/[\d.]*\/\d*\/(stream|substrate)?$/,
            flags: /^([a-z_]+( [a-z_]+)*)?$/,
            // Beside those of the contract page.
            ts: SECONDS,
          },
          { x: WHOLE, q: WHOLE, delta: /^-?[\d.e-]+$/, c: /^\[(\d+(,\d+)*)?\]$/, cancels_ns: NS },
        );
      }
      const [short] = all.filter(({ fields }) => fields["sym"] === "O:SPXW251223P06870000" && fields["p"] === "7.7");
      expect(Object.keys(short?.fields ?? {})).toEqual(["sym", "p", "s", "t", "side", "flags", "ts"]);
      expect(short?.fields).toMatchObject({
        s: "1",
        t: "1766437799445",
        side: "S/stack:depth/0.665/11277/stream",
        flags: "",
      });
    });

    it("mark repeats, late reports, cancels and legs of packages, as many as there are", () => {
      const all = tradeStreams().flatMap(([, , items]) => items);
      const marked = (word: string): number => all.filter((item) => wordsOf(item).includes(word)).length;
      expect({
        dup: marked("dup"),
        late: marked("late"),
        late_report: marked("late_report"),
        cancel: marked("cancel"),
        unmatched: marked("unmatched"),
        multi: marked("multi"),
        takesBack: all.filter(({ fields }) => fields["cancels_ns"] !== undefined).length,
      }).toEqual({
        dup: truth.duplicates,
        late: truth.lateRows.trades,
        late_report: truth.lateReports,
        cancel: truth.cancels.matched + truth.cancels.unmatched,
        unmatched: truth.cancels.unmatched,
        multi: truth.multiLegPrints,
        takesBack: truth.cancels.matched,
      });
    });

    it("add up to the generator's prints, contracts and premium, to the last unit", () => {
      const sums: Record<string, Record<string, PrintSums>> = {};
      for (const [underlying, expiry, items] of tradeStreams()) {
        const { prints, contracts, micropoints } = sumOf(items);
        const premiumMicropoints = String(micropoints);
        sums[underlying] = { ...sums[underlying], [expiry]: { prints, contracts, premiumMicropoints } };
      }
      expect(sums).toEqual(truth.counted);
    });
  });

  describe("the snapshots", () => {
    it("tell of each underlying its rolling windows, rate and busiest contracts", () => {
      for (const underlying of Object.keys(truth.counted)) {
        const flow = json(`massive:ws:snapshot:${underlying}`);
        expect(flow).toEqual({
          schema_version: 3,
          underlying,
          as_of_ns: expect.stringMatching(NS),
          watermark_ns: expect.stringMatching(NS),
          windows: [1, 10, 60].map((seconds) => ({ seconds, ...FLOW_TOTALS })),
          day: { ...FLOW_TOTALS, signed_contracts: expect.any(Number), signed_premium_usd: expect.any(Number) },
          contracts_per_sec: expect.any(Number),
          top_contracts: expect.any(Array),
          trading_day: "2025-12-22",
        });
        expect(flow["top_contracts"]).toEqual(
          Array.from({ length: 10 }, () => ({
            contract: expect.stringMatching(TICKER),
            contracts_per_sec: expect.any(Number),
            day_contracts: expect.any(Number),
          })),
        );
      }
    });

    it("tell of each expiration the cells by root, strike and right, which add up to the generator's sums", () => {
      const sums: Record<string, Record<string, PrintSums>> = {};
      for (const [underlying, expiries] of Object.entries(truth.counted)) {
        for (const expiration of Object.keys(expiries)) {
          const grid = json(`massive:ws:snapshot:${underlying}:${expiration}`);
          const { cells, ...head } = grid as { cells: readonly Record<string, number | string | null>[] };
          expect(head).toEqual({
            schema_version: 3,
            underlying,
            expiration,
            as_of_ns: expect.stringMatching(NS),
            watermark_ns: expect.stringMatching(NS),
            trading_day: "2025-12-22",
            day: FLOW_TOTALS,
            contracts_per_sec: expect.any(Number),
          });
          let [prints, contracts, premiumUsd] = [0, 0, 0];
          for (const cell of cells) {
            expect(Object.keys(cell)).toEqual(CELL_FIELDS);
            expect(cell["root"]).toMatch(new RegExp(`^${underlying}[WP]?$`));
            expect(cell["right"]).toMatch(/^[CP]$/);
            const signed = Number(cell["bought_volume"]) - Number(cell["sold_volume"]);
            expect(cell["signed_volume"] ?? 0).toBe(signed);
            prints += Number(cell["prints"]);
            contracts += Number(cell["volume"]);
            premiumUsd += Number(cell["premium_usd"]);
          }
          const names = cells.map(({ root, strike, right }) => `${root} ${strike} ${right}`);
          expect(new Set(names).size).toBe(names.length);
          const premiumMicropoints = String(Math.round((premiumUsd * 1e6) / 100));
          sums[underlying] = { ...sums[underlying], [expiration]: { prints, contracts, premiumMicropoints } };
        }
      }
      expect(sums).toEqual(truth.counted);
    });

    it("are announced on channels of their names, the last one as it is stored", () => {
      const last = new Map(heard);
      for (const [name, { text }] of found) {
        if (name.startsWith("massive:ws:snapshot:")) expect(last.get(name), name).toBe(text);
      }
    });
  });

  describe("the epoch", () => {
    it("is the active one of its symbol, with its meta data and its line in the timeline", () => {
      expect(key("epoch:active").fields).toEqual({ SPX: epoch });
      const { fields } = key(`epoch:meta:${epoch}`);
      expectFields(fields, {
        epoch_id: /^SPX:\d{10}:0f1e2d3c$/,
        symbol: /^SPX$/,
        created_ts: SECONDS,
        valid_until: SECONDS,
        geometry_hash: /^0f1e2d3c$/,
        contract_count: WHOLE,
        strike_count: WHOLE,
        expiration_count: /^2$/,
        strike_min: WHOLE,
        strike_max: /^9990$/,
        expirations: /^\["2025-12-23","2026-01-16"\]$/,
        dormant_count: /^0$/,
        forced: /^0$/,
        streamed_ts: SECONDS,
      });
      expect(Number(fields["contract_count"])).toBe(geometry.length);
      expect(Number(fields["valid_until"])).toBe(epochEndsAtMs / 1_000);
      expect(key("epoch:timeline:SPX").members).toEqual([`${fields["created_ts"]}|${epoch}|forced=0|dormant=0`]);
    });

    it("was announced with what came and went", () => {
      const announced = heard.filter(([channel]) => channel === "epoch:promoted").map(([, text]) => JSON.parse(text));
      const added = geometry.length;
      expect(announced).toEqual([{ symbol: "SPX", epoch, previous: null, added, removed: 0, forced: false }]);
      const channels = heard.map(([channel]) => channel);
      expect(channels.filter((channel) => !/^(epoch:promoted|massive:ws:snapshot:.+)$/.test(channel))).toEqual([]);
    });

    it("names its contracts, all of them dirty, and says that streamed values came", () => {
      expect(key(`epoch:${epoch}:contracts`).members).toEqual(geometry);
      expect(key(`epoch:${epoch}:dirty_contracts`).members).toEqual(geometry);
      expect(key(`epoch:${epoch}:had_ws_updates`).text).toBe("1");
      expect(key("epoch:dirty").members).toEqual([epoch]);
      const records = [...found.keys()].filter((name) => name.startsWith(`epoch:${epoch}:contract:`));
      expect(records).toEqual(geometry.map((contract) => `epoch:${epoch}:contract:${contract}`));
    });

    it("has records with their fixed fields, and those groups of values that are known", () => {
      for (const contract of geometry) {
        const record = json(`epoch:${epoch}:contract:${contract}`);
        const [, root = "", stamp = "", right = "", strike = ""] = TICKER_PARTS.exec(contract) ?? [];
        expect(record).toMatchObject({
          id: contract,
          underlying: "SPX",
          root,
          expiration: `20${stamp.slice(0, 2)}-${stamp.slice(2, 4)}-${stamp.slice(4)}`,
          strike: Number(strike) / 1_000,
          type: right,
          multiplier: 100,
          style: "european",
        });
        const groups = VALUE_GROUPS.filter(([first = ""]) => first in record).flat();
        expect(Object.keys(record)).toEqual(["rev", ...FIXED_FIELDS, ...groups]);
        if ("quote_t" in record) {
          expect(record["quote_ns"]).toBe(`${record["quote_t"]}000000`);
          expect(record["mid"]).toBeCloseTo((Number(record["bid"]) + Number(record["ask"])) / 2, 9);
        }
      }
      expect(json(`epoch:${epoch}:contract:${geometry[0]}`)).toMatchObject({
        delta: -0.41,
        iv: 0.1873,
        greeks_ts: 1_766_437_400.25,
        greeks_source: "provider",
        oi: 3_141,
        oi_day: "2025-12-22",
      });
      const quiet = Object.keys(json(`epoch:${epoch}:contract:${QUIET}`));
      expect(quiet).toEqual(["rev", ...FIXED_FIELDS]);
    });

    it("has in its records the last sale and the volume that the trade streams tell", () => {
      const told = new Map<string, StreamItem[]>();
      for (const expiry of ["2025-12-23", "2026-01-16"]) {
        for (const item of key(`massive:trades:SPX:${expiry}`).items) {
          const sym = item.fields["sym"] ?? "";
          told.set(sym, [...(told.get(sym) ?? []), item]);
        }
      }
      const expected = [...told].flatMap(([contract, items]) => {
        const sales = items.filter((item) => !wordsOf(item).some((word) => NO_SALE.includes(word)));
        const last = sales.reduce<StreamItem | undefined>((latest, item) => {
          return latest === undefined || Number(item.fields["t"]) >= Number(latest.fields["t"]) ? item : latest;
        }, undefined);
        if (last === undefined) return [];
        const { p, s, t, q } = last.fields;
        const volume = sumOf(items).contracts;
        return [[contract, { last: p, size: s, trade_t: t, trade_ns: `${t}000000`, q: q ?? "null", volume }]];
      });
      const stored = expected.map(([contract]) => {
        const { last, size, trade_t, trade_ns, q, volume } = json(`epoch:${epoch}:contract:${contract}`);
        const sale = { last: `${last}`, size: `${size}`, trade_t: `${trade_t}`, trade_ns, q: `${q}`, volume };
        return [contract, sale];
      });
      expect(expected.length).toBeGreaterThan(50);
      expect(stored).toEqual(expected);
    });
  });

  describe("when the log has more entries than are kept", () => {
    let entries: number;
    beforeAll(async () => {
      entries = key("massive:ws:stream").items.length + 70;
      await hydrateDuring(redis, appendLargeFrames(redis));
    });

    it("keeps the newest, exactly as many as were asked for, and the group has no lag", async () => {
      const { items } = await reader.key("massive:ws:stream");
      expect(items).toHaveLength(KEPT_ENTRIES);
      expect(items.at(-1)?.id).toMatch(new RegExp(`-${entries}$`));
      const group = (await reader.groups("massive:ws:stream")).get("ws_hydrator");
      expect(group).toMatchObject({ "last-delivered-id": items.at(-1)?.id, lag: 0 });
    });

    it("goes on counting all frames, and tells of no gap: everything had been read", async () => {
      const { fields } = await reader.key("massive:ws:analytics");
      expect(fields["frames"]).toBe(`${truth.frames + 70}`);
      expect((await reader.key("massive:ws:gaps")).items).toEqual(key("massive:ws:gaps").items);
      expect((await reader.key("massive:ws:hydrate:analytics")).fields).toMatchObject({
        seen: `${entries}`,
        takeovers: "1",
      });
    });

    it("knows what was removed, and how many bytes are left", async () => {
      const { items } = await reader.key("massive:ws:stream");
      const frames = items.filter(({ fields }) => fields["kind"] === undefined);
      const bytes = frames.reduce((total, { fields }) => total + Buffer.byteLength(fields["payload"] ?? ""), 0);
      const before = key("massive:ws:stream").items;
      expect((await reader.key("massive:ws:stream:state")).fields).toEqual({
        bytes: `${bytes}`,
        first_removed: before[0]?.id,
        last_removed: before[entries - KEPT_ENTRIES - 1]?.id,
      });
    });
  });
});

const FLOW_SIDE = { prints: expect.any(Number), contracts: expect.any(Number), premium_usd: expect.any(Number) };
const isNumberOrNull = (value: unknown): boolean => value === null || typeof value === "number";
/** With all prints of the capture in it, some bought and some sold; no delta is known there. */
const FLOW_BUCKET = { prints: expect.any(Number), contracts: expect.any(Number) };
const FLOW_TOTALS = {
  prints: expect.any(Number),
  contracts: expect.any(Number),
  premium_usd: expect.any(Number),
  bought: FLOW_SIDE,
  sold: FLOW_SIDE,
  unsigned: FLOW_SIDE,
  signed_contracts: expect.toSatisfy(isNumberOrNull),
  signed_premium_usd: expect.toSatisfy(isNumberOrNull),
  expected_contracts: expect.toSatisfy(isNumberOrNull),
  rated_contracts: expect.any(Number),
  side_accuracy: expect.toSatisfy(isNumberOrNull),
  delta_flow_units: null,
  delta_missing_prints: expect.any(Number),
  apart: { multi_leg: FLOW_BUCKET, cross: FLOW_BUCKET, compression: FLOW_BUCKET, late_report: FLOW_BUCKET },
};

const CELL_FIELDS = [
  ...["root", "strike", "right", "last", "last_size", "last_ns"],
  ...["volume", "prints", "premium_usd", "bought_volume", "sold_volume", "signed_volume", "signed_premium_usd"],
  ...[
    "expected_volume",
    "delta_flow_units",
    "delta_missing_prints",
    "multi_leg_volume",
    "cross_volume",
    "compression_volume",
  ],
  ...["late_report_volume", "contracts_per_sec"],
];
const FIXED_FIELDS = ["id", "underlying", "root", "expiration", "strike", "type", "multiplier", "style"];
/** `rev` and the times in `_ns` stand beside the fields of the contract page. */
const VALUE_GROUPS = [
  ["bid", "ask", "mid", "bid_size", "ask_size", "quote_t", "quote_ns"],
  ["last", "size", "trade_t", "trade_ns", "q", "volume"],
  ["delta", "gamma", "theta", "vega", "iv", "greeks_ts", "greeks_ns", "greeks_source"],
  ["oi", "oi_day"],
];
const TICKER_PARTS = /^O:([A-Z]+)(\d{6})([CP])(\d{8})$/;
const NO_SALE: readonly string[] = ["dup", "cancel", "late_report"];
