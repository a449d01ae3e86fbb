import type { ContractTerms } from "../../domain/epoch/substrate.ts";
import { type OptionContract, parseOptionTicker } from "../../domain/instrument/option-symbol.ts";
import { underlyingOfRoot } from "../../domain/instrument/underlying.ts";
import { describeValue } from "../../domain/wire/describe-value.ts";
import { OPTION_TICKER_EXPECTED } from "../../domain/wire/events.ts";
import type { DetailsRow } from "./chain-rows.ts";
import type { CheckedRow } from "./check-row.ts";

/** A contract with its exact strike. */
export interface ReadTerms {
  readonly terms: ContractTerms;
  readonly strikeThousandths: number;
}

const RIGHTS: ReadonlyMap<unknown, "C" | "P"> = new Map([
  ["call", "C"],
  ["put", "P"],
]);

/**
 * What a contract is, by its ticker. Its details say the same in other words: where they contradict it, neither can be
 * believed. Nothing is made up for a multiplier that is missing.
 *
 * @param underlying without `I:`, as the request named it.
 */
export function readTerms(ticker: string, details: DetailsRow, underlying: string): CheckedRow<ReadTerms> {
  const contract = parseOptionTicker(ticker, () => underlying);
  if (contract === undefined) {
    return { reason: `'ticker' must be ${OPTION_TICKER_EXPECTED}, current value is ${describeValue(ticker)}` };
  }
  const { shares_per_contract: multiplier, exercise_style: style } = details;
  const contradiction = contradictionIn(contract, details) ?? foreignRoot(contract);
  if (contradiction !== undefined) return { reason: contradiction };
  if (multiplier === undefined || multiplier === null || multiplier === 0) {
    return { reason: `'shares_per_contract' must be a number above 0, current value is ${describeValue(multiplier)}` };
  }
  const { root, expiration, strike, right, strikeThousandths } = contract;
  const terms: ContractTerms = {
    contract: contract.ticker,
    underlying,
    root,
    expiration,
    strike,
    right,
    multiplier,
    style: style === "american" || style === "european" || style === "bermudan" ? style : null,
  };
  return { row: { terms, strikeThousandths } };
}

function contradictionIn(contract: OptionContract, details: DetailsRow): string | undefined {
  const { contract_type: type, expiration_date: expiration, strike_price: strike } = details;
  if (type !== undefined && type !== null && RIGHTS.get(type) !== contract.right) {
    return contradiction("contract_type", contract.right === "C" ? "call" : "put", contract, type);
  }
  if (expiration !== undefined && expiration !== null && expiration !== contract.expiration) {
    return contradiction("expiration_date", contract.expiration, contract, expiration);
  }
  // A double of a strike is off by far less than a thousandth.
  if (strike !== undefined && strike !== null && Math.round(strike * 1_000) !== contract.strikeThousandths) {
    return contradiction("strike_price", String(contract.strike), contract, strike);
  }
  return undefined;
}

function contradiction(field: string, required: string, contract: OptionContract, value: unknown): string {
  return `'${field}' must be ${required} as ${contract.ticker} says, current value is ${describeValue(value)}`;
}

/** Roots of index series name their index. Any other root may be on anything. */
function foreignRoot({ root, underlying }: OptionContract): string | undefined {
  const known = underlyingOfRoot(root);
  if (known === root || known === underlying) return undefined;
  return `the underlying must be ${underlying}, current value is ${known} by its root ${root}`;
}
