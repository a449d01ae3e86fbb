import type { Random } from "../../domain/random.ts";
import { newYorkTimeMs } from "../market/calendar.ts";
import type { MarketContract } from "../market/contract-universe.ts";
import type { MarketEvent } from "../market/events.ts";
import { AUTHENTICATED, CONNECTED, subscribed } from "../wire/status.ts";
import { type CaptureItem, captureItem, type TradeItem } from "./capture-item.ts";
import { brokenEvents, otherEvents } from "./odd-events.ts";

/** When the capture begins: 2025-12-22 16:03:30 Eastern, in the quarter of an hour that index options go on after the close. */
export const CAPTURE_START_MS: number = newYorkTimeMs("2025-12-22", 16, 3) + 30_000;

/** When the connection is cut, and when the next one opens. */
const CUT_AT_MS = CAPTURE_START_MS + 240_000;
const RECONNECT_AT_MS = CUT_AT_MS + 3_100;

/** From `connected` to: the key accepted, trades confirmed, the first quote confirmed, every quote confirmed. */
const AUTHENTICATED_AFTER_MS = 85;
const TRADES_AFTER_MS = 240;
const QUOTES_AFTER_MS = 300;
const QUOTES_CONFIRMED_WITHIN_MS = 450;

/** Prints of just before the cut that the new connection repeats, and within how long. */
const REPEATED_PRINTS = 40;
const REPEATED_WITHIN_MS = 400;

/** Of the prints to be repeated every so many-th plain one is doubled before the cut. */
const DOUBLED_EVERY = 9;

/** Prints that are lost although their cancels arrive. */
const LOST_ORIGINALS = 2;

/** A real print, as its receiver wrote it down: no exchange, no conditions, no sequence number. */
const SAMPLE_PRINT = {
  text: '{"ev":"T","sym":"O:SPXW251223P06870000","p":7.7,"s":1,"t":1766437799445}',
  tMs: 1_766_437_799_445,
} as const;

/** Ids beside those of the market, which count up from 0. */
const SAMPLE_ID = -1;
const twinIdOf = (printId: number): number => -2 - printId;

/**
 * Turns what the market published into what one subscriber received: all trades, the quotes of the watched contracts, over
 * two connections with an outage between them, with everything that goes wrong on the way. In order of publication.
 */
export function playScenario(
  events: readonly MarketEvent[],
  watched: readonly MarketContract[],
  random: Random,
): readonly CaptureItem[] {
  const topics = ["T.*", ...watched.map(({ ticker }) => `Q.${ticker}`)];
  const received = doublePrintsBeforeCut(loseOriginals(receive(events, watched)));
  const items = [
    ...received,
    ...connect(CAPTURE_START_MS, topics),
    ...connect(RECONNECT_AT_MS, topics),
    ...repeatPrintsBeforeCut(received, random),
    samplePrint(),
    ...brokenEvents(received, CAPTURE_START_MS),
    ...otherEvents(received, CAPTURE_START_MS),
  ];
  // A stable sort: of equal times, the market's own events stay in their order and come first.
  return items.sort((left, right) => left.publishedAtMs - right.publishedAtMs);
}

/** What gets through: option trades once they are confirmed, quotes of watched contracts likewise, nothing in the outage. */
function receive(events: readonly MarketEvent[], watched: readonly MarketContract[]): readonly CaptureItem[] {
  const quoted = new Set(watched);
  return events.flatMap((event) => {
    if (event.kind !== "optionTrade" && event.kind !== "optionQuote") return [];
    if (event.kind === "optionQuote" && !quoted.has(event.contract)) return [];
    const opensAfterMs = event.kind === "optionTrade" ? TRADES_AFTER_MS : QUOTES_AFTER_MS + QUOTES_CONFIRMED_WITHIN_MS;
    const at = event.publishedAtMs;
    const onFirst = at > CAPTURE_START_MS + opensAfterMs && at <= CUT_AT_MS;
    const onSecond = at > RECONNECT_AT_MS + opensAfterMs;
    return onFirst || onSecond ? [captureItem(event)] : [];
  });
}

/**
 * Takes away some prints whose cancels stay. A cancel is left without its print only if no other print could be taken for
 * it, so that a reader who goes by price, size and exchange comes to the same account; else it goes too.
 */
