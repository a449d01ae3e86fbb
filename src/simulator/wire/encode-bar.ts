import { points } from "./encode.ts";

/** Prices of a stretch of time, and of the day so far. In cents. */
export interface BarPrices {
  /** `A` of a second, `AM` of a minute. */
  readonly channel: "A" | "AM";
  readonly ticker: string;
  /** First price of the day. */
  readonly dayOpenCents: number;
  readonly openCents: number;
  readonly closeCents: number;
  readonly highCents: number;
  readonly lowCents: number;
  /** Ms since the Unix epoch. */
  readonly startMs: number;
  readonly endMs: number;
}

/** What was traded in it: contracts or shares, and the prices weighted by them, in cents. */
export interface BarVolume {
  readonly volume: number;
  readonly dayVolume: number;
  readonly vwapCents: number;
  readonly dayVwapCents: number;
  readonly prints: number;
}

/**
 * A bar as the provider writes it, fields in the order of its samples. Those of indices have no volume.
 *
 * @param traded of options and stocks.
 */
export function encodeBar(prices: BarPrices, traded: BarVolume | undefined): string {
  const { channel, ticker, dayOpenCents, openCents, closeCents, highCents, lowCents, startMs, endMs } = prices;
  const head = `{"ev":"${channel}","sym":"${ticker}",`;
  const op = `"op":${points(dayOpenCents)},`;
  const range = `"o":${points(openCents)},"c":${points(closeCents)},"h":${points(highCents)},"l":${points(lowCents)},`;
  const times = `"s":${startMs},"e":${endMs}}`;
  if (traded === undefined) return `${head}${op}${range}${times}`;
  const { volume, dayVolume, vwapCents, dayVwapCents, prints } = traded;
  const day = `"a":${average(dayVwapCents)},"z":${Math.round(volume / prints)},`;
  return `${head}"v":${volume},"av":${dayVolume},${op}"vw":${average(vwapCents)},${range}${day}${times}`;
}

/** To four places, in the shortest spelling. */
function average(cents: number): string {
  return String(Math.round(cents * 100) / 10_000);
}
