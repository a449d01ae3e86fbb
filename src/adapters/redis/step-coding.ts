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
  readonly trades: TradeRecord[];
  /** JSON of each: contract, sums. */
  readonly totals: string[];
}

/** A step as `COMMIT_STEP` takes it. */
export interface CodedStep {
  readonly expirations: readonly TradeStreamId[];
  readonly json: Buffer;
}

const DAY_MS = 86_400_000;

/** Bytes of one print and of everything else, mostly; a step that takes more is given them. */
const BYTES_PER_TRADE = 112;
const MORE_BYTES = 8_192;

export function codeStep(step: HydrationStep): CodedStep {
  const expirations = new ExpirationGroups();
  for (const record of step.trades) expirations.of(record.trade).trades.push(record);
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
  const json = new JsonWriter(BYTES_PER_TRADE * step.trades.length + MORE_BYTES);
  json.raw(`${rest.slice(0, -1)},"expirations":[`);
  const trades = new TradeWriter();
  for (const [index, effects] of expirations.all.entries()) {
    if (index > 0) json.comma();
    writeEffects(json, trades, effects);
  }
  json.raw(`],"moments":[${trades.moments.join()}],"tails":[${trades.tails.join()}],"sides":[${trades.sides.join()}]}`);
  return { expirations: expirations.all, json: json.bytes() };
}

function writeEffects(json: JsonWriter, writer: TradeWriter, { name, until, trades, totals }: ExpirationEffects): void {
  json.raw(`{"name":${JSON.stringify(name)},"until":"${until}","trades":[`);
  for (const [index, record] of trades.entries()) {
    if (index > 0) json.comma();
    writer.write(json, record);
  }
  json.raw(`],"totals":[${totals.join()}]}`);
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
        trades: [],
        totals: [],
      };
      expirations.set(expiration, effects);
      this.all.push(effects);
    }
    return effects;
  }
}
