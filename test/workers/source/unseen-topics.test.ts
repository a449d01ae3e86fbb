import { describe, expect, it } from "vitest";
import type { Row } from "../../../src/domain/market/rows.ts";
import { parsePayload } from "../../../src/domain/wire/parse-payload.ts";
import { UnseenTopics } from "../../../src/workers/source/unseen-topics.ts";
import { quoteEvent, SAMPLE_MS, tradeEvent } from "../../support/entries.ts";

const PUT = "O:SPXW251223P06870000";
const OTHER = "O:SPXW251223C06870000";

function row(event: Record<string, unknown>): Row {
  const parsed = parsePayload(JSON.stringify([event]));
  if (!parsed.ok) throw parsed.error;
  const [found] = parsed.batches.flatMap(({ rows }) => rows);
  if (found === undefined) throw new RangeError("Cannot read a row: there is none");
  return found;
}

const trade = row(tradeEvent(SAMPLE_MS));
const quote = row(quoteEvent(SAMPLE_MS));
const stock = row(tradeEvent(SAMPLE_MS, { sym: "BRK.B" }));
const value = row({ ev: "V", T: "I:SPX", val: 1, t: SAMPLE_MS });

function unseen(asked: readonly string[], seen: readonly string[] = []): UnseenTopics {
  const topics = new UnseenTopics();
  topics.reset(asked, new Set(seen));
  return topics;
}

describe("UnseenTopics", () => {
  it("tells the first row of each topic, once", () => {
    const topics = unseen([`T.${PUT}`, `Q.${PUT}`, "T.BRK.B", "V.I:SPX"]);
    const rows = [trade, trade, quote, stock, value, quote, stock, value];
    expect(rows.map((one) => topics.take(one))).toEqual([
      `T.${PUT}`,
      undefined,
      `Q.${PUT}`,
      "T.BRK.B",
      "V.I:SPX",
      ...[undefined, undefined, undefined],
    ]);
    expect(topics.isEmpty).toBe(true);
  });

  it("takes any row of a channel for its wildcard, and names what it brought", () => {
    const topics = unseen(["T.*"]);
    expect([topics.take(quote), topics.take(stock), topics.take(trade), topics.isEmpty]).toEqual([
      undefined,
      "T.BRK.B",
      undefined,
      true,
    ]);
  });

  it("takes a row for its own topic before the wildcard", () => {
    const topics = unseen([`T.${PUT}`, "T.*"]);
    expect([topics.take(trade), topics.isEmpty, topics.take(trade), topics.isEmpty]).toEqual([
      `T.${PUT}`,
      false,
      `T.${PUT}`,
      true,
    ]);
  });

  it("knows nothing of what was not asked for, or was seen", () => {
    expect(unseen([]).isEmpty).toBe(true);
    expect(unseen(["T.*"], ["T.*"]).isEmpty).toBe(true);
    const topics = unseen([`T.${OTHER}`, `T.${PUT}`], [`T.${PUT}`]);
    expect([topics.take(trade), topics.isEmpty]).toEqual([undefined, false]);
  });

  it("forgets what it was asked for before", () => {
    const topics = unseen([`T.${PUT}`]);
    topics.reset([`Q.${PUT}`], new Set());
    expect([topics.take(trade), topics.take(quote)]).toEqual([undefined, `Q.${PUT}`]);
  });
});
