import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FlowBucket } from "../../../src/domain/flow/flow-buckets.ts";
import type { OptionTrade } from "../../../src/domain/market/rows.ts";
import { type PrintChain, PrintHistory } from "../../../src/domain/stream/print-history.ts";
import { optionTrade } from "../../support/rows.ts";

const anyDay = (): boolean => true;

/** A history with the chains that its owner would keep. */
function book(options = { identityHorizonMs: 60_000, cancelHorizonMs: 120_000 }) {
  const history = new PrintHistory(options);
  const chains = new Map<string, PrintChain>();
  const chainOf = (contract: string): PrintChain => {
    const chain = chains.get(contract) ?? { newest: -1 };
    chains.set(contract, chain);
    return chain;
  };
  return {
    history,
    add: (epoch: string, trade: OptionTrade, countable = true) =>
      history.add(trade, epoch, chainOf(trade.contract), countable),
    takeBack: (cancel: OptionTrade, isSameDay: (tMs: number) => boolean = anyDay) =>
      history.takeBack(cancel, chainOf(cancel.contract), isSameDay),
    noteMade: (side: "B" | "S" | "U", confidence: number | null, delta: number | null, bucket?: FlowBucket) =>
      history.noteMade(chainOf(optionTrade(0).contract), { side, confidence }, delta, bucket),
  };
}

