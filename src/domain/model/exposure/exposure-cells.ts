import { isDate } from "../../market/trading-day.ts";
import { AmountTable, addAmounts, type ExposureAmounts, noAmounts } from "./amount-table.ts";
import { compareContracts, type ExposureContract, type ExposureContractId, isPoints, requireSpot } from "./contract.ts";
import { ExposureCounter, type ExposureCounts } from "./counts.ts";
import { type MeasuredContract, measureContract } from "./measure.ts";
import type { ExposureConvention } from "./sign-model.ts";
import { type ExposureFigures, exposureFigures } from "./sums.ts";

/** Exposures of one strike of one expiration. */
export interface ExposureCell extends ExposureFigures, Pick<ExposureContractId, "root" | "expiration" | "strike"> {}

/** Exposures of one strike over all expirations. */
export interface StrikeExposure extends ExposureFigures {
  readonly strike: number;
}

/** Exposures of one expiration over all strikes. An AM and a PM settled series of one date are two. */
export interface SeriesExposure extends ExposureFigures, Pick<ExposureContractId, "root" | "expiration"> {
  /** Expires on the trading day itself. */
  readonly isZeroDte: boolean;
}

/** All exposures of an underlying, at one spot. */
export interface ExposureReport {
  readonly spot: number;
  readonly convention: ExposureConvention;
  /** By expiration, root and strike, ascending. */
  readonly cells: readonly ExposureCell[];
  /** Ascending. Each the sum of its cells in their order. */
  readonly byStrike: readonly StrikeExposure[];
  /** By expiration and root, ascending. Each the sum of its cells in their order. */
  readonly bySeries: readonly SeriesExposure[];
  /** The sum of `bySeries` in its order. */
  readonly totals: ExposureFigures;
  /** What share of absolute GEX expires today, 0 to 1; `null` where there is none. */
  readonly zeroDteShare: number | null;
  readonly counts: ExposureCounts;
}

/** What the cells are computed for. */
export interface ExposureCellsOptions {
  /** Points, above 0. */
  readonly spot: number;
  readonly convention: ExposureConvention;
  /** `YYYY-MM-DD`: what expires on it is 0DTE. */
  readonly tradingDay: string;
}

/**
 * Exposures by strike and expiration that follow single contracts. What a contract adds is kept, and groups are summed
 * anew from what they hold, in a fixed order, when a contract of theirs changes: however the contracts came, the same ones
 * give the same report to the last bit.
 *
 * Spot and time are frozen: another spot, or contracts whose `years` moved on, take new cells.
 *
 * @example
 * ```ts
 * const cells = new ExposureCells({ spot: 5000, convention: NAIVE_OPEN_INTEREST, tradingDay: "2026-01-07" });
 * cells.update({
 *   root: "SPXW", expiration: "2026-01-07", right: "C", strike: 5000, multiplier: 100, openInterest: 1000, volume: null,
 *   dealerPosition: null, iv: null, delta: null, gamma: 0.002, greeksSource: "provider", years: 0.001, rate: 0.04,
 *   dividendYield: 0.013,
 * });
 * cells.report().totals.gexUsdPerPct.net; // 50000000: dollars of delta per 1 %
 * ```
 */
export class ExposureCells {
  readonly #options: ExposureCellsOptions;
  readonly #cells = new Map<string, Cell>();
  readonly #byStrike = new Map<number, Group<StrikeExposure>>();
  readonly #bySeries = new Map<string, Group<SeriesExposure>>();
  readonly #counter = new ExposureCounter();
  readonly #table = new AmountTable();
  /** Cells that changed since the last report. */
  readonly #changed = new Set<Cell>();
  #cellReports: readonly ExposureCell[] | null = null;
  #strikeOrder: readonly Group<StrikeExposure>[] | null = null;
  #seriesOrder: readonly Group<SeriesExposure>[] | null = null;

  /** @throws {RangeError} for a spot that is not from 1e-6 to 1e9. */
  constructor(options: ExposureCellsOptions) {
    requireSpot(options.spot);
    this.#options = options;
  }

