import type { TradeRecord } from "../../domain/hydration/effects.ts";
import { latestOpenPrint, type OpenPrint, openPrintQuery } from "../../domain/hydration/open-print.ts";
import { check } from "../check.ts";
import { SAMPLE_TIME_NS } from "../samples.ts";
import { sampleTrade, sampleTradeRecord } from "./samples.ts";
import { acquire, commit, type HydrationStoreTests } from "./state.ts";

const at = (offset: bigint): bigint => SAMPLE_TIME_NS + offset;
/** What is found of a sample. */
const open = (offset: bigint): OpenPrint => ({
  tsNs: at(offset),
  side: "B",
  confidence: 0.8125,
  delta: -0.4321,
  bucket: undefined,
});
const EVERYTHING = openPrintQuery(sampleTrade(), 0n, at(1_000n));

/** `findOpenPrint`: the rule is the domain's, what is tested here is that the store asks it about the right prints. */
export function openPrintTests({ test }: HydrationStoreTests): void {
  test("finds the latest print of equal contract, price, size and exchange", async ({ subject }) => {
    check.equal("empty store", await subject.findOpenPrint(EVERYTHING, []), undefined);
    await store(subject, [
      sampleTradeRecord({ tradeTsNs: at(2n) }),
      sampleTradeRecord({ tradeTsNs: at(5n) }),
      sampleTradeRecord({ tradeTsNs: at(3n) }),
      sampleTradeRecord({ tradeTsNs: at(10n), price: 7.75 }),
      sampleTradeRecord({ tradeTsNs: at(11n), size: 4 }),
      sampleTradeRecord({ tradeTsNs: at(12n), exchange: undefined }),
      sampleTradeRecord({ tradeTsNs: at(13n), contract: "O:SPXW251223C06870000" }),
      sampleTradeRecord({ tradeTsNs: at(14n), expiration: "2025-12-24" }),
      sampleTradeRecord({ tradeTsNs: at(15n) }, { flags: ["dup"] }),
      sampleTradeRecord({ tradeTsNs: at(16n) }, { flags: ["late_report"] }),
    ]);
    check.equal("latest", await subject.findOpenPrint(EVERYTHING, []), open(5n));
    check.equal("without exchange", await subject.findOpenPrint({ ...EVERYTHING, exchange: undefined }, []), open(12n));
  });
  test("looks from the first instant asked for up to but not at the last", async ({ subject }) => {
    await store(subject, [sampleTradeRecord({ tradeTsNs: at(2n) }), sampleTradeRecord({ tradeTsNs: at(5n) })]);
    const find = (from: bigint, before: bigint) =>
      subject.findOpenPrint({ ...EVERYTHING, fromTsNs: at(from), beforeTsNs: at(before) }, []);
    check.equal("before excludes", await find(0n, 5n), open(2n));
    check.equal("one more includes", await find(0n, 6n), open(5n));
    check.equal("from includes", await find(2n, 5n), open(2n));
    check.equal("one more excludes", await find(3n, 5n), undefined);
  });
  test("passes over prints that were taken back, in the store or by the caller", async ({ subject }) => {
    await store(subject, [
      sampleTradeRecord({ tradeTsNs: at(2n) }),
      sampleTradeRecord({ tradeTsNs: at(5n) }),
      sampleTradeRecord({ tradeTsNs: at(5n) }),
      sampleTradeRecord({ tradeTsNs: at(9n) }, { flags: ["cancel"], cancelsTsNs: at(5n) }),
    ]);
    check.equal("one of two is left", await subject.findOpenPrint(EVERYTHING, []), open(5n));
    const cancelOf = (tsNs: bigint): TradeRecord =>
      sampleTradeRecord({ tradeTsNs: at(10n) }, { flags: ["cancel"], cancelsTsNs: tsNs });
    check.equal("the other", await subject.findOpenPrint(EVERYTHING, [cancelOf(at(5n))]), open(2n));
    check.equal("all", await subject.findOpenPrint(EVERYTHING, [cancelOf(at(5n)), cancelOf(at(2n))]), undefined);
  });
  test("tells what was made of the print, of several of one instant those that came first last", async ({
    subject,
  }) => {
    const sideOf = (side: "S" | "U", confidence: number | null): TradeRecord["side"] => {
      return { ...sampleTradeRecord().side, side, confidence };
    };
    await store(subject, [
      sampleTradeRecord({ tradeTsNs: at(5n), conditions: [229] }, { side: sideOf("S", 0.665), delta: 0.25 }),
      sampleTradeRecord({ tradeTsNs: at(5n), conditions: [232] }, { side: sideOf("U", null), delta: null }),
    ]);
    check.equal("last", await subject.findOpenPrint(EVERYTHING, []), {
      tsNs: at(5n),
      side: "U",
      confidence: null,
      delta: null,
      bucket: "multi_leg",
    });
    const cancel = sampleTradeRecord({ tradeTsNs: at(9n) }, { flags: ["cancel"], cancelsTsNs: at(5n) });
    check.equal("first", await subject.findOpenPrint(EVERYTHING, [cancel]), {
      tsNs: at(5n),
      side: "S",
      confidence: 0.665,
      delta: 0.25,
      bucket: "cross",
    });
  });
  test("counts prints that are not stored yet, and cancels of them", async ({ subject }) => {
    await store(subject, [sampleTradeRecord({ tradeTsNs: at(2n) })]);
    const print = sampleTradeRecord({ tradeTsNs: at(7n) });
    const cancel = sampleTradeRecord({ tradeTsNs: at(10n) }, { flags: ["cancel"], cancelsTsNs: at(7n) });
    check.equal("print", await subject.findOpenPrint(EVERYTHING, [print]), open(7n));
    check.equal("print and cancel", await subject.findOpenPrint(EVERYTHING, [print, cancel]), open(2n));
  });
  test("answers as the domain's rule does for a long stream", async ({ subject }) => {
    const trades = Array.from({ length: 300 }, (_, index) =>
      sampleTradeRecord(
        { tradeTsNs: at(BigInt((index * 7_919) % 500)), size: 1 + (index % 3), price: 7.5 + (index % 2) },
        index % 5 === 4 ? { flags: ["cancel"], cancelsTsNs: at(BigInt(((index - 3) * 7_919) % 500)) } : { flags: [] },
      ),
    );
    await store(subject, trades);
    for (let size = 1; size <= 3; size++) {
      for (const price of [7.5, 8.5]) {
        const query = { ...EVERYTHING, size, price, fromTsNs: at(50n), beforeTsNs: at(450n) };
        const expected = latestOpenPrint(trades, query, []);
        check.equal(`${size} at ${price}`, await subject.findOpenPrint(query, []), expected);
      }
    }
  });
}

async function store(subject: Parameters<typeof acquire>[0], trades: readonly TradeRecord[]): Promise<void> {
  await commit(subject, await acquire(subject), 0, { trades });
}
