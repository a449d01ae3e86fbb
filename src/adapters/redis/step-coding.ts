import type { ContractTotals, TradeRecord, TradeStreamId } from "../../domain/hydration/effects.ts";
import { dateMs } from "../../domain/market/trading-day.ts";
import type { HydrationStep } from "../../ports/hydration-store.ts";
import { ledgersJson, totalsText } from "./checkpoint-coding.ts";
import { gapFields, quarantineFields } from "./gap-coding.ts";
import { PackWriter } from "./pack-writer.ts";
import { TradeWriter } from "./trade-coding.ts";

/** What a step does to the keys of one underlying and expiration. */
interface ExpirationEffects extends TradeStreamId {
  /** `SPX:2025-12-23` */
  readonly name: string;
  /** The end of the day after the expiration date, ms: its keys live until then at least. */
  readonly until: string;
  /** What a `TradeWriter` writes of each. */
  readonly trades: PackWriter;
  /** Contract, sums, …. */
  readonly totals: string[];
}

/** A step as `COMMIT_STEP` takes it. */
export interface CodedStep {
  readonly expirations: readonly TradeStreamId[];
  /** All but the prints, as JSON. */
  readonly effects: string;
  /** The prints of each expiration. */
  readonly trades: readonly Buffer[];
}

const DAY_MS = 86_400_000;

/** Bytes of the prints of one underlying and expiration, to begin with. */
const TRADES_BYTES = 2_048;

export function codeStep(step: HydrationStep): CodedStep {
  const expirations = new ExpirationGroups();
  const writer = new TradeWriter();
  for (const record of step.trades) writer.write(expirations.of(record.trade).trades, record);
  for (const totals of step.totals) expirations.of(totals).totals.push(totals.contract, totalsText(totals));
  const connections = new Set(step.ledgers.map((ledger) => ledger.connection));
  const effects = JSON.stringify({
    counters: Object.entries(step.counters).flatMap(([name, by]) => (by === 0 ? [] : [name, String(by)])),
    ledgers: [...connections].flatMap((connection) => {
      return [connection, ledgersJson(step.ledgers.filter((ledger) => ledger.connection === connection))];
    }),
    gaps: step.gaps.map(gapFields),
    quarantine: step.quarantine.map(quarantineFields),
    expirations: expirations.all.map(({ name, until, totals }) => ({ name, until, totals })),
    moments: writer.moments,
    tails: writer.tails,
    sides: writer.sides,
  });
  return { expirations: expirations.all, effects, trades: expirations.all.map(({ trades }) => trades.bytes()) };
}

class ExpirationGroups {
  readonly all: ExpirationEffects[] = [];
  readonly #byUnderlying = new Map<string, Map<string, ExpirationEffects>>();

  of({ underlying, expiration }: TradeRecord["trade"] | ContractTotals): ExpirationEffects {
    let expirations = this.#byUnderlying.get(underlying);
    if (expirations === undefined) {
      expirations = new Map();
      this.#byUnderlying.set(underlying, expirations);
    }
    let effects = expirations.get(expiration);
    if (effects === undefined) {
      const until = String(dateMs(expiration) + 2 * DAY_MS);
      effects = {
        underlying,
        expiration,
        name: `${underlying}:${expiration}`,
        until,
        trades: new PackWriter(TRADES_BYTES),
        totals: [],
      };
      expirations.set(expiration, effects);
      this.all.push(effects);
    }
    return effects;
  }
}
