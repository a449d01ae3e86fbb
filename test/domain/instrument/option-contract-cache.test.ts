import { describe, expect, it } from "vitest";
import { OptionContractCache } from "../../../src/domain/instrument/option-contract-cache.ts";
import { parseOptionTicker } from "../../../src/domain/instrument/option-symbol.ts";

const ticker = (index: number) => `O:SPXW251223P${String(index + 1).padStart(8, "0")}`;

describe("OptionContractCache", () => {
  it("answers what the parser answers", () => {
    const contracts = new OptionContractCache();
    for (const text of [ticker(0), "O:AAPL1251219C00150000", "O:SPXW250229P06870000", "SPXW", ""]) {
      expect(contracts.get(text)).toStrictEqual(parseOptionTicker(text));
    }
  });

  it("parses a contract once", () => {
    const asked: string[] = [];
    const contracts = new OptionContractCache({ underlyingOf: (_, text) => void asked.push(text) });
    expect(contracts.get(ticker(0))).toBe(contracts.get(ticker(0)));
    expect(asked).toEqual([ticker(0)]);
  });

  it("takes the underlying from the resolver", () => {
    const contracts = new OptionContractCache({ underlyingOf: (root) => (root === "AAPL1" ? "AAPL" : undefined) });
    expect(contracts.get("O:AAPL1251219C00150000")?.underlying).toBe("AAPL");
    expect(contracts.get(ticker(0))?.underlying).toBe("SPX");
  });

  it("keeps a contract while fewer than half its capacity of others came since, and never more than its capacity", () => {
    const capacity = 8;
    for (let others = 0; others <= 20; others++) {
      const contracts = new OptionContractCache({ capacity });
      const first = contracts.get(ticker(0));
      for (let index = 1; index <= others; index++) contracts.get(ticker(index));
      const kept = contracts.get(ticker(0)) === first;
      if (others < capacity / 2) expect(kept).toBe(true);
      if (others >= capacity) expect(kept).toBe(false);
    }
  });

  it("keeps what is asked for again and again, whatever else passes by", () => {
    const contracts = new OptionContractCache({ capacity: 8 });
    const busy = contracts.get(ticker(0));
    for (let index = 1; index <= 1_000; index++) {
      contracts.get(ticker(index));
      if (index % 3 === 0) expect(contracts.get(ticker(0))).toBe(busy);
    }
  });

  it("lets no text that is no ticker push out a contract", () => {
    const contracts = new OptionContractCache({ capacity: 2 });
    const first = contracts.get(ticker(0));
    for (let index = 0; index < 100; index++) expect(contracts.get(`O:SPXW${index}`)).toBeUndefined();
    expect(contracts.get(ticker(0))).toBe(first);
  });

  it("refuses a capacity below two or broken", () => {
    expect(() => new OptionContractCache({ capacity: 2 })).not.toThrow();
    for (const capacity of [1, 0, -2, 2.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new OptionContractCache({ capacity })).toThrow(RangeError);
    }
  });
});
