import type { MissingReason } from "./contract.ts";
import type { MeasuredContract } from "./measure.ts";
import { type ExposureFigures, exposureFigures, SIDES_PER_EXPOSURE } from "./sums.ts";

const ROW = 4 * SIDES_PER_EXPOSURE;
const FIRST_CAPACITY = 256;

/**
 * A row of exposures as plain numbers: GEX, VEX, CHEX and the delta to the close, of each calls, puts and absolute; NaN
 * where no contract counts.
 */
export type ExposureAmounts = Float64Array;

/** A row in which nothing counts. */
export function noAmounts(): ExposureAmounts {
  return new Float64Array(ROW).fill(Number.NaN);
}

/** Adds a row to a sum. The same rows in the same order give the same bits. */
export function addAmounts(sum: ExposureAmounts, row: ExposureAmounts): void {
  addRow(sum, row, 0);
}

/** The rows of many strikes side by side in memory, so that sums over hundreds of them take microseconds. */
export class AmountTable {
  readonly #free: number[] = [];
  #rows = new Float64Array(FIRST_CAPACITY * ROW);
  #length = 0;

  /** A slot for one row, whose content is undefined until it is set. */
  take(): number {
    const slot = this.#free.pop() ?? this.#length++;
    if ((slot + 1) * ROW > this.#rows.length) {
      const grown = new Float64Array(2 * this.#rows.length);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    return slot;
  }

  /** Gives a slot back. */
  release(slot: number): void {
    this.#free.push(slot);
  }

  /** What a call and a put add together. */
  set(slot: number, call: MeasuredContract | null, put: MeasuredContract | null): void {
    const rows = this.#rows;
    const from = slot * ROW;
    rows.fill(Number.NaN, from, from + ROW);
    if (call !== null) addContract(rows, from, call, 0);
    if (put !== null) addContract(rows, from, put, 1);
  }

  /** The figures of a row. */
  figures(slot: number): ExposureFigures {
    return exposureFigures(this.#rows, slot * ROW);
  }

  /** Writes the sum of rows, in the order given, in place of what `sum` was. */
  sum(slots: readonly number[], sum: ExposureAmounts): void {
    sum.fill(Number.NaN);
    for (const slot of slots) addRow(sum, this.#rows, slot * ROW);
  }
}

function addRow(sum: Float64Array, rows: Float64Array, from: number): void {
  for (let index = 0; index < ROW; index++) add(sum, index, rows[from + index] ?? Number.NaN);
}

function addContract(rows: Float64Array, from: number, measured: MeasuredContract, side: 0 | 1): void {
  addSide(rows, from, side, measured.gexUsdPerPct);
  addSide(rows, from + SIDES_PER_EXPOSURE, side, measured.vexUsdPerVolPoint);
  addSide(rows, from + 2 * SIDES_PER_EXPOSURE, side, measured.chexUsdPerDay);
  addSide(rows, from + 3 * SIDES_PER_EXPOSURE, side, measured.deltaToCloseUsd);
}

function addSide(rows: Float64Array, at: number, side: 0 | 1, amount: number | MissingReason): void {
  if (typeof amount === "string") return;
  // Nothing held short is 0 too, not -0.
  add(rows, at + side, amount + 0);
  add(rows, at + 2, Math.abs(amount));
}

function add(sums: Float64Array, index: number, amount: number): void {
  if (Number.isNaN(amount)) return;
  const before = sums[index] ?? Number.NaN;
  sums[index] = Number.isNaN(before) ? amount : before + amount;
}
