import type { SubstrateRecord, SubstrateValues } from "../../../src/domain/epoch/substrate.ts";
import { formatOptionTicker, parseOptionTicker } from "../../../src/domain/instrument/option-symbol.ts";

/** A record of a contract as it might have been fetched. */
export function recordOf(contract: string, values: SubstrateValues = {}): SubstrateRecord {
  const parsed = parseOptionTicker(contract);
  if (parsed === undefined)
    throw new TypeError(`Cannot make a record: a ticker is required, current value is ${contract}`);
  const { underlying, root, expiration, strike, right } = parsed;
  return {
    terms: { contract, underlying, root, expiration, strike, right, multiplier: 100, style: "european" },
    ...values,
  };
}

/** Tickers of a chain: calls and puts, strikes 5 points apart from 5,000 on. */
export function chainOf(contracts: number, root = "SPXW", expiration = "2026-01-16"): readonly string[] {
  return Array.from({ length: contracts }, (_, index) =>
    formatOptionTicker({
      root,
      expiration,
      right: index % 2 === 0 ? "C" : "P",
      strikeThousandths: 5_000_000 + Math.floor(index / 2) * 5_000,
    }),
  );
}
