import type { OptionRight } from "../market/rows.ts";
import { underlyingOfRoot } from "./underlying.ts";

/** One option contract as its ticker names it. Every object has the same properties in the same order. */
export interface OptionContract {
  /** Provider ticker, `O:SPXW251223P06870000`. */
  readonly ticker: string;
  /** OCC root, `SPXW`. */
  readonly root: string;
  /** What the contract is on, without `I:`: `SPX`. */
  readonly underlying: string;
  /** Expiration date, `YYYY-MM-DD`. */
  readonly expiration: string;
  readonly right: OptionRight;
  /** Strike in points (dollars) of the underlying: `strikeThousandths / 1000`. */
  readonly strike: number;
  /** The exact strike, a whole number in 1..99999999. */
  readonly strikeThousandths: number;
}

/** The underlying of a contract, without `I:`, from a contract list; `undefined` where the list does not know it. */
export type UnderlyingResolver = (root: string, ticker: string) => string | undefined;

// The tail has a fixed width, so a match can only be found from the right: the digits that end a root stay with it.
const TICKER = /^O:([A-Z][A-Z0-9]{0,5})(\d\d)(\d\d)(\d\d)([CP])(\d{8})$/;
const ROOT = /^[A-Z][A-Z0-9]{0,5}$/;
const DATE = /^20(\d\d)-(\d\d)-(\d\d)$/;

/**
 * Reads an option ticker: `O:`, a root of 1 to 6 letters and digits that starts with a letter, the expiration as
 * `YYMMDD` (years 2000 to 2099), `C` or `P`, the strike in thousandths in exactly 8 digits.
 *
 * @param underlyingOf asked first; where it is absent or answers `undefined`, `underlyingOfRoot` decides.
 * @returns `undefined` for any other text, for a date that no calendar has and for a strike of 0.
 * @example
 * ```ts
 * const contract = parseOptionTicker("O:SPXW251223P06870000");
 * contract?.underlying; // "SPX"
 * contract?.strike; // 6870
 * parseOptionTicker("O:AAPL1251219C00150000")?.root; // "AAPL1"
 * ```
 */
export function parseOptionTicker(ticker: string, underlyingOf?: UnderlyingResolver): OptionContract | undefined {
  const match = TICKER.exec(ticker);
  if (match === null) return undefined;
  const [, root = "", year = "", month = "", day = "", right = "", digits = ""] = match;
  const strikeThousandths = Number(digits);
  if (strikeThousandths === 0 || !isDate(Number(year), Number(month), Number(day))) return undefined;
  // Put together anew: a ticker cut out of a frame would keep the whole text of that frame alive.
  const own = `O:${root}${year}${month}${day}${right}${digits}`;
  return {
    ticker: own,
    root,
    underlying: underlyingOf?.(root, own) ?? underlyingOfRoot(root),
    expiration: `20${year}-${month}-${day}`,
    right: right === "C" ? "C" : "P",
    strike: strikeThousandths / 1000,
    strikeThousandths,
  };
}

/**
 * Writes the ticker that `parseOptionTicker` reads.
 *
 * @throws {RangeError} for a root, date, right or strike that no ticker can carry.
 * @example
 * ```ts
 * formatOptionTicker({ root: "SPXW", expiration: "2025-12-23", right: "P", strikeThousandths: 6_870_000 });
 * // "O:SPXW251223P06870000"
 * ```
 */
export function formatOptionTicker(
  parts: Pick<OptionContract, "root" | "expiration" | "right" | "strikeThousandths">,
): string {
  const { root, expiration, right, strikeThousandths } = parts;
  if (!ROOT.test(root)) {
    throw refusal(`'root' must be 1 to 6 upper-case letters and digits that start with a letter`, root);
  }
  const date = DATE.exec(expiration);
  if (date === null || !isDate(Number(date[1]), Number(date[2]), Number(date[3]))) {
    throw refusal("'expiration' must be a date YYYY-MM-DD in 2000..2099", expiration);
  }
  if (right !== "C" && right !== "P") throw refusal(`'right' must be "C" or "P"`, right);
  if (!Number.isInteger(strikeThousandths) || strikeThousandths < 1 || strikeThousandths > 99_999_999) {
    throw refusal("'strikeThousandths' must be an integer in 1..99999999", strikeThousandths);
  }
  return `O:${root}${date[1]}${date[2]}${date[3]}${right}${String(strikeThousandths).padStart(8, "0")}`;
}

function refusal(required: string, value: unknown): RangeError {
  return new RangeError(`Cannot format an option ticker: ${required}, current value is ${String(value)}`);
}

const DAYS_IN_MONTH: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether 20YY-MM-DD exists. 2000 was a leap year too, so in this century every fourth year is one. */
function isDate(twoDigitYear: number, month: number, day: number): boolean {
  const days = month === 2 && twoDigitYear % 4 === 0 ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
  return day >= 1 && day <= days;
}
