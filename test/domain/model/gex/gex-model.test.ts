import { describe, expect, it } from "vitest";
import type { SubstrateRecord } from "../../../../src/domain/epoch/substrate.ts";
import { EXCHANGE_CALENDAR } from "../../../../src/domain/market/trading-calendar.ts";
import { recordTimes } from "../../../../src/domain/model/definition/model-inputs.ts";
import { type ModelMoment, ModelRun } from "../../../../src/domain/model/definition/model-run.ts";
import { gexModel } from "../../../../src/domain/model/gex/index.ts";
import { AS_OF_MS, agoNs, byContract, LIMITS, moment, record, SPOT, values } from "../definition/records.ts";

/** A little chain of today and a later day. */
function chain(): readonly SubstrateRecord[] {
  return ["2026-01-07", "2026-01-16"].flatMap((expiration) =>
    [-20, -10, 0, 10, 20].flatMap((points) =>
      (["C", "P"] as const).map((right) =>
        record(
          right,
          SPOT + points,
          values({ day: { openInterestDay: "2026-01-07", openInterest: openInterest(right, points) } }),
          {
            expiration,
          },
        ),
      ),
    ),
  );
}

function openInterest(right: "C" | "P", points: number): number {
  return right === "C" ? 1_000 + 40 * points : 1_500 - 60 * points;
}

function runOf(options: Parameters<typeof gexModel>[0] = {}) {
  const run = new ModelRun(gexModel(options), LIMITS);
  return (at: ModelMoment, changed: readonly SubstrateRecord[] | null = []) => {
    const { message, error } = run.step(at, changed);
    if (message.data === null) throw new Error("Cannot go on: there must be data", { cause: error });
    return message.data;
  };
}

const records = byContract(chain());

