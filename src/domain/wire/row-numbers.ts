import { QUOTE_FIELDS } from "../market/quote-numbers.ts";

const FIRST_ROWS = 16;
/** Room for more rows than this is given back after a payload that had little use for it. */
const MOST_SPARE_ROWS = 1_024;

/**
 * The quotes and option trades of one payload once more, as numbers, each in the order of the rows of its batch: for who
 * keeps numbers of them and no rows. Whoever reads the next payload into it writes over them; of a payload that is refused it
 * has none.
 *
 * A hint is a number for `HintedMap` that goes with the row's symbol; 0 is none.
 */
export class RowNumbers {
  /** How many quotes there are: the rows of type `nbbo`. */
  quoteCount = 0;
  quoteHints: Int32Array = new Int32Array(FIRST_ROWS);
  /**
   * Eight numbers of each, NaN where absent: bid and ask, points; their sizes, contracts; their exchanges in one, as
   * `exchangesOf` in `quote-numbers.ts` makes it; sequence; event time, ms, and the ns behind it.
   */
  quotes: Float64Array = new Float64Array(FIRST_ROWS * QUOTE_FIELDS);
  /** How many prints there are: the rows of type `optionTrade`. */
  tradeCount = 0;
  tradeHints: Int32Array = new Int32Array(FIRST_ROWS);
  /** Event times, ms. */
  tradeMs: Float64Array = new Float64Array(FIRST_ROWS);

  /** Forgets what it has, and gives most of its memory back where little of it was used. */
  clear(): void {
    if (isSpare(this.quoteHints.length, this.quoteCount)) {
      this.quoteHints = new Int32Array(FIRST_ROWS);
      this.quotes = new Float64Array(FIRST_ROWS * QUOTE_FIELDS);
    }
    if (isSpare(this.tradeHints.length, this.tradeCount)) {
      this.tradeHints = new Int32Array(FIRST_ROWS);
      this.tradeMs = new Float64Array(FIRST_ROWS);
    }
    this.quoteCount = 0;
    this.tradeCount = 0;
  }

  /** Makes room for one more quote. @returns where its numbers go among `quotes`. */
  openQuote(hint: number): number {
    const index = this.quoteCount++;
    if (index === this.quoteHints.length) {
      this.quoteHints = doubled(this.quoteHints, Int32Array);
      this.quotes = doubled(this.quotes, Float64Array);
    }
    this.quoteHints[index] = hint;
    return index * QUOTE_FIELDS;
  }

  addTrade(hint: number, tMs: number): void {
    const index = this.tradeCount++;
    if (index === this.tradeHints.length) {
      this.tradeHints = doubled(this.tradeHints, Int32Array);
      this.tradeMs = doubled(this.tradeMs, Float64Array);
    }
    this.tradeHints[index] = hint;
    this.tradeMs[index] = tMs;
  }
}

function isSpare(room: number, used: number): boolean {
  return room > MOST_SPARE_ROWS && used <= room / 4;
}

function doubled<Numbers extends Int32Array | Float64Array>(
  numbers: Numbers,
  kind: new (size: number) => Numbers,
): Numbers {
  const larger = new kind(2 * numbers.length);
  larger.set(numbers);
  return larger;
}
