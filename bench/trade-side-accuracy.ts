import { fileURLToPath } from "node:url";
import { parseOptionTicker } from "../src/domain/instrument/option-symbol.ts";
import { nbboRow, optionTradeRow } from "../src/domain/wire/event-rows.ts";
import {
  classifyConditions,
  NbboBook,
  type OptionTrade,
  publishedAccuracy,
  rememberPrint,
  SIDE_RULES,
  type SideRule,
  seededRandom,
  sideOptions,
  tradeSide,
} from "../src/index.ts";
import { createMarket } from "../src/simulator/index.ts";
import type { OptionQuoteEvent, OptionTradeEvent } from "../src/simulator/market/events.ts";
import type { BenchResult } from "./result.ts";

const START_MS = Date.UTC(2025, 11, 19, 15);
const SECONDS = 60;

interface Score {
  right: number;
  signed: number;
}

/**
 * How often each rule is right where the truth is known, in the simulator. It says something of the simulator's orders,
 * nothing of a market: what rows carry is the published accuracy.
 */
export async function benchTradeSideAccuracy(): Promise<readonly BenchResult[]> {
  const scores = new Map<SideRule, Score>(SIDE_RULES.map((rule) => [rule, { right: 0, signed: 0 }]));
  const optionsOf = new Map(SIDE_RULES.map((rule) => [rule, sideOptions({ rule })]));
  const market = createMarket({ startMs: START_MS }, seededRandom(7));
  const book = new NbboBook();
  let prints = 0;
  for (let second = 1; second <= SECONDS; second++) {
    for (const event of market.advance(START_MS + 1_000 * second)) {
      if (event.kind === "optionQuote") book.add(event.contract.ticker, quoteOf(event), "stream");
      if (event.kind !== "optionTrade") continue;
      const trade = tradeOf(event);
      const conditions = classifyConditions(trade.conditions);
      const history = book.historyOf(trade.contract);
      if (conditions.cancel || conditions.lateReport || conditions.multiLeg) continue;
      prints += 1;
      for (const [rule, score] of scores) {
        const { side } = tradeSide(trade, conditions, history, optionsOf.get(rule));
        if (side === "U") continue;
        score.signed += 1;
        if (side === (event.truth.aggressor === "buy" ? "B" : "S")) score.right += 1;
      }
      rememberPrint(trade, conditions, history);
    }
  }
  if (prints === 0) throw new Error("Cannot measure: prints are required, there were none");
  return SIDE_RULES.map((rule) => {
    const { right = 0, signed = 0 } = scores.get(rule) ?? {};
    const published = publishedAccuracy(rule, "index");
    return {
      path: `side by ${rule}, simulated`,
      measured: `${percent(right / signed)} right of the ${percent(signed / prints)} of ${prints} prints that it signs`,
      yardstick: published === null ? "nothing published" : `published ${percent(published)}`,
      target: "",
      reached: undefined,
    };
  });
}

function quoteOf({ contract, tMs, sequence, ...quote }: OptionQuoteEvent): ReturnType<typeof nbboRow> {
  const { bidCents, askCents, bidSize, askSize, bidExchange, askExchange } = quote;
  const [bid, ask] = [bidCents / 100, askCents / 100];
  return nbboRow(contract.ticker, tMs, bid, ask, bidSize, askSize, bidExchange, askExchange, sequence, undefined);
}

function tradeOf({ contract, tMs, priceCents, size, ...print }: OptionTradeEvent): OptionTrade {
  const terms = parseOptionTicker(contract.ticker);
  if (terms === undefined) throw new Error(`Cannot measure: "${contract.ticker}" must be an option ticker`);
  const { conditions, exchange, sequence } = print;
  return optionTradeRow(terms, tMs, priceCents / 100, size, conditions, exchange, sequence, undefined);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await benchTradeSideAccuracy());