  /** Takes a contract, in place of what it was before. */
  update(contract: ExposureContract): void {
    const cell = this.#cellOf(contract);
    const measured = measureContract(contract, this.#options.spot, this.#options.convention);
    const before = contract.right === "C" ? cell.call : cell.put;
    if (before !== null) this.#counter.count(before, -1);
    this.#counter.count(measured, 1);
    if (contract.right === "C") cell.call = measured;
    else cell.put = measured;
    this.#touch(cell);
  }

  /** Forgets a contract; one that is not there is none to forget. */
  remove(id: ExposureContractId): void {
    const cell = this.#cells.get(cellKey(id));
    const before = id.right === "C" ? cell?.call : cell?.put;
    if (cell === undefined || before === undefined || before === null) return;
    this.#counter.count(before, -1);
    if (id.right === "C") cell.call = null;
    else cell.put = null;
    if (cell.call === null && cell.put === null) this.#drop(cell);
    else this.#touch(cell);
  }

  /** All exposures as they stand. What did not change since the last report is the same object. */
  report(): ExposureReport {
    this.#strikeOrder ??= [...this.#byStrike.values()].sort((a, b) => a.first.id.strike - b.first.id.strike);
    this.#seriesOrder ??= [...this.#bySeries.values()].sort((a, b) => compareContracts(a.first.id, b.first.id));
    const { spot, convention, tradingDay } = this.#options;
    const cells = this.#reportCells();
    const byStrike = this.#strikeOrder.map((group) =>
      this.#groupReport(group, (figures, { strike }) => ({ strike, ...figures })),
    );
    const bySeries = this.#seriesOrder.map((group) =>
      this.#groupReport(group, (figures, { root, expiration }) => ({
        root,
        expiration,
        isZeroDte: expiration === tradingDay,
        ...figures,
      })),
    );
    const totals = sumOf(this.#seriesOrder);
    const today = this.#seriesOrder.filter(({ first }) => first.id.expiration === tradingDay);
    return {
      spot,
      convention,
      cells,
      byStrike,
      bySeries,
      totals,
      zeroDteShare: shareOf(sumOf(today), totals),
      counts: this.#counter.counts(),
    };
  }

  #cellOf(contract: ExposureContract): Cell {
    const key = cellKey(contract);
    const known = this.#cells.get(key);
    if (known !== undefined) return known;
    const { root, expiration, strike } = contract;
    const cell: Cell = {
      // The right has no meaning in the order of cells.
      id: { root, expiration, strike, right: "C" },
      groups: [],
      call: null,
      put: null,
      slot: this.#table.take(),
      place: -1,
      report: null,
    };
    // A strike or an expiration that is none is counted, and told nowhere.
    const series = seriesKey(contract);
    if (isPoints(strike) && (this.#bySeries.has(series) || isDate(expiration))) {
      cell.groups.push(join(this.#byStrike, strike, cell), join(this.#bySeries, series, cell));
    }
    this.#cells.set(key, cell);
    this.#forgetOrder();
    return cell;
  }

  #drop(cell: Cell): void {
    this.#cells.delete(cellKey(cell.id));
    this.#table.release(cell.slot);
    leave(this.#byStrike, cell.id.strike, cell);
    leave(this.#bySeries, seriesKey(cell.id), cell);
    this.#forgetOrder();
  }

  /** Most cells are those of the last report: a copy with the changed ones replaced takes no look at the others. */
  #reportCells(): readonly ExposureCell[] {
    if (this.#cellReports === null) {
      const order = [...this.#cells.values()].filter(({ groups }) => groups.length > 0);
      order.sort((a, b) => compareContracts(a.id, b.id));
      for (const [place, cell] of order.entries()) cell.place = place;
      this.#cellReports = order.map((cell) => this.#cellReport(cell));
    } else {
      const cells = [...this.#cellReports];
      for (const cell of this.#changed) if (cell.place >= 0) cells[cell.place] = this.#cellReport(cell);
      this.#cellReports = cells;
    }
    this.#changed.clear();
    return this.#cellReports;
  }

  #touch(cell: Cell): void {
    this.#changed.add(cell);
    this.#table.set(cell.slot, cell.call, cell.put);
    cell.report = null;
    for (const group of cell.groups) group.report = null;
  }

  #cellReport(cell: Cell): ExposureCell {
    if (cell.report === null) {
      const { root, expiration, strike } = cell.id;
      cell.report = { root, expiration, strike, ...this.#table.figures(cell.slot) };
    }
    return cell.report;
  }

  #groupReport<Report>(
    group: Group<Report>,
    name: (figures: ExposureFigures, id: ExposureContractId) => Report,
  ): Report {
    if (group.report === null) {
      if (group.slots === null) {
        group.cells.sort((a, b) => compareContracts(a.id, b.id));
        group.slots = group.cells.map(({ slot }) => slot);
      }
      this.#table.sum(group.slots, group.amounts);
      group.report = name(exposureFigures(group.amounts), group.first.id);
    }
    return group.report;
  }

  #forgetOrder(): void {
    this.#cellReports = null;
    this.#strikeOrder = null;
    this.#seriesOrder = null;
  }
}

interface Cell {
  readonly id: ExposureContractId;
  readonly groups: { report: unknown }[];
  readonly slot: number;
  /** Among the cells of a report; -1 before there is one, and for a cell that is in none. */
  place: number;
  call: MeasuredContract | null;
  put: MeasuredContract | null;
  /** `null` until it is asked for after a change; so in groups. */
  report: ExposureCell | null;
}

interface Group<Report> {
  /** Any of its cells, to tell its name by. */
  first: Cell;
  readonly cells: Cell[];
  /** Of its cells in their order; `null` until it is known. */
  slots: readonly number[] | null;
  /** As of its last report. */
  readonly amounts: ExposureAmounts;
  report: Report | null;
}

function join<Key, Report>(groups: Map<Key, Group<Report>>, key: Key, cell: Cell): Group<Report> {
  const known = groups.get(key);
  const group: Group<Report> = known ?? { first: cell, cells: [], slots: null, amounts: noAmounts(), report: null };
  if (known === undefined) groups.set(key, group);
  group.cells.push(cell);
  group.slots = null;
  group.report = null;
  return group;
}

function leave<Key, Report>(groups: Map<Key, Group<Report>>, key: Key, cell: Cell): void {
  const group = groups.get(key);
  if (group === undefined) return;
  group.cells.splice(group.cells.indexOf(cell), 1);
  group.slots = null;
  group.report = null;
  const first = group.cells[0];
  if (first === undefined) groups.delete(key);
  else group.first = first;
}

/** Of groups that have just been reported, in the order given. */
function sumOf(groups: readonly Group<unknown>[]): ExposureFigures {
  const sum = noAmounts();
  for (const group of groups) addAmounts(sum, group.amounts);
  return exposureFigures(sum);
}

function shareOf(part: ExposureFigures, all: ExposureFigures): number | null {
  const whole = all.gexUsdPerPct.absolute;
  return whole === null || whole === 0 ? null : (part.gexUsdPerPct.absolute ?? 0) / whole;
}

function seriesKey({ root, expiration }: ExposureContractId): string {
  return `${root}:${expiration}`;
}

function cellKey(id: ExposureContractId): string {
  return `${id.root}:${id.expiration}:${id.strike}`;
}