function loseOriginals(items: readonly CaptureItem[]): readonly CaptureItem[] {
  const trades = items.filter((item): item is TradeItem => item.kind === "trade");
  const alike = new Map<string, number>();
  for (const { print } of trades) alike.set(print.cancelKey, (alike.get(print.cancelKey) ?? 0) + 1);
  const isPresent = new Set(trades.map(({ print }) => print.printId));

  const gone = new Set<number>();
  let lost = 0;
  for (const { print } of trades) {
    if (print.cancelOf === undefined) continue;
    const hasOriginal = isPresent.has(print.cancelOf);
    const prints = (alike.get(print.cancelKey) ?? 0) - 1 - (hasOriginal ? 1 : 0);
    if (!hasOriginal && prints > 0) gone.add(print.printId);
    if (hasOriginal && prints === 0 && lost < LOST_ORIGINALS) {
      gone.add(print.cancelOf);
      lost += 1;
    }
  }
  return items.filter((item) => item.kind !== "trade" || !gone.has(item.print.printId));
}

function lastPrintsBeforeCut(items: readonly CaptureItem[]): readonly TradeItem[] {
  return items
    .filter((item): item is TradeItem => item.kind === "trade" && item.publishedAtMs <= CUT_AT_MS)
    .slice(-REPEATED_PRINTS);
}

/** Prints some of the last orders before the cut twice, equal in every field. */
function doublePrintsBeforeCut(items: readonly CaptureItem[]): readonly CaptureItem[] {
  const plain = lastPrintsBeforeCut(items).filter(
    ({ print }) => print.kind === "regular" && print.cancelOf === undefined,
  );
  const doubled = new Set<CaptureItem>(plain.filter((_, index) => index % DOUBLED_EVERY === 0));
  return items.flatMap((item) => {
    if (item.kind !== "trade" || !doubled.has(item)) return [item];
    const { print } = item;
    const twin: TradeItem = {
      ...item,
      print: { ...print, printId: twinIdOf(print.printId), kind: "equal", equalTo: print.printId },
    };
    return [item, twin];
  });
}

/** The last prints before the cut once more, as the next connection repeats them; of the first twins only one. */
function repeatPrintsBeforeCut(items: readonly CaptureItem[], random: Random): readonly CaptureItem[] {
  const prints = lastPrintsBeforeCut(items);
  const firstTwin = prints.find(({ print }) => print.equalTo !== undefined);
  const fromMs = RECONNECT_AT_MS + TRADES_AFTER_MS;
  const delays = prints.map(() => 5 + REPEATED_WITHIN_MS * random.next()).sort((left, right) => left - right);
  return prints
    .map((item, index) => ({ ...item, isRepeat: true, publishedAtMs: Math.floor(fromMs + (delays[index] ?? 0)) }))
    .filter(({ print }) => print !== firstTwin?.print);
}

/** What a server says to a new connection that subscribes to `topics`. */
function connect(atMs: number, topics: readonly string[]): readonly CaptureItem[] {
  const status = (publishedAtMs: number, text: string): CaptureItem => ({ kind: "status", publishedAtMs, text });
  const [trades = "", ...quotes] = topics;
  return [
    status(atMs, CONNECTED),
    status(atMs + AUTHENTICATED_AFTER_MS, AUTHENTICATED),
    status(atMs + TRADES_AFTER_MS, subscribed(trades)),
    ...quotes.map((topic, index) => {
      const afterMs = QUOTES_AFTER_MS + (QUOTES_CONFIRMED_WITHIN_MS * index) / quotes.length;
      return status(Math.floor(atMs + afterMs), subscribed(topic));
    }),
  ];
}

function samplePrint(): CaptureItem {
  const { text, tMs } = SAMPLE_PRINT;
  return {
    kind: "trade",
    publishedAtMs: tMs,
    text,
    isRepeat: false,
    print: {
      printId: SAMPLE_ID,
      orderId: SAMPLE_ID,
      cancelKey: "",
      underlying: "SPX",
      expiration: "2025-12-23",
      tMs,
      priceCents: 770,
      size: 1,
      kind: "regular",
      equalTo: undefined,
      cancelOf: undefined,
    },
  };
}
