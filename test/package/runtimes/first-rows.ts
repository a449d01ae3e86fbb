import { ConnectionManager, type Row } from "strikewire";
import { SYSTEM_CLOCK } from "strikewire/system";
import { WsFeedConnector, type WsFeedOptions } from "strikewire/ws";

const ROWS = 200;

/** The first rows of a feed of trades, as JSON. Fails at the first gap. */
export async function firstRows(wsUrl: string, options: WsFeedOptions): Promise<string> {
  const manager = new ConnectionManager(
    { apiKey: "any", wsUrl, wsResources: ["options_trades"] },
    { clock: SYSTEM_CLOCK, feed: new WsFeedConnector(options) },
  );
  const rows: Row[] = [];
  for await (const batch of manager.run(AbortSignal.timeout(30_000))) {
    if (batch.meta.gap !== undefined) throw new Error(`There must be no gap, there is one: ${batch.meta.gap.cause}`);
    rows.push(...batch.rows);
    if (rows.length >= ROWS) break;
  }
  return JSON.stringify(rows.slice(0, ROWS), (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
}
