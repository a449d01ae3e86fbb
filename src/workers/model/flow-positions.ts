import { isStrikewireError } from "../../domain/errors.ts";
import type { GridSnapshot } from "../../domain/flow/snapshot.ts";
import { formatOptionTicker } from "../../domain/instrument/option-symbol.ts";
import { eventMs } from "../../domain/market/event-ms.ts";
import type { TradingCalendar } from "../../domain/market/trading-calendar.ts";
import type { DealerBook, DealerPositions } from "../../ports/dealer-positions.ts";
import type { FlowSnapshotStore } from "../../ports/flow-snapshot-store.ts";
import type { Logger } from "../../ports/logger.ts";

/**
 * Dealers' positions by the flow snapshots of a hydrator: of each contract what customers sold less what they bought, each
 * print as far as its side can be relied on (`dealerPositionChange`). Prints whose rule has no published accuracy are not in
 * them.
 */
export class FlowPositions implements DealerPositions {
  readonly #snapshots: Pick<FlowSnapshotStore, "grid">;
  readonly #calendar: TradingCalendar;
  readonly #logger: Logger;
  readonly #last = new Map<string, ReadonlyMap<string, number>>();
  /** What was told of a grid that cannot be read, by its underlying and expiration. */
  readonly #told = new Map<string, string>();

  constructor(snapshots: Pick<FlowSnapshotStore, "grid">, calendar: TradingCalendar, logger: Logger) {
    this.#snapshots = snapshots;
    this.#calendar = calendar;
    this.#logger = logger;
  }

  async positions(symbol: string, tradingDay: string, expirations: readonly string[]): Promise<DealerBook | null> {
    const grids = await Promise.all(expirations.map((expiration) => this.#grid(symbol, expiration)));
    // Of a closing out of the ordinary the hydrator may not know: there it has its own date.
    const before = this.#calendar.previousTradingDay(tradingDay);
    const ofToday = grids
      .filter((grid) => grid !== null)
      .filter(({ trading_day: day }) => day > before && day <= tradingDay);
    if (ofToday.length === 0) return null;
    const positions = new Map<string, number>();
    for (const { expiration, cells } of ofToday) {
      for (const { root, right, strike, expected_volume: bought } of cells) {
        if (bought === null) continue;
        const ticker = formatOptionTicker({ root, expiration, right, strikeThousandths: Math.round(strike * 1_000) });
        // Not -0, which a text would show.
        positions.set(ticker, bought === 0 ? 0 : -bought);
      }
    }
    const asOfMs = Math.max(...ofToday.map((grid) => eventMs(BigInt(grid.as_of_ns))));
    const accuracy = meanAccuracy(ofToday);
    const last = this.#last.get(symbol);
    if (last !== undefined && areEqual(last, positions)) return { positions: last, accuracy, asOfMs };
    this.#last.set(symbol, positions);
    return { positions, accuracy, asOfMs };
  }

  /**
   * A grid, or none where it cannot be read: flow is one basis of several, and while a hydrator of another version still
   * writes, the others must go on.
   */
  async #grid(symbol: string, expiration: string): Promise<GridSnapshot | null> {
    const name = `${symbol} ${expiration}`;
    try {
      const grid = await this.#snapshots.grid(symbol, expiration);
      this.#told.delete(name);
      return grid;
    } catch (error) {
      if (!isStrikewireError(error, "STRIKEWIRE_STORAGE")) throw error;
      if (this.#told.get(name) !== error.message)
        this.#logger.warn(`No signed flow of ${name}`, { reason: error.message });
      this.#told.set(name, error.message);
      return null;
    }
  }
}

function meanAccuracy(grids: readonly GridSnapshot[]): number | null {
  let right = 0;
  let rated = 0;
  for (const { day } of grids) {
    right += (day.side_accuracy ?? 0) * day.rated_contracts;
    rated += day.rated_contracts;
  }
  return rated === 0 ? null : Math.min(1, right / rated);
}

function areEqual(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  if (one.size !== other.size) return false;
  for (const [ticker, position] of one) if (other.get(ticker) !== position) return false;
  return true;
}
