import { type ConnectionId, connectionName } from "../market/batch.ts";
import type { Gap, GapScope } from "../stream/gap.ts";

/** A topic that a living link did not hold for a while, though it had confirmed it. */
export interface LostTopic {
  readonly topic: string;
  /** What came for it up to then is there. */
  readonly sinceAtMs: number;
}

const SCOPES: Readonly<Record<string, GapScope>> = Object.freeze({ T: "trades", Q: "quotes" });

/**
 * The gaps of topics that are held again, or are not wanted any more, at `toAtMs`: those that were lost together in one.
 *
 * @param toAtMs `undefined` for those that are not held yet.
 */
export function lostGaps(
  connection: ConnectionId,
  lost: readonly LostTopic[],
  toAtMs: number | undefined,
): readonly Gap[] {
  const instruments = new Map<number, Set<string>>();
  const gaps: Gap[] = [];
  const gapOf = (sinceAtMs: number, scope: GapScope, tickers?: readonly string[]): Gap => ({
    connection: connectionName(connection),
    // The wall clock may have stepped back.
    fromAtMs: Math.min(sinceAtMs, toAtMs ?? sinceAtMs),
    toAtMs: toAtMs === undefined ? undefined : Math.max(sinceAtMs, toAtMs),
    cause: "unsubscribed",
    scope,
    instruments: tickers,
  });
  for (const { topic, sinceAtMs } of lost) {
    const dot = topic.indexOf(".");
    const ticker = topic.slice(dot + 1);
    if (ticker === "*") {
      gaps.push(gapOf(sinceAtMs, SCOPES[topic.slice(0, dot)] ?? "all"));
      continue;
    }
    const together = instruments.get(sinceAtMs);
    if (together === undefined) instruments.set(sinceAtMs, new Set([ticker]));
    else together.add(ticker);
  }
  for (const [sinceAtMs, tickers] of instruments) gaps.push(gapOf(sinceAtMs, "instruments", [...tickers]));
  return gaps;
}
