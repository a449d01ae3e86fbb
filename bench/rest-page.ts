import { fileURLToPath } from "node:url";
import { ManualClock } from "../src/adapters/memory/manual-clock.ts";
import { MassiveRest, RequestBudget } from "../src/adapters/rest/index.ts";
import { parseSourcedJson } from "../src/domain/wire/exact-json.ts";
import { formatOptionTicker, seededRandom } from "../src/index.ts";
import { type BenchResult, median } from "./result.ts";

const CONTRACTS = 20_000;
const PAGE_SIZE = 250;
const WARM_UP = 5;
const ROUNDS = 21;
const RECEIPT_MS = 1_766_437_202_000;
const ORIGIN = "http://provider.test";

/** The pages of a chain, as the provider writes them: nanoseconds with all their digits. */
function pages(): readonly string[] {
  const random = seededRandom(7);
  const cents = (most: number): number => random.int(most) / 100;
  const time = (): string => `${RECEIPT_MS - 1 - random.int(60_000)}${String(random.int(1_000_000)).padStart(6, "0")}`;
  const rows = Array.from({ length: CONTRACTS }, (_, index) => {
    const expiration = `2025-12-${String(23 + (index % 5)).padStart(2, "0")}`;
    const right = index % 10 < 5 ? "C" : "P";
    const strike = 4_000 + 5 * Math.floor(index / 10);
    const ticker = formatOptionTicker({ root: "SPXW", expiration, right, strikeThousandths: strike * 1_000 });
    return `{"break_even_price":${cents(700_000)},"day":{"change":${cents(900)},"change_percent":${random.next()},"close":${cents(9_000)},"high":${cents(9_000)},"last_updated":${time()},"low":${cents(9_000)},"open":${cents(9_000)},"previous_close":${cents(9_000)},"volume":${random.int(5_000)},"vwap":${random.next()}},"details":{"contract_type":"${right === "C" ? "call" : "put"}","exercise_style":"european","expiration_date":"${expiration}","shares_per_contract":100,"strike_price":${strike},"ticker":"${ticker}"},"greeks":{"delta":${random.next()},"gamma":${random.next() / 100},"theta":${-random.next()},"vega":${random.next()}},"implied_volatility":${random.next()},"last_quote":{"ask":${cents(9_000)},"ask_exchange":302,"ask_size":${random.int(99)},"bid":${cents(9_000)},"bid_exchange":302,"bid_size":${random.int(99)},"last_updated":${time()},"midpoint":${cents(9_000)},"timeframe":"REAL-TIME"},"last_trade":{"conditions":[209],"exchange":302,"price":${cents(9_000)},"sip_timestamp":${time()},"size":${1 + random.int(9)},"timeframe":"REAL-TIME"},"open_interest":${random.int(9_000)},"underlying_asset":{"change_to_break_even":${cents(900)},"last_updated":${time()},"ticker":"I:SPX","timeframe":"REAL-TIME","value":6871.25}}`;
  });
  return Array.from({ length: CONTRACTS / PAGE_SIZE }, (_, page) => {
    const from = page * PAGE_SIZE;
    const next = from + PAGE_SIZE < CONTRACTS ? `,"next_url":"${ORIGIN}/?cursor=${page + 1}"` : "";
    return `{"results":[${rows.slice(from, from + PAGE_SIZE).join(",")}],"status":"OK"${next}}`;
  });
}

async function millis(work: () => number | Promise<number>): Promise<number> {
  const startedAtMs = performance.now();
  const rows = await work();
  if (rows !== CONTRACTS) throw new Error(`Cannot measure: ${CONTRACTS} rows must come, current value is ${rows}`);
  return performance.now() - startedAtMs;
}

/** Pages of a chain of 20,000 contracts: read with every digit and each row's text, and the whole fetch without a network. */
export async function benchRestPage(): Promise<readonly BenchResult[]> {
  const chain = pages();
  const clock = new ManualClock(RECEIPT_MS);
  let served = 0;
  const provider = new MassiveRest({
    apiKey: "none",
    clock,
    baseUrl: ORIGIN,
    budget: new RequestBudget({ clock, requestsPerSec: 1e9 }),
    fetch: async () => new Response(chain[served++ % chain.length]),
  });
  const { signal } = new AbortController();
  const theirs: number[] = [];
  const ours: number[] = [];
  const fetches: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const json = await millis(() => chain.reduce((sum, page) => sum + JSON.parse(page).results.length, 0));
    const exact = await millis(() =>
      chain.reduce((sum, page) => sum + (parseSourcedJson(page, "results").sources?.length ?? 0), 0),
    );
    const fetched = await millis(
      async () => (await provider.snapshot({ underlying: "I:SPX" }, signal)).contracts.length,
    );
    if (round < WARM_UP) continue;
    theirs.push(json);
    ours.push(exact);
    fetches.push(fetched);
  }
  const yardstick = `JSON.parse of the same pages (${median(theirs).toFixed(0)} ms)`;
  return [
    {
      path: `chain pages of ${CONTRACTS / 1_000} k contracts, read with every digit and the text of each row`,
      measured: `${(median(theirs) / median(ours)).toFixed(2)} x (${median(ours).toFixed(0)} ms)`,
      yardstick,
      target: "",
      reached: undefined,
    },
    {
      path: `the same fetched into records, without a network`,
      measured: `${median(fetches).toFixed(0)} ms`,
      yardstick,
      target: "",
      reached: undefined,
    },
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await benchRestPage());
