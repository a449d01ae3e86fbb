/**
 * Counts a capture anew from its lines, with nothing but `JSON.parse` and the published meaning of the feed. Shares no
 * code with the package, so that the two can be held against one another.
 */
export interface WireEvent {
  readonly ev: string;
  readonly sym?: string;
  readonly p?: unknown;
  readonly s?: number;
  readonly x?: number;
  readonly c?: readonly number[];
  readonly t?: number;
  readonly q?: number;
  readonly bp?: number;
  readonly ap?: number;
  readonly bs?: number;
  readonly as?: number;
  readonly status?: string;
  readonly message?: string;
}

/** One line: `events` is `undefined` where the payload is not JSON. */
export interface RecordedFrame {
  readonly receivedAtMs: number;
  readonly payload: string;
  readonly events: readonly WireEvent[] | undefined;
}

export function readCapture(text: string): readonly RecordedFrame[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { ts, payload, ...rest } = JSON.parse(line) as { ts: number; payload: string };
      if (Object.keys(rest).length > 0) throw new Error(`a recorder of a socket knows only ts and payload: ${line}`);
      return { receivedAtMs: Math.round(ts * 1000), payload, events: tryParse(payload) };
    });
}

function tryParse(payload: string): readonly WireEvent[] | undefined {
  try {
    return JSON.parse(payload) as WireEvent[];
  } catch {
    return undefined;
  }
}

const CANCELS = new Set([201, 203, 205, 207]);
const LATE = new Set([202, 204, 206]);
const MULTI_LEG = new Set([232, 233, 234, 235, 236, 238, 239]);
const UNDERLYINGS: Readonly<Record<string, string>> = { SPXW: "SPX", NDXP: "NDX" };

export const isCancel = ({ c = [] }: WireEvent): boolean => c.some((id) => CANCELS.has(id));
export const isLateReport = ({ c = [] }: WireEvent): boolean => c.some((id) => LATE.has(id));
export const isMultiLeg = ({ c = [] }: WireEvent): boolean => c.some((id) => MULTI_LEG.has(id));

/** Why a trade or quote event is no good, or `undefined`. */
export function faultOf(event: WireEvent, receivedAtMs: number): string | undefined {
  const date = /(\d\d)(\d\d)(\d\d)[CP]\d{8}$/.exec(event.sym ?? "");
  const [, year, month, day] = date?.map(Number) ?? [];
  const real = new Date(Date.UTC(2000 + (year ?? 0), (month ?? 0) - 1, day));
  if (real.getUTCDate() !== day || real.getUTCMonth() + 1 !== month) return "impossibleDate";
  if ((event.t ?? 0) > receivedAtMs + 5_000) return "farFuture";
  if (event.ev === "Q") return undefined;
  if (typeof event.p !== "number") return "stringPrice";
  return (event.s ?? 0) > 0 ? undefined : "negativeSize";
}

/** Where a print belongs: underlying and expiration. */
export function placeOf(sym: string): readonly [underlying: string, expiration: string] {
  const [, root = "", year, month, day] = /^O:(.+)(\d\d)(\d\d)(\d\d)[CP]\d{8}$/.exec(sym) ?? [];
  return [UNDERLYINGS[root] ?? root, `20${year}-${month}-${day}`];
}

interface Sums {
  prints: number;
  contracts: number;
  premiumMicropoints: bigint;
}

/** The same figures as in the truth file, but for the seed and for what only the generator can know (split orders). */
export function recount(frames: readonly RecordedFrame[]) {
  const totals = { connections: 0, events: 0, trades: 0, quotes: 0, statuses: 0, duplicates: 0, equalPrints: 0 };
  const other: Record<string, number> = {};
  const malformed = { frames: { truncated: 0, notJson: 0 }, events: {} as Record<string, number> };
  const lateRows = { trades: 0, quotes: 0 };
  const cancels = { matched: 0, unmatched: 0 };
  let multiLegPrints = 0;
  let lateReports = 0;
  let highestMs = 0;
  const copies: Map<string, number>[] = [];
  const standing = new Map<string, WireEvent[]>();

  for (const { receivedAtMs, payload, events } of frames) {
    if (events === undefined) {
      malformed.frames[payload.startsWith("[") ? "truncated" : "notJson"] += 1;
      continue;
    }
    let highestOfFrameMs = highestMs;
    for (const event of events) {
      totals.events += 1;
      if (event.ev === "status") {
        totals.statuses += 1;
        if (event.status !== "connected") continue;
        totals.connections += 1;
        copies.push(new Map());
        continue;
      }
      if (event.ev !== "T" && event.ev !== "Q") {
        other[event.ev] = (other[event.ev] ?? 0) + 1;
        continue;
      }
      const fault = faultOf(event, receivedAtMs);
      if (fault !== undefined) {
        malformed.events[fault] = (malformed.events[fault] ?? 0) + 1;
        continue;
      }
      const tMs = event.t ?? 0;
      highestOfFrameMs = Math.max(highestOfFrameMs, tMs);
      if (tMs < highestMs) lateRows[event.ev === "T" ? "trades" : "quotes"] += 1;
      if (event.ev === "Q") {
        totals.quotes += 1;
        continue;
      }
      totals.trades += 1;
      if (isMultiLeg(event)) multiLegPrints += 1;

      const { sym = "", q, p, s, x, c } = event;
      const identity = JSON.stringify([sym, tMs, q, p, s, x, c]);
      const own = copies.at(-1) ?? new Map<string, number>();
      const count = (own.get(identity) ?? 0) + 1;
      own.set(identity, count);
      if (copies.slice(0, -1).some((earlier) => (earlier.get(identity) ?? 0) >= count)) {
        totals.duplicates += 1;
        continue;
      }
      if (isLateReport(event)) {
        lateReports += 1;
        continue;
      }
      const key = JSON.stringify([sym, p, s, x]);
      if (isCancel(event)) {
        cancels[standing.get(key)?.pop() === undefined ? "unmatched" : "matched"] += 1;
        continue;
      }
      if (count > 1) totals.equalPrints += 1;
      standing.set(key, [...(standing.get(key) ?? []), event]);
    }
    highestMs = highestOfFrameMs;
  }

  const counted: Record<string, Record<string, Sums>> = {};
  for (const { sym = "", p, s = 0 } of [...standing.values()].flat()) {
    const [underlying, expiration] = placeOf(sym);
    counted[underlying] ??= {};
    counted[underlying][expiration] ??= { prints: 0, contracts: 0, premiumMicropoints: 0n };
    const sums = counted[underlying][expiration];
    sums.prints += 1;
    sums.contracts += s;
    sums.premiumMicropoints += BigInt(Math.round(Number(p) * 1e6)) * BigInt(s);
  }
  return {
    frames: frames.length,
    ...totals,
    other,
    multiLegPrints,
    lateReports,
    cancels,
    lateRows,
    malformed,
    counted: JSON.parse(
      JSON.stringify(counted, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
    ) as Record<string, Record<string, { prints: number; contracts: number; premiumMicropoints: string }>>,
  };
}
