import { describe, expect, it } from "vitest";
import { OptionContractCache } from "../../../src/domain/instrument/option-contract-cache.ts";
import { FrameBuffer } from "../../../src/domain/wire/frame-buffer.ts";
import { SymbolTable } from "../../../src/domain/wire/symbol-table.ts";

const buffer = new FrameBuffer();
const table = new SymbolTable(new OptionContractCache());

function read(symbol: string) {
  buffer.load(`..."${symbol}",`);
  const known = table.read(buffer, 3);
  if (known !== undefined) expect(table.end).toBe(symbol.length + 5);
  return known;
}

describe("SymbolTable", () => {
  it("tells options, stocks and indices apart", () => {
    expect(read("O:SPXW251223P06870000")).toMatchObject({ kind: "option", contract: { root: "SPXW", strike: 6870 } });
    expect(read("AAPL")).toMatchObject({ text: "AAPL", kind: "stock", contract: undefined });
    expect(read("I:SPX")).toMatchObject({ text: "I:SPX", kind: "index", contract: undefined });
    for (const none of ["", "O:SPXW", "O:SPXW250229P06870000", "A B", "A,B", "A:B", "A\\u0041", "A\u0000", "\u0001"]) {
      expect(read(none)).toBeUndefined();
    }
  });

  it("gives the same object again, and never that of a symbol which begins or ends alike", () => {
    const symbols = Array.from({ length: 31 }, (_, length) => "A".repeat(length + 1));
    const first = symbols.map(read);
    expect(first.map((known) => known?.text)).toEqual(symbols);
    expect(new Set(first).size).toBe(31);
    symbols.forEach((symbol, index) => void expect(read(symbol)).toBe(first[index]));
    expect(read("A\u0000")).toBeUndefined();
    expect(read("A".repeat(32))).toBeUndefined();
    expect(read("A".repeat(33))).toBeUndefined();
  });

  it("answers rightly for many more symbols than it has room for", () => {
    for (let round = 0; round < 2; round++) {
      for (let strike = 1; strike <= 80_000; strike++) {
        const ticker = `O:SPXW251223P${String(strike * 500).padStart(8, "0")}`;
        const known = read(ticker);
        if (known?.text !== ticker || known.contract?.ticker !== ticker) expect(known?.text).toBe(ticker);
      }
    }
  });

  it("knows a symbol again while there are not too many", () => {
    const fresh = new SymbolTable(new OptionContractCache());
    const tickers = Array.from(
      { length: 20_000 },
      (_, index) => `O:SPXW251223C${String(500 * (index + 1)).padStart(8, "0")}`,
    );
    const objects = (): unknown[] =>
      tickers.map((ticker) => {
        buffer.load(`"${ticker}"`);
        return fresh.read(buffer, 0);
      });
    const first = objects();
    const again = objects();
    expect(again.filter((known, index) => known === first[index]).length).toBeGreaterThan(19_800);
  });

  it("reads only strings", () => {
    buffer.load("AAPL");
    expect(table.read(buffer, 0)).toBeUndefined();
    buffer.load('"AAPL');
    expect(table.read(buffer, 0)).toBeUndefined();
  });
});
