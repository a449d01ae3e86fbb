/** Stands for an absent exchange or sequence: both are never negative. */
export const ABSENT = -1;

/** Some 370 KB: what a quiet feed has. */
const BLOCK_PRINTS = 4_096;

/** The columns of a stretch of prints. */
export class PrintBlock {
  readonly contracts: string[] = new Array<string>(BLOCK_PRINTS).fill("");
  /** Event time in ms. */
  readonly tMs: Float64Array = new Float64Array(BLOCK_PRINTS);
  readonly prices: Float64Array = new Float64Array(BLOCK_PRINTS);
  readonly sizes: Float64Array = new Float64Array(BLOCK_PRINTS);
  readonly exchanges: Float64Array = new Float64Array(BLOCK_PRINTS);
  readonly sequences: Float64Array = new Float64Array(BLOCK_PRINTS);
  /** As `ConditionCodes` gives them. */
  readonly conditions: Int32Array = new Int32Array(BLOCK_PRINTS);
  readonly epochs: Int32Array = new Int32Array(BLOCK_PRINTS);
  /** Place of the print before of the same contract; -1 for none. */
  readonly older: Float64Array = new Float64Array(BLOCK_PRINTS);
  readonly states: Uint8Array = new Uint8Array(BLOCK_PRINTS);
  /** 1 bought, -1 sold, 0 unknown. */
  readonly signs: Int8Array = new Int8Array(BLOCK_PRINTS);
  /** 1 more than the place in `FLOW_BUCKETS`; 0 for none. */
  readonly buckets: Uint8Array = new Uint8Array(BLOCK_PRINTS);
  /** Of the side; NaN where there is none. */
  readonly confidences: Float64Array = new Float64Array(BLOCK_PRINTS);
  /** Of the contract; NaN where it was not known. */
  readonly deltas: Float64Array = new Float64Array(BLOCK_PRINTS);

  /** Everything that tells one print from another, the epoch apart. */
  identityAt(slot: number): string {
    return `${this.contracts[slot]}|${this.tMs[slot]}|${this.sequences[slot]}|${this.prices[slot]}|${this.sizes[slot]}|${this.exchanges[slot]}|${this.conditions[slot]}`;
  }
}

/**
 * A queue of prints in columns, block by block: it grows without a copy of what it has, and gives back what a burst took.
 * A print has a place, which counts up for ever, and by it a block and a slot in that.
 */
export class PrintQueue {
  #blocks: PrintBlock[] = [new PrintBlock()];
  /** Place of the first slot of the first block. */
  #start = 0;
  /** The last block that was left behind, for the next one that is needed. */
  #spare: PrintBlock | undefined;
  #head = 0;
  #tail = 0;

  /** Place of the oldest print. */
  get head(): number {
    return this.#head;
  }

  /** Place of the next print. */
  get tail(): number {
    return this.#tail;
  }

  /** Takes in one more print, whose columns are still to be written. @returns its place. */
  push(): number {
    const place = this.#tail++;
    if (place - this.#start === this.#blocks.length * BLOCK_PRINTS) {
      this.#blocks.push(this.#spare ?? new PrintBlock());
      this.#spare = undefined;
    }
    return place;
  }

  /** Lets go of the oldest print. */
  shift(): void {
    this.#head++;
    if (this.#head - this.#start < BLOCK_PRINTS || this.#blocks.length === 1) return;
    this.#spare = this.#blocks.shift();
    this.#start += BLOCK_PRINTS;
  }

  /** The block of a place from `head` to `tail`, `tail` excluded. */
  blockOf(place: number): PrintBlock {
    const block = this.#blocks[Math.floor((place - this.#start) / BLOCK_PRINTS)];
    if (block === undefined)
      throw new RangeError(`Cannot find a print: its place must be held, current value is ${place}`);
    return block;
  }

  slotOf(place: number): number {
    return (place - this.#start) % BLOCK_PRINTS;
  }
}