describe("print identity", () => {
  it("counts two equal prints of one millisecond as two", () => {
    const { add } = book();
    expect([add("1", optionTrade(1000)), add("1", optionTrade(1000))]).toEqual([false, false]);
  });

  it("counts the same two once more after a reconnect as none", () => {
    const { add } = book();
    add("1", optionTrade(1000));
    add("1", optionTrade(1000));
    expect([add("2", optionTrade(1000)), add("2", optionTrade(1000))]).toEqual([true, true]);
    expect(add("2", optionTrade(1000))).toBe(false);
    expect([1, 2, 3].map(() => add("3", optionTrade(1000)))).toEqual([true, true, true]);
  });

  it.each([
    ["contract", { contract: "O:SPXW251223C06870000" }],
    ["price", { price: 7.71 }],
    ["size", { size: 2 }],
    ["exchange", { exchange: 302 }],
    ["sequence", { sequence: 5 }],
    ["conditions", { conditions: [209] }],
    ["an empty list of conditions", { conditions: [] }],
  ])("takes prints apart that differ in %s", (_name, change) => {
    const { add } = book();
    add("1", optionTrade(1000));
    expect(add("2", optionTrade(1000, change))).toBe(false);
    expect(add("2", optionTrade(1001))).toBe(false);
    expect(add("2", optionTrade(1000))).toBe(true);
  });

  it("looks back to the horizon and not beyond", () => {
    const at = (ageMs: number): boolean => {
      const { add } = book({ identityHorizonMs: 1000, cancelHorizonMs: 0 });
      add("1", optionTrade(5000));
      add("2", optionTrade(5000 + ageMs, { price: 1 }));
      return add("2", optionTrade(5000));
    };
    expect([at(999), at(1000), at(1001)]).toEqual([true, true, false]);
  });

  it("agrees with the maximum over epochs for any interleaving", () => {
    const prints = fc.array(
      fc.record({ epoch: fc.constantFrom("1", "2", "3"), price: fc.integer({ min: 1, max: 4 }) }),
      {
        maxLength: 80,
      },
    );
    fc.assert(
      fc.property(prints, (list) => {
        const { add } = book();
        const seen = new Map<string, number>();
        for (const { epoch, price } of list) {
          const before = Math.max(0, ...["1", "2", "3"].map((name) => seen.get(`${name}/${price}`) ?? 0));
          seen.set(`${epoch}/${price}`, (seen.get(`${epoch}/${price}`) ?? 0) + 1);
          const after = Math.max(0, ...["1", "2", "3"].map((name) => seen.get(`${name}/${price}`) ?? 0));
          expect(add(epoch, optionTrade(1000, { price }))).toBe(after === before);
        }
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it("forgets what lies behind the horizon and answers the same for what does not", () => {
    const trades = fc.array(
      fc.record({
        epoch: fc.constantFrom("1", "2"),
        stepMs: fc.integer({ min: -300, max: 400 }),
        price: fc.constantFrom(1, 2),
      }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(trades, (list) => {
        const { add, history } = book({ identityHorizonMs: 1000, cancelHorizonMs: 1000 });
        const all: { epoch: string; tMs: number; price: number }[] = [];
        let tMs = 10_000;
        let max = 0;
        for (const { epoch, stepMs, price } of list) {
          tMs += stepMs;
          max = Math.max(max, tMs);
          const same = all.filter((print) => print.tMs === tMs && print.price === price);
          const mine = same.filter((print) => print.epoch === epoch).length + 1;
          const others = same.length + 1 - mine;
          expect(add(epoch, optionTrade(tMs, { price }))).toBe(tMs >= max - 1000 && mine <= others);
          all.push({ epoch, tMs, price });
        }
        const oldestKept = all.findIndex((print) => print.tMs >= max - 1000);
        expect(history.size).toBeLessThanOrEqual(all.length - Math.max(0, oldestKept));
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  it("survives more prints than one block holds", () => {
    const { add, history } = book();
    for (let index = 0; index < 5000; index++) add("1", optionTrade(1000 + index));
    expect(history.size).toBe(5000);
    for (let index = 0; index < 5000; index++) expect(add("2", optionTrade(1000 + index))).toBe(true);
  });
});

describe("cancels", () => {
  it("take back the latest open print of equal contract, price, size and exchange, one each", () => {
    const { add, takeBack } = book();
    add("1", optionTrade(1000));
    add("1", optionTrade(3000));
    add("1", optionTrade(2000));
    add("1", optionTrade(4000, { size: 2 }));
    add("1", optionTrade(4001, { exchange: 302 }));
    add("1", optionTrade(4002, { contract: "O:SPXW251223C06870000" }));
    const cancel = optionTrade(5000, { conditions: [201], sequence: 9 });
    expect([takeBack(cancel), takeBack(cancel), takeBack(cancel), takeBack(cancel)]).toMatchObject([
      { tMs: 3000 },
      { tMs: 2000 },
      { tMs: 1000 },
      undefined,
    ]);
  });

  it("pass over prints that did not count, duplicates and other days", () => {
    const { add, takeBack } = book();
    add("1", optionTrade(1000));
    add("1", optionTrade(1500), false);
    add("2", optionTrade(1000));
    expect(takeBack(optionTrade(5000), (tMs) => tMs !== 1000)).toBeUndefined();
    expect(takeBack(optionTrade(5000))).toMatchObject({ tMs: 1000 });
    expect(takeBack(optionTrade(5000))).toBeUndefined();
  });

  it("tell what was made of the print, also when many came meanwhile", () => {
    const { add, takeBack, noteMade } = book();
    add("1", optionTrade(1000, { price: 1 }));
    noteMade("S", 0.665, -0.25, "late_report");
    add("1", optionTrade(1001, { price: 2 }));
    noteMade("B", null, null);
    add("1", optionTrade(1002, { price: 3 }));
    for (let index = 0; index < 9000; index++) add("1", optionTrade(1002, { price: 4 }));
    expect([1, 2, 3].map((price) => takeBack(optionTrade(1500, { price })))).toEqual([
      { tMs: 1000, side: "S", confidence: 0.665, delta: -0.25, bucket: "late_report" },
      { tMs: 1001, side: "B", confidence: null, delta: null, bucket: undefined },
      { tMs: 1002, side: "U", confidence: null, delta: null, bucket: undefined },
    ]);
  });

  it("are answered as by a list of all prints, over bursts and blocks", () => {
    const HORIZON_MS = 1_000;
    const CONTRACTS = ["O:SPXW251223P06870000", "O:SPXW251223C06870000", "O:SPXW251223P06900000"];
    const bursts = fc.array(
      fc.record({
        prints: fc.oneof(fc.nat(20), fc.integer({ min: 4_000, max: 9_000 })),
        stepMs: fc.constantFrom(0, 0, 1, 400),
        pauseMs: fc.constantFrom(0, 1, 900, 1_001),
        cancels: fc.array(fc.record({ contract: fc.nat(2), price: fc.nat(6), agoMs: fc.nat(3) }), { maxLength: 8 }),
        reconnects: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    );
    let taken = 0;
    fc.assert(
      fc.property(bursts, (list) => {
        const { add, takeBack } = book({ identityHorizonMs: HORIZON_MS, cancelHorizonMs: HORIZON_MS });
        const open: { contract: string; tMs: number; price: number }[] = [];
        let [tMs, epoch, sequence] = [10_000, 1, 0];
        for (const { prints, stepMs, pauseMs, cancels, reconnects } of list) {
          tMs += pauseMs;
          if (reconnects) epoch += 1;
          for (let count = 0; count < prints; count++) {
            // Some steps apart, so that a burst may forget its own beginning, and in no order.
            if (count % 1_000 === 999) tMs += stepMs;
            const contract = CONTRACTS[count % 3] ?? "";
            const print = { contract, tMs: tMs - (count % 2), price: (count * 7) % 5 };
            expect(add(`${epoch}`, optionTrade(print.tMs, { ...print, sequence: sequence++ }))).toBe(false);
            open.push(print);
          }
          const newestMs = open.reduce((newest, print) => Math.max(newest, print.tMs), 0);
          for (const { contract, price, agoMs } of cancels) {
            const cancel = optionTrade(tMs - agoMs, { contract: CONTRACTS[contract] ?? "", price });
            let wanted = -1;
            for (const [place, print] of open.entries()) {
              const isAsked = print.contract === cancel.contract && print.price === price;
              if (!isAsked || print.tMs < newestMs - HORIZON_MS) continue;
              if (wanted < 0 || print.tMs >= (open[wanted]?.tMs ?? 0)) wanted = place;
            }
            const [found] = wanted < 0 ? [] : open.splice(wanted, 1);
            expect(takeBack(cancel)?.tMs).toBe(found?.tMs);
            if (found !== undefined) taken += 1;
          }
        }
      }),
      { seed: 42, numRuns: 40 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  it("look back to the horizon and not beyond", () => {
    const at = (ageMs: number) => {
      const { add, takeBack } = book({ identityHorizonMs: 0, cancelHorizonMs: 1000 });
      add("1", optionTrade(5000));
      const cancel = optionTrade(5000 + ageMs, { conditions: [201] });
      add("1", cancel, false);
      return takeBack(cancel);
    };
    expect([at(999), at(1000), at(1001)]).toMatchObject([{ tMs: 5000 }, { tMs: 5000 }, undefined]);
  });
});
