import type { ContractTotals, TradeRecord, TradeStreamId } from "../../domain/hydration/effects.ts";
import type { HydrationStep } from "../../ports/hydration-store.ts";
import { ledgersJson, totalsText } from "./checkpoint-coding.ts";
import { gapFields, quarantineFields } from "./gap-coding.ts";
import { JsonWriter } from "./json-writer.ts";
import { TradeWriter } from "./trade-coding.ts";

/** What a step does to the keys of one underlying and expiration. */
interface ExpirationEffects extends TradeStreamId {
  /** `SPX:2025-12-23` */
  readonly name: string;
  /** The end of the day after the expiration date, ms: its keys live until then at least. */
  readonly until: string;
  /** JSON: what a `TradeWriter` writes of each. */
  readonly trades: JsonWriter;
  /** JSON of each: contract, sums. */
  readonly totals: string[];
}

/** A step as `COMMIT_STEP` takes it. */
export interface CodedStep {
  readonly expirations: readonly TradeStreamId[];
  readonly json: Buffer;
}

const DAY_MS = 86_400_000;

/** Bytes to begin with, of a step and of the prints of one underlying and expiration. */
const STEP_BYTES = 65_536;
const TRADES_BYTES = 16_384;

export function codeStep(step: HydrationStep): CodedStep {
  const expirations = new ExpirationGroups();
  const writer = new TradeWriter();
  for (const record of step.trades) writer.write(expirations.of(record.trade).trades, record);
  for (const totals of step.totals) expirations.of(totals).totals.push(`"${totals.contract}","${totalsText(totals)}"`);
  const connections = new Set(step.ledgers.map((ledger) => ledger.connection));
  const rest = JSON.stringify({
    counters: Object.entries(step.counters).flatMap(([name, by]) => (by === 0 ? [] : [name, String(by)])),
    ledgers: [...connections].flatMap((connection) => {
      return [connection, ledgersJson(step.ledgers.filter((ledger) => ledger.connection === connection))];
    }),
    gaps: step.gaps.map(gapFields),
    quarantine: step.quarantine.map(quarantineFields),
  });
  const json = new JsonWriter(STEP_BYTES);
  json.raw(`${rest.slice(0, -1)},"expirations":[`);
  for (const [index, { name, until, trades, totals }] of expirations.all.entries()) {
    json.raw(`${index > 0 ? "," : ""}{"name":${JSON.stringify(name)},"until":"${until}","trades":[`);
    json.append(trades);
    json.raw(`],"totals":[${totals.join()}]}`);
  }
  json.raw(`],"moments":[${writer.moments.join()}],"tails":[${writer.tails.join()}],"sides":[${writer.sides.join()}]}`);
  return { expirations: expirations.all, json: json.bytes() };
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
      effects = {
        underlying,
        expiration,
        name: `${underlying}:${expiration}`,
        until,
        trades: new JsonWriter(TRADES_BYTES),
        totals: [],
      };
      expirations.set(expiration, effects);
      this.all.push(effects);
    }
    return effects;
  }
}
