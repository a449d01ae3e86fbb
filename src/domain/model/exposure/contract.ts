import type { ContractTerms } from "../../epoch/substrate.ts";
import { MINUTES_PER_YEAR } from "../time-to-expiry.ts";
import { dealerSign, type ExposureConvention } from "./sign-model.ts";

/** What tells the contracts of one underlying apart. */
export type ExposureContractId = Pick<ContractTerms, "root" | "expiration" | "strike" | "right">;

/** One contract as exposures see it. Missing is `null`. */
export interface ExposureContract extends ExposureContractId, Pick<ContractTerms, "multiplier"> {
  /** Contracts, at the close of the day before. */
  readonly openInterest: number | null;
  /** Contracts, of the trading day. */
  readonly volume: number | null;
  /** Contracts that dealers are estimated to hold, below 0 where they are short. */
  readonly dealerPosition: number | null;
  /** A fraction per year: 0.15 is 15 vol points. */
  readonly iv: number | null;
  /** Per point. Computed from `iv` where missing. */
  readonly delta: number | null;
  /** Per point squared. Computed from `iv` where missing. */
  readonly gamma: number | null;
  /** Whose delta and gamma these are; `null` where both are missing. */
  readonly greeksSource: "provider" | "model" | null;
  /** To settlement; at or below 0 the contract has settled. `null` where unknown. */
  readonly years: number | null;
  /** Continuously compounded, fractions per year. */
  readonly rate: number;
  readonly dividendYield: number;
}

/**
 * Why a contract does not count: `bad_terms` strike, multiplier, rates or time are no such thing; `settled`;
 * `no_quantity` the basis is missing; `bad_quantity` it is no possible number; `no_greek` neither the greek nor an implied
 * volatility; `bad_greek` one was given, but is no possible number, and there is no other.
 */
export type MissingReason = "bad_terms" | "settled" | "no_quantity" | "bad_quantity" | "no_greek" | "bad_greek";

/** All reasons, in the order in which they are looked for. */
export const MISSING_REASONS: readonly MissingReason[] = [
  "bad_terms",
  "settled",
  "no_quantity",
  "bad_quantity",
  "no_greek",
  "bad_greek",
];

/** Time is at least this long: gamma has no bound as it runs out. One minute. */
export const LEAST_YEARS: number = 1 / MINUTES_PER_YEAR;

/** Implied volatilities beyond these count as absurd. */
export const IV_RANGE: readonly [least: number, most: number] = [0.01, 5];

// Wide enough for any market, narrow enough that no product of them overflows.
const LEAST_POINTS = 1e-6;
const MOST_POINTS = 1e9;
const MOST_MULTIPLIER = 1e6;
const MOST_CONTRACTS = 1e9;
const MOST_YEARS = 100;

/**
 * The dealers' signed position in a contract, in contracts, or why it has none that can count.
 */
export function countedPosition(contract: ExposureContract, convention: ExposureConvention): number | MissingReason {
  const { strike, multiplier, rate, dividendYield, years } = contract;
  const terms =
    isPoints(strike) &&
    multiplier > 0 &&
    multiplier <= MOST_MULTIPLIER &&
    Math.abs(rate) <= 1 &&
    Math.abs(dividendYield) <= 1 &&
    years !== null &&
    years <= MOST_YEARS;
  if (!terms) return "bad_terms";
  if (!(years > 0)) return "settled";
  if (convention.basis === "flow") {
    const position = contract.dealerPosition;
    if (position === null) return "no_quantity";
    return Math.abs(position) <= MOST_CONTRACTS ? position : "bad_quantity";
  }
  const quantity = convention.basis === "volume" ? contract.volume : contract.openInterest;
  if (quantity === null) return "no_quantity";
  if (!(quantity >= 0 && quantity <= MOST_CONTRACTS)) return "bad_quantity";
  return dealerSign(convention.signModel, contract.right) * quantity;
}

/** The implied volatility of a contract where it can be reckoned with, or why not. */
export function countedIv({ iv }: Pick<ExposureContract, "iv">): number | MissingReason {
  if (iv === null) return "no_greek";
  return iv >= IV_RANGE[0] && iv <= IV_RANGE[1] ? iv : "bad_greek";
}

/** Order of summation: by expiration, root, strike, calls before puts. */
export function compareContracts(a: ExposureContractId, b: ExposureContractId): number {
  if (a.expiration !== b.expiration) return a.expiration < b.expiration ? -1 : 1;
  if (a.root !== b.root) return a.root < b.root ? -1 : 1;
  if (a.strike !== b.strike) return a.strike - b.strike;
  return a.right === b.right ? 0 : a.right === "C" ? -1 : 1;
}

/** @throws {RangeError} for a spot that no exposure can be told at. */
export function requireSpot(spot: number): void {
  if (isPoints(spot)) return;
  throw new RangeError(`Cannot tell exposures: 'spot' must be from 1e-6 to 1e9, current value is ${spot}`);
}

/** Whether a number can be a spot or a strike that exposures are told of. */
export function isPoints(value: number): boolean {
  return value >= LEAST_POINTS && value <= MOST_POINTS;
}