describe("the gex model", () => {
  it("tells what one contract adds: GEX-1 of the reference", () => {
    const one = record("C", 5_000, values());
    const { totals } = runOf()(moment(byContract([one]), { spotPts: 5_000 })).open_interest;
    expect(totals.gex_usd_per_pct).toEqual({ calls: 50_000_000, puts: null, net: 50_000_000, absolute: 50_000_000 });
    expect(totals.gex_usd_per_point.net).toBe(1_000_000);
  });

  it("tells every exposure by the contract's own multiplier", () => {
    const one = record("C", 5_010, values());
    const adjusted = { ...one, terms: { ...one.terms, multiplier: 150 } };
    const at = { spotPts: 5_000, dealerPositions: new Map([[one.terms.contract, 1_000]]) };
    const bases = (record: SubstrateRecord) => {
      const { open_interest, volume, flow } = runOf()(moment(byContract([record]), at));
      return [open_interest, volume, flow];
    };
    for (const [index, basis] of bases(adjusted).entries()) {
      const standard = bases(one)[index];
      for (const [name, { calls }] of Object.entries(basis?.totals ?? {})) {
        const { calls: expected } = Object.entries(standard?.totals ?? {}).find(([other]) => other === name)?.[1] ?? {};
        expect(calls).not.toBe(0);
        expect(calls).toBeCloseTo(1.5 * (expected ?? Number.NaN), 3);
      }
      const [gex] = basis?.repriced.profile?.gex_usd_per_pct.slice(-1) ?? [];
      expect(gex).toBeCloseTo(1.5 * (standard?.repriced.profile?.gex_usd_per_pct.at(-1) ?? Number.NaN), 3);
    }
    expect.assertions(39);
  });

  it("has open interest and volume side by side, with the same signs, and says that nobody tells flow", () => {
    const { open_interest: interest, volume, flow, flow_reason: reason, flow_ts: ts } = runOf()(moment(records));
    expect([interest.basis, interest.sign_model, volume.basis, volume.sign_model]).toEqual([
      ...["open_interest", "naive", "volume", "naive"],
    ]);
    expect([flow, reason, ts]).toEqual([null, "no_flow", null]);
    expect(interest.totals.gex_usd_per_pct.calls).toBeGreaterThan(0);
    expect(interest.totals.gex_usd_per_pct.puts).toBeLessThan(0);
    // 250 of each contract.
    expect(volume.totals.gex_usd_per_pct.net).toBeCloseTo(0, 3);
    const turned = runOf({ signModel: "short_calls_long_puts" })(moment(records)).open_interest;
    expect(turned.sign_model).toBe("short_calls_long_puts");
    expect(turned.totals.gex_usd_per_pct.net).toBe(-(interest.totals.gex_usd_per_pct.net ?? 0));
  });

  it("counts no volume of a day gone by", () => {
    const trade = { tradeTsNs: agoNs(86_400_000), sequence: null, last: 1, size: 1, volume: 77 };
    const old = byContract([record("C", SPOT, values({ trade })), record("P", SPOT, values())]);
    const { volume } = runOf()(moment(old));
    expect(volume.totals.gex_usd_per_pct.calls).toBe(0);
    expect(volume.totals.gex_usd_per_pct.puts).not.toBe(0);
  });

  it("counts what traded on a holiday to the trading day behind it, as the exchange does", () => {
    // Martin Luther King, Jr. Day: index options trade until 13:00 for Tuesday.
    const asOfMs = Date.UTC(2026, 0, 19, 16);
    const at = moment(new Map(), { asOfMs, tradingDay: EXCHANGE_CALENDAR.tradingDayAt(asOfMs), spotMs: asOfMs });
    const tsNs = (ms: number) => BigInt(ms) * 1_000_000n;
    const traded = (atMs: number) => {
      const trade = { tradeTsNs: tsNs(atMs), sequence: null, last: 1, size: 1, volume: 77 };
      const base = values({ trade });
      const greeks = base.greeks === undefined ? {} : { greeks: { ...base.greeks, greeksTsNs: tsNs(asOfMs) } };
      const one = byContract([record("C", SPOT, { ...base, ...greeks }, { expiration: "2026-01-23" })]);
      return runOf()({ ...at, records: one, times: recordTimes(one.values()) }).volume.totals.gex_usd_per_pct.net;
    };
    expect(traded(asOfMs - 3_600_000)).toBeGreaterThan(0);
    // Sunday evening.
    expect(traded(Date.UTC(2026, 0, 19, 2))).toBeGreaterThan(0);
    // Friday.
    expect(traded(Date.UTC(2026, 0, 16, 20))).toBe(0);
  });

  it("has signed flow where somebody tells it: who is not in it had none", () => {
    const [call] = chain();
    const dealerPositions = new Map([[call?.terms.contract ?? "", -30]]);
    const dealerPositionsMs = AS_OF_MS - 3_600_000;
    const { flow, flow_reason: reason, flow_ts: ts } = runOf()(moment(records, { dealerPositions, dealerPositionsMs }));
    expect([reason, ts]).toEqual([null, dealerPositionsMs / 1_000]);
    expect([flow?.basis, flow?.sign_model, flow?.counts.gex_usd_per_pct.used]).toEqual(["flow", "flow", records.size]);
    expect(flow?.totals.gex_usd_per_pct).toMatchObject({ calls: expect.any(Number), puts: 0 });
    expect(flow?.totals.gex_usd_per_pct.calls).toBeLessThan(0);
  });

  it("marks what is 0DTE, and what share it has", () => {
    const { open_interest: interest } = runOf()(moment(records));
    expect(interest.by_series.map(({ expiration, is_zero_dte: isToday }) => [expiration, isToday])).toEqual([
      ["2026-01-07", true],
      ["2026-01-16", false],
    ]);
    expect(interest.by_series[0]?.t_years).toBeCloseTo(120 / 525_600, 12);
    // The same gamma and the same open interest in both.
    expect(interest.zero_dte_share).toBeCloseTo(0.5, 12);
  });

  it("re-prices at most once a second, one basis at a time, and says of when that is", () => {
    const step = runOf();
    const seen: (readonly [number, number])[] = [];
    for (const [afterMs, spotPts] of [
      ...([
        [0, SPOT],
        [400, SPOT + 1],
        [1_000, SPOT + 2],
        [1_400, SPOT + 3],
        [2_000, SPOT + 4],
        [3_000, SPOT + 4],
      ] as const),
    ]) {
      const asOfMs = AS_OF_MS + afterMs;
      const { open_interest: interest, volume } = step(moment(records, { asOfMs, spotPts, spotMs: asOfMs }));
      seen.push([interest.repriced.ts * 1_000 - AS_OF_MS, volume.repriced.ts * 1_000 - AS_OF_MS]);
      expect(interest.totals.gex_usd_per_pct.net).not.toBeNull();
    }
    const afterMs = seen.map((pair) => pair.map(Math.round));
    expect(afterMs).toEqual([
      [0, 0],
      [0, 0],
      [1_000, 0],
      [1_000, 0],
      [1_000, 2_000],
      [3_000, 2_000],
    ]);
  });

  it("does not re-price what has not changed", () => {
    const step = runOf();
    step(moment(records));
    const later = step(moment(records, { asOfMs: AS_OF_MS + 9_000 }));
    expect(later.open_interest.repriced.ts).toBe(AS_OF_MS / 1_000);
    const next = step(moment(records, { asOfMs: AS_OF_MS + 10_000 }));
    expect(next.open_interest.repriced.ts).toBe((AS_OF_MS + 10_000) / 1_000);
  });

  it("takes an epoch without contracts: nothing counts, and no level is made up", () => {
    const data = runOf()(moment(new Map()));
    const { open_interest: interest } = data;
    expect(interest.totals.gex_usd_per_pct).toEqual({ calls: null, puts: null, net: null, absolute: null });
    expect(interest.walls.call_wall_gross).toBeNull();
    expect([interest.repriced.flip, interest.repriced.status, interest.zero_dte_share]).toEqual([
      ...[null, "insufficient", null],
    ]);
    expect([interest.cells, interest.by_series, interest.by_strike.strikes_pts]).toEqual([[], [], []]);
  });

  it("scales with open interest, and its levels stay", () => {
    const doubled = byContract(
      chain().map((one) => ({
        ...one,
        day: { openInterestDay: "2026-01-07", openInterest: 2 * (one.day?.openInterest ?? 0) },
      })),
    );
    const one = runOf()(moment(records)).open_interest;
    const two = runOf()(moment(doubled)).open_interest;
    expect(two.totals.gex_usd_per_pct.net).toBeCloseTo(2 * (one.totals.gex_usd_per_pct.net ?? 0), 0);
    expect(two.walls.call_wall_net?.strike_pts).toBe(one.walls.call_wall_net?.strike_pts);
    expect(two.repriced.status).toBe(one.repriced.status);
    expect(two.repriced.flips.length).toBe(one.repriced.flips.length);
    for (const [index, { level_pts: level }] of two.repriced.flips.entries()) {
      expect(level).toBeCloseTo(one.repriced.flips[index]?.level_pts ?? 0, 6);
    }
  });
});
