/** What a strike window follows from. */
export interface StrikeWindowInputs {
  /** Points. */
  readonly spot: number;
  /** The VIX, in vol points a year (16 is 16 %); `null` where there is none. */
  readonly vix: number | null;
  /** Least half width, in percent of spot. */
  readonly leastPct: number;
  /** Half width in expected moves. */
  readonly emMult: number;
  /** Days over which the expected move is taken. */
  readonly emDays: number;
  /** Points, whole thousandths: the window begins and ends at a multiple of it. */
  readonly increment: number;
}

/** The strikes of which a chain consists. */
export interface StrikeWindow {
  /** Points, included. */
  readonly from: number;
  /** Points, included. */
  readonly to: number;
  /** The spot that it was laid around. */
  readonly centre: number;
  /** Half width before it was rounded, margin included, as a fraction of the centre. */
  readonly halfShare: number;
}

/** Added to the wanted half width when a window is laid: so far spot can move before the window has to. */
export const WINDOW_MARGIN = 0.25;
/** A window is laid anew when it is more than so many times as wide as wanted. */
export const WINDOW_EXCESS = 2;

const INCREMENTS: ReadonlyMap<string, number> = new Map([
  ["SPX", 5],
  ["NDX", 10],
  ["RUT", 5],
  ["XSP", 1],
  ["VIX", 0.5],
]);

/**
 * The step between strikes near the money, in points, as exchanges list them: 5 for SPX, 10 for NDX; 1 for what is in no
 * table. A window only rounds to it, so that a wrong one costs nothing but some strikes.
 *
 * @param symbol with or without `I:`.
 */
export function strikeIncrement(symbol: string): number {
  return INCREMENTS.get(symbol.replace(/^I:/, "")) ?? 1;
}

/**
 * How far spot is expected to move, one standard deviation, in points: `spot * vix / 100 * sqrt(days / 365)`.
 *
 * @example
 * ```ts
 * expectedMove(6_000, 19.1, 1); // 59.98...
 * ```
 */
export function expectedMove(spot: number, vix: number, days: number): number {
  return ((spot * vix) / 100) * Math.sqrt(days / 365);
}

/**
 * The strike window for now: the one before as long as it does, else a new one around spot.
 *
 * Wanted on both sides of spot is `emMult` expected moves, and at least `leastPct` percent of spot. A new window gets a
 * quarter more than that (`WINDOW_MARGIN`), rounded outwards to the increment. It stays, the same object, while it holds
 * all that is wanted around the spot of the moment and is not more than twice as wide as wanted (`WINDOW_EXCESS`). So it
 * moves after spot has moved by a quarter of the wanted half width at least, and no wiggle smaller than that moves it;
 * what is wanted is always there.
 *
 * A VIX that is missing moves nothing by itself: the window before stays while it holds `leastPct` percent on both sides
 * of spot, however wide it is, and the one after it has its width. The first window has `leastPct` percent then.
 *
 * @param previous the window before; `undefined` for the first.
 * @throws {RangeError} for a number that is not finite and positive, and an increment that is not whole thousandths.
 * @example
 * ```ts
 * const inputs = { spot: 6_000, vix: null, leastPct: 3, emMult: 2.25, emDays: 1, increment: 5 };
 * const first = nextWindow(undefined, inputs); // from 5775 to 6225
 * nextWindow(first, { ...inputs, spot: 6_020 }) === first; // true
 * ```
 */
export function nextWindow(previous: StrikeWindow | undefined, inputs: StrikeWindowInputs): StrikeWindow {
  assertInputs(inputs);
  const { spot, vix, increment } = inputs;
  if (previous !== undefined && holds(previous, inputs)) return previous;
  const before = vix === null && previous !== undefined ? previous.halfShare / (1 + WINDOW_MARGIN) : 0;
  const share = Math.max(wantedShare(inputs), before);
  const halfShare = share * (1 + WINDOW_MARGIN);
  const step = Math.round(increment * 1_000);
  const lowest = Math.max(0, Math.floor(steps(spot * (1 - halfShare), step)) * step);
  const highest = Math.ceil(steps(spot * (1 + halfShare), step)) * step;
  return { from: lowest / 1_000, to: highest / 1_000, centre: spot, halfShare };
}

/** Steps of so many thousandths in points, without the last digits: 6,000 x 1.0375 is to be 6,225 and not a hair more. */
function steps(points: number, thousandths: number): number {
  return Math.round(((points * 1_000) / thousandths) * 1e6) / 1e6;
}

/** Wanted on each side of spot, as a fraction of it. */
function wantedShare({ vix, leastPct, emMult, emDays }: StrikeWindowInputs): number {
  return Math.max(leastPct / 100, vix === null ? 0 : emMult * expectedMove(1, vix, emDays));
}

function holds(window: StrikeWindow, inputs: StrikeWindowInputs): boolean {
  const { spot, vix } = inputs;
  const share = wantedShare(inputs);
  if (vix !== null && window.halfShare * window.centre > WINDOW_EXCESS * share * spot) return false;
  return window.from <= Math.max(0, spot * (1 - share)) && spot * (1 + share) <= window.to;
}

function assertInputs({ vix, ...numbers }: StrikeWindowInputs): void {
  for (const [name, value] of Object.entries(vix === null ? numbers : { ...numbers, vix })) {
    if (Number.isFinite(value) && value > 0) continue;
    throw new RangeError(
      `Cannot lay a strike window: '${name}' must be a finite number above 0, current value is ${String(value)}`,
    );
  }
  const thousandths = numbers.increment * 1_000;
  if (Math.abs(thousandths - Math.round(thousandths)) < 1e-6 && thousandths > 0.5) return;
  throw new RangeError(
    `Cannot lay a strike window: 'increment' must be whole thousandths of a point, current value is ${numbers.increment}`,
  );
}
