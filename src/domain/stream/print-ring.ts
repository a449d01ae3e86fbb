/** Stands for an absent exchange or sequence: both are never negative. */
export const ABSENT = -1;

type Column = Float64Array | Int32Array | Int8Array | Uint8Array;

/** The columns of a ring of prints. Place p stands in slot p modulo capacity, a power of two. */
export class PrintRing {
  readonly capacity: number;
  readonly contracts: string[];
  /** Event time in ms. */
  readonly tMs: Float64Array;
  readonly prices: Float64Array;
  readonly sizes: Float64Array;
  readonly exchanges: Float64Array;
  readonly sequences: Float64Array;
  /** As `ConditionCodes` gives them. */
  readonly conditions: Int32Array;
  readonly epochs: Int32Array;
  /** Place of the print before of the same contract; -1 for none. */
  readonly older: Float64Array;
  readonly states: Uint8Array;
  /** 1 bought, -1 sold, 0 unknown. */
  readonly signs: Int8Array;
  /** 1 more than the place in `FLOW_BUCKETS`; 0 for none. */
  readonly buckets: Uint8Array;
  /** Of the side; NaN where there is none. */
  readonly confidences: Float64Array;
  /** Of the contract; NaN where it was not known. */
  readonly deltas: Float64Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.contracts = new Array<string>(capacity).fill("");
    this.tMs = new Float64Array(capacity);
    this.prices = new Float64Array(capacity);
    this.sizes = new Float64Array(capacity);
    this.exchanges = new Float64Array(capacity);
    this.sequences = new Float64Array(capacity);
    this.conditions = new Int32Array(capacity);
    this.epochs = new Int32Array(capacity);
    this.older = new Float64Array(capacity);
    this.states = new Uint8Array(capacity);
    this.signs = new Int8Array(capacity);
    this.buckets = new Uint8Array(capacity);
    this.confidences = new Float64Array(capacity);
    this.deltas = new Float64Array(capacity);
  }

  slotOf(place: number): number {
    return place & (this.capacity - 1);
  }

  /** Everything that tells one print from another, the epoch apart. */
  identityAt(slot: number): string {
    return `${this.contracts[slot]}|${this.tMs[slot]}|${this.sequences[slot]}|${this.prices[slot]}|${this.sizes[slot]}|${this.exchanges[slot]}|${this.conditions[slot]}`;
  }

  /** A ring of twice the capacity with the prints of places `head` to `tail`, `tail` excluded. */
  grown(head: number, tail: number): PrintRing {
    const next = new PrintRing(this.capacity * 2);
    for (let place = head; place < tail; ) {
      const from = this.slotOf(place);
      const to = next.slotOf(place);
      // Up to where one of the two begins anew.
      const count = Math.min(tail - place, this.capacity - from, next.capacity - to);
      for (let index = 0; index < count; index++) next.contracts[to + index] = this.contracts[from + index] ?? "";
      for (const [column, copy] of next.#columnsWith(this)) copy.set(column.subarray(from, from + count), to);
      place += count;
    }
    return next;
  }

  /** Each column of numbers of another ring, and the one here that it belongs to. */
  #columnsWith(other: PrintRing): readonly (readonly [Column, Column])[] {
    return [
      [other.tMs, this.tMs],
      [other.prices, this.prices],
      [other.sizes, this.sizes],
      [other.exchanges, this.exchanges],
      [other.sequences, this.sequences],
      [other.conditions, this.conditions],
      [other.epochs, this.epochs],
      [other.older, this.older],
      [other.states, this.states],
      [other.signs, this.signs],
      [other.buckets, this.buckets],
      [other.confidences, this.confidences],
      [other.deltas, this.deltas],
    ];
  }
}

/** Lists of one id below this are their own code. */
const DIRECT_IDS = 4096;
/** Lists remembered at most; a feed has hundreds. */
const MAX_LISTS = 65_536;

/** Numbers for lists of condition ids, equal lists alike: few lists occur, in millions of prints. */
export class ConditionCodes {
  readonly #codes = new Map<string, number>();
  #next = DIRECT_IDS + 1;

  codeOf(conditions: readonly number[] | undefined): number {
    if (conditions === undefined) return 0;
    const first = conditions[0];
    if (conditions.length === 1 && first !== undefined && first < DIRECT_IDS) return first + 1;
    const list = conditions.join();
    const known = this.#codes.get(list);
    if (known !== undefined) return known;
    // Codes are never given twice: a forgotten list makes equal prints look different, never the other way round.
    if (this.#codes.size >= MAX_LISTS) this.#codes.clear();
    const code = this.#next++;
    this.#codes.set(list, code);
    return code;
  }
}
