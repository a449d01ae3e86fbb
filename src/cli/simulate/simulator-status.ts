import type { ConnectionView } from "../../simulator/server/clients.ts";
import type { LogTotals } from "../../simulator/server/server-log.ts";
import { integer } from "../integer-text.ts";

/** The sums at an instant, ms from any origin. */
export interface TotalsAt {
  readonly atMs: number;
  readonly totals: LogTotals;
}

/** One line on how a simulator does: who is connected, rates since the last line, and what was not sent since the start. */
export function simulatorStatus(connections: readonly ConnectionView[], before: TotalsAt, now: TotalsAt): string {
  const seconds = Math.max(1e-3, (now.atMs - before.atMs) / 1_000);
  const perSecond = (read: (totals: LogTotals) => number): string =>
    integer((read(now.totals) - read(before.totals)) / seconds);
  const clients = connections.map(
    ({ id, assetClass, topics, bufferedBytes }) =>
      `#${id} ${assetClass} ${integer(topics.length)} topics ${integer(bufferedBytes / 1024)} KiB waiting`,
  );
  const { stalled, truncated, closed, slowConsumer } = now.totals.unsent;
  return [
    `connected ${clients.length === 0 ? "none" : clients.join(", ")}`,
    `published/s ${perSecond(({ published: { options, stocks, indices } }) => options + stocks + indices)}`,
    `sent/s ${perSecond(({ sent }) => sent)}`,
    `frames/s ${perSecond(({ frames }) => frames)}`,
    `requests/s ${perSecond(({ requests }) => requests)}`,
    `subscribed and not sent ${integer(stalled + truncated + closed + slowConsumer)}`,
  ].join(" | ");
}
