import { type OptionContract, parseOptionTicker, type UnderlyingResolver } from "./option-symbol.ts";

/**
 * Parsed option tickers, so that a stream parses each contract once and not once per event. Bounded: it holds at most
 * `capacity` contracts in two generations. Once the young one has half the capacity it becomes the old one, and the
 * old one before it is let go; a contract found in the old one moves to the young. So whatever was asked for among the
 * last `capacity / 2` different contracts is still there.
 *
 * Text that is no ticker is parsed again each time it comes: remembering it would let junk push out contracts.
 *
 * @example
 * ```ts
 * const contracts = new OptionContractCache();
 * contracts.get("O:SPXW251223P06870000")?.strike; // 6870
 * contracts.get("SPXW"); // undefined
 * ```
 */
export class OptionContractCache {
  readonly #half: number;
  readonly #underlyingOf: UnderlyingResolver | undefined;
  #young = new Map<string, OptionContract>();
  #old = new Map<string, OptionContract>();

  /**
   * @param options.capacity contracts held at most, an integer of at least 2; default 65536.
   * @param options.underlyingOf asked when a contract enters the cache; a later change of its answer is not seen.
   * @throws {RangeError} for an impossible capacity.
   */
  constructor(options: { capacity?: number; underlyingOf?: UnderlyingResolver } = {}) {
    const { capacity = 65_536, underlyingOf } = options;
    if (!Number.isSafeInteger(capacity) || capacity < 2) {
      throw new RangeError(
        `Cannot create an option contract cache: 'capacity' must be an integer of at least 2, current value is ${capacity}`,
      );
    }
    this.#half = Math.floor(capacity / 2);
    this.#underlyingOf = underlyingOf;
  }

  /** The contract that a ticker names, the same object while it is held; `undefined` for what is no ticker. */
  get(ticker: string): OptionContract | undefined {
    const young = this.#young.get(ticker);
    if (young !== undefined) return young;
    const contract = this.#old.get(ticker) ?? parseOptionTicker(ticker, this.#underlyingOf);
    if (contract === undefined) return undefined;
    if (this.#young.size >= this.#half) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(contract.ticker, contract);
    return contract;
  }
}
