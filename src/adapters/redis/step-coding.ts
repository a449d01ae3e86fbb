import type { ContractTotals, TradeRecord, TradeStreamId } from "../../domain/hydration/effects.ts";
import type { HydrationStep } from "../../ports/hydration-store.ts";
import { ledgersJson, totalsJson } from "./checkpoint-coding.ts";
import { gapFields, quarantineFields } from "./gap-coding.ts";
import { tradeFields } from "./trade-coding.ts";

/** What a step does to the keys of one underlying and expiration. */
interface ExpirationEffects extends TradeStreamId {
  /** `SPX:2025-12-23` */
  readonly name: string;
  /** The end of the day after the expiration date, ms: its keys live until then at least. */
  readonly until: string;
  /** Field, value, …, of each print. */
  readonly trades: string[][];
  /** Contract, JSON, …. */
  readonly totals: string[];
}

/** A step as `COMMIT_STEP` takes it. */
export interface CodedStep {
  readonly expirations: readonly TradeStreamId[];
  readonly json: string;
}

const DAY_MS = 86_400_000;

export function codeStep(step: HydrationStep): CodedStep {
  const expirations = new ExpirationGroups();
  for (const record of step.trades) expirations.of(record.trade).trades.push(tradeFields(record));
  for (const totals of step.totals) expirations.of(totals).totals.push(totals.contract, totalsJson(totals));
  const connections = new Set(step.ledgers.map((ledger) => ledger.connection));
  const effects = {
    counters: Object.entries(step.counters).flatMap(([name, by]) => (by === 0 ? [] : [name, String(by)])),
    ledgers: [...connections].flatMap((connection) => {
      return [connection, ledgersJson(step.ledgers.filter((ledger) => ledger.connection === connection))];
    }),
    gaps: step.gaps.map(gapFields),
    quarantine: step.quarantine.map(quarantineFields),
    expirations: expirations.all.map(({ name, until, trades, totals }) => ({ name, until, trades, totals })),
  };
  return { expirations: expirations.all, json: JSON.stringify(effects) };
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
      const until = String(Date.parse(`${expiration}T00:00:00Z`) + 2 * DAY_MS);
      effects = { underlying, expiration, name: `${underlying}:${expiration}`, until, trades: [], totals: [] };
      expirations.set(expiration, effects);
      this.all.push(effects);
    }
    return effects;
  }
}
