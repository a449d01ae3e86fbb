import { isAmSettled, settlementMs } from "../market/settlement.ts";
import { EXCHANGE_CALENDAR, type TradingCalendar } from "../market/trading-calendar.ts";
import type { ContractTerms } from "./substrate.ts";

/** Contracts of one root that expire together. SPX and SPXW of one date are two; `ContractTerms` has both fields. */
export type ExpirationSeries = Pick<ContractTerms, "root" | "expiration">;

/** `{root}:{YYYY-MM-DD}`: what tells expirations of one underlying apart. */
export function seriesKey({ root, expiration }: ExpirationSeries): string {
  return `${root}:${expiration}`;
}

/** Whether a series has settled: from that instant on it is part of no chain. */
export function isSettled(
  { root, expiration }: ExpirationSeries,
  atMs: number,
  calendar: TradingCalendar = EXCHANGE_CALENDAR,
): boolean {
  return atMs >= settlementMs(root, expiration, calendar);
}

/**
 * The nearest expirations that have not settled, in the order in which they settle: AM before PM on one date.
 *
 * @param listed contracts or series, in any order; each series counts once.
 * @param count how many at most.
 * @throws {RangeError} for an expiration that is no date, and a count that is no positive integer.
 * @example
 * ```ts
 * const friday = "2026-01-16";
 * const listed = [{ root: "SPXW", expiration: friday }, { root: "SPX", expiration: friday }];
 * nearestExpirations(listed, 5, Date.UTC(2026, 0, 16, 12)).map(seriesKey); // ["SPX:2026-01-16", "SPXW:2026-01-16"]
 * nearestExpirations(listed, 5, Date.UTC(2026, 0, 16, 15)).map(seriesKey); // ["SPXW:2026-01-16"]
 * ```
 */
export function nearestExpirations(
  listed: Iterable<ExpirationSeries>,
  count: number,
  atMs: number,
  calendar: TradingCalendar = EXCHANGE_CALENDAR,
): readonly ExpirationSeries[] {
  assertCount(count);
  return unsettled(listed, atMs, calendar)
    .slice(0, count)
    .map(({ series }) => series);
}

/**
 * The nearest dates on which contracts of an underlying may still be alive, ascending. For a list that tells no roots: a
 * date stays until the last series it may have has settled, which is the close for SPX and the open for VIX.
 *
 * @param dates `YYYY-MM-DD`, in any order.
 * @param underlying with or without `I:`.
 * @throws {RangeError} as `nearestExpirations`.
 */
export function nearestExpirationDates(
  dates: Iterable<string>,
  underlying: string,
  count: number,
  atMs: number,
  calendar: TradingCalendar = EXCHANGE_CALENDAR,
): readonly string[] {
  const root = lastRootOf(underlying.replace(/^I:/, ""));
  const listed = [...dates].map((expiration) => ({ root, expiration }));
  return nearestExpirations(listed, count, atMs, calendar).map(({ expiration }) => expiration);
}

/**
 * When the next of some series settles, the expiry roll; `null` where none is left.
 *
 * @returns ms since the Unix epoch.
 */
export function nextExpiryMs(
  listed: Iterable<ExpirationSeries>,
  atMs: number,
  calendar: TradingCalendar = EXCHANGE_CALENDAR,
): number | null {
  return unsettled(listed, atMs, calendar)[0]?.settledAtMs ?? null;
}

/** Those of some contracts that have not settled, in the order given. */
export function unsettledContracts<Contract>(
  contracts: readonly Contract[],
  seriesOf: (contract: Contract) => ExpirationSeries,
  atMs: number,
  calendar: TradingCalendar = EXCHANGE_CALENDAR,
): readonly Contract[] {
  // A chain has thousands of contracts and few series.
  const settled = new Map<string, boolean>();
  return contracts.filter((contract) => {
    const series = seriesOf(contract);
    const key = seriesKey(series);
    let isOver = settled.get(key);
    if (isOver === undefined) {
      isOver = isSettled(series, atMs, calendar);
      settled.set(key, isOver);
    }
    return !isOver;
  });
}

interface Settling {
  readonly series: ExpirationSeries;
  readonly settledAtMs: number;
}

function unsettled(listed: Iterable<ExpirationSeries>, atMs: number, calendar: TradingCalendar): readonly Settling[] {
  const byKey = new Map<string, ExpirationSeries>();
  for (const { root, expiration } of listed) byKey.set(seriesKey({ root, expiration }), { root, expiration });
  return [...byKey]
    .map(([key, series]) => ({ key, series, settledAtMs: settlementMs(series.root, series.expiration, calendar) }))
    .filter(({ settledAtMs }) => settledAtMs > atMs)
    .sort((one, other) => one.settledAtMs - other.settledAtMs || (one.key < other.key ? -1 : 1));
}

/** An index with AM series has others, under a root with a W or a P, that settle at the close; those of VIX do not. */
function lastRootOf(underlying: string): string {
  return isAmSettled(underlying) ? `${underlying}W` : underlying;
}

function assertCount(count: number): void {
  if (Number.isSafeInteger(count) && count > 0) return;
  throw new RangeError(`Cannot choose expirations: 'count' must be a positive integer, current value is ${count}`);
}
