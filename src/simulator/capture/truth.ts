import type { BrokenEvent, BrokenFrame, CapturedPrint, CaptureFrame, OtherEvent } from "./capture-item.ts";

/** Sums over prints. */
export interface PrintSums {
  readonly prints: number;
  readonly contracts: number;
  /** Exact, as decimal text: the sum of round(price * 10^6) * size, that is micropoints times contracts. */
  readonly premiumMicropoints: string;
}

/** What the generator knows about a capture, for readers to be held against. */
export interface CaptureTruth {
  readonly seed: number;
  readonly frames: number;
  readonly connections: number;
  /** Events in frames that can be read, of every kind and broken ones included. */
  readonly events: number;
  /** Good trade events: cancels, late reports and repeated prints included. */
  readonly trades: number;
  readonly quotes: number;
  readonly statuses: number;
  readonly other: Readonly<Record<OtherEvent, number>>;
  /** Prints that the second connection repeats of the first. */
  readonly duplicates: number;
  /** Prints that equal another in every field and count nevertheless. */
  readonly equalPrints: number;
  readonly multiLegPrints: number;
  readonly lateReports: number;
  readonly cancels: { readonly matched: number; readonly unmatched: number };
  /** Good rows with an event time below the highest of the frames before. */
  readonly lateRows: { readonly trades: number; readonly quotes: number };
  /** Orders whose fills of one millisecond lie in two frames. */
  readonly splitOrders: number;
  readonly malformed: {
    readonly frames: Readonly<Record<BrokenFrame, number>>;
    readonly events: Readonly<Record<BrokenEvent, number>>;
  };
  /**
   * By underlying and expiration, the prints that count: no cancels, late reports or duplicates, and without those that
   * a cancel took back.
   */
  readonly counted: Readonly<Record<string, Readonly<Record<string, PrintSums>>>>;
}

/** Counts a capture from what its generator knows of each item, without reading the texts. */
export function accountFor(frames: readonly CaptureFrame[], seed: number, connections: number): CaptureTruth {
  const totals = { events: 0, trades: 0, quotes: 0, statuses: 0, duplicates: 0, equalPrints: 0, multiLegPrints: 0 };
  const other: Record<OtherEvent, number> = { AM: 0, FMV: 0 };
  const brokenFrames: Record<BrokenFrame, number> = { truncated: 0, notJson: 0 };
  const brokenEvents: Record<BrokenEvent, number> = {
    stringPrice: 0,
    negativeSize: 0,
    impossibleDate: 0,
    farFuture: 0,
  };
  const lateRows = { trades: 0, quotes: 0 };
  const cancels = { matched: 0, unmatched: 0 };
  let lateReports = 0;
  let highestMs = 0;
  const standing = new Map<number, CapturedPrint>();
  const framesOfOrder = new Map<string, Set<CaptureFrame>>();

  for (const frame of frames) {
    if (frame.fault !== undefined) {
      brokenFrames[frame.fault] += 1;
      continue;
    }
    let highestOfFrameMs = highestMs;
    for (const item of frame.items) {
      totals.events += 1;
      if (item.kind === "status") totals.statuses += 1;
      else if (item.kind === "other") other[item.ev] += 1;
      else if (item.kind === "broken") brokenEvents[item.fault] += 1;
      else if (item.kind === "quote") {
        totals.quotes += 1;
        if (item.tMs < highestMs) lateRows.quotes += 1;
        highestOfFrameMs = Math.max(highestOfFrameMs, item.tMs);
      } else {
        const { print, isRepeat } = item;
        totals.trades += 1;
        if (print.tMs < highestMs) lateRows.trades += 1;
        highestOfFrameMs = Math.max(highestOfFrameMs, print.tMs);
        if (print.kind === "leg") totals.multiLegPrints += 1;
        if (isRepeat) {
          totals.duplicates += 1;
        } else if (print.kind === "lateReport") {
          lateReports += 1;
        } else if (print.cancelOf !== undefined) {
          if (standing.delete(print.cancelOf)) cancels.matched += 1;
          else cancels.unmatched += 1;
        } else {
          standing.set(print.printId, print);
          if (print.equalTo !== undefined) totals.equalPrints += 1;
          const order = `${print.orderId} ${print.tMs}`;
          framesOfOrder.set(order, (framesOfOrder.get(order) ?? new Set()).add(frame));
        }
      }
    }
    highestMs = highestOfFrameMs;
  }
  return {
    seed,
    frames: frames.length,
    connections,
    ...totals,
    other,
    lateReports,
    cancels,
    lateRows,
    splitOrders: [...framesOfOrder.values()].filter(({ size }) => size > 1).length,
    malformed: { frames: brokenFrames, events: brokenEvents },
    counted: sumByExpiration([...standing.values()]),
  };
}

function sumByExpiration(prints: readonly CapturedPrint[]): CaptureTruth["counted"] {
  const counted: Record<string, Record<string, PrintSums>> = {};
  for (const underlying of [...new Set(prints.map((print) => print.underlying))].sort()) {
    const ofUnderlying = prints.filter((print) => print.underlying === underlying);
    const sums: Record<string, PrintSums> = {};
    for (const expiration of [...new Set(ofUnderlying.map((print) => print.expiration))].sort()) {
      sums[expiration] = sumOf(ofUnderlying.filter((print) => print.expiration === expiration));
    }
    counted[underlying] = sums;
  }
  return counted;
}

function sumOf(prints: readonly CapturedPrint[]): PrintSums {
  let contracts = 0;
  let premium = 0n;
  for (const { priceCents, size } of prints) {
    contracts += size;
    premium += BigInt(priceCents) * 10_000n * BigInt(size);
  }
  return { prints: prints.length, contracts, premiumMicropoints: String(premium) };
}
