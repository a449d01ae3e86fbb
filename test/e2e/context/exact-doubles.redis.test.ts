import fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import { LiveContext } from "../../support/context/live-context.ts";
import { ScriptedFeed } from "../../support/context/scripted-feed.ts";
import { until } from "../../support/until.ts";

let live: LiveContext | undefined;
let feed: ScriptedFeed | undefined;
afterEach(async () => {
  expect((await live?.stop()) ?? []).toEqual([]);
  await feed?.close();
});

/** Any that is a price, down to the smallest double that there is. */
const PRICE = fc.double({ min: Number.MIN_VALUE, max: 1e9, noNaN: true });

it("a random double survives hydration bit for bit: what is read of the substrate is what was sent", async () => {
  feed = await ScriptedFeed.start();
  const { url } = feed;
  live = await LiveContext.start({ config: { wsUrl: url, chainIntervalSec: 600, chainIntervalMaxSec: 600 } });
  const { plain, clock } = live;
  live.source();
  live.hydrator();
  const { epoch } = await live.context();
  const contracts = await plain.contracts(epoch);
  await until("all is subscribed to", () => feed?.topics === 2 * contracts.length);
  const { length } = contracts;
  const prices = fc.array(fc.tuple(PRICE, PRICE, PRICE), { minLength: length, maxLength: length });
  let sequence = 0;
  await fc.assert(
    fc.asyncProperty(prices, async (rows) => {
      sequence += 1;
      const t = Math.floor(clock.now()) + sequence;
      const events = contracts.flatMap((sym, place) => {
        const [bp, ap, p] = rows[place] ?? [];
        return [
          { ev: "Q", sym, bx: 302, ax: 302, bp, ap, bs: 1, as: 1, t, q: sequence },
          { ev: "T", sym, x: 302, p, s: 1, c: [209], t, q: sequence },
        ];
      });
      feed?.send(JSON.stringify(events));
      await plain.until("all of it is hydrated", async () => {
        const records = await plain.records(epoch);
        return [...records.values()].every(({ quote_t, trade_t }) => quote_t === t && trade_t === t);
      });
      const records = await plain.records(epoch);
      for (const [place, contract] of contracts.entries()) {
        const { bid, ask, last } = records.get(contract) ?? {};
        // `toEqual` tells numbers apart as `Object.is` does.
        expect([bid, ask, last]).toEqual(rows[place]);
      }
    }),
    { numRuns: 10, seed: 5, endOnFailure: true },
  );
});
