import { type Random, seededRandom } from "../../domain/random.ts";
import { createMarket, type Market } from "../market/market.ts";
import { captureLine } from "./capture-line.ts";
import { frameItems } from "./frames.ts";
import { CAPTURE_START_MS, playScenario } from "./scenario.ts";
import { accountFor, type CaptureTruth } from "./truth.ts";
import { watchedContracts } from "./watchlist.ts";

/** A generated capture: the lines of its file, and what its generator knows about them. */
export interface BundledCapture {
  readonly lines: readonly string[];
  readonly truth: CaptureTruth;
}

/**
 * The seed of the capture that comes with the package: one of those whose market, when the sample print comes, is quoted
 * around its price.
 */
export const BUNDLED_SEED = 130;

/** Frames of the capture that comes with the package. */
export const BUNDLED_FRAMES = 2_400;

/** With fewer frames something of the scenario would be cut off. */
const LEAST_FRAMES = 2_400;

/** Frames come every 0.19 s on average: so much market time for each is plenty. */
const MARKET_MS_PER_FRAME = 260;

/** Events of the whole market; less than half of them are received. */
const MARKET_EVENTS_PER_SECOND = 65;

/** Of the market's quotes only the watched contracts' are received: so many per trade leave three. */
const QUOTES_PER_TRADE = 8;

/**
 * Generates the kind of capture that is bundled: eight minutes and more of the options feed in the afternoon of
 * 2025-12-22, as a recorder of one socket writes them down, with an outage and everything that goes wrong on the way.
 *
 * @param options.seed any safe integer; 2,400 frames of the default seed are the bundled file.
 * @param options.frames 2,400 or more. More of them go on where fewer end.
 * @throws {RangeError} for fewer frames or another seed.
 */
export function generateCapture(options: { readonly seed?: number; readonly frames?: number } = {}): BundledCapture {
  const { seed = BUNDLED_SEED, frames: frameCount = BUNDLED_FRAMES } = options;
  if (!(Number.isSafeInteger(frameCount) && frameCount >= LEAST_FRAMES)) {
    throw new RangeError(
      `Cannot generate a capture: 'frames' must be an integer >= ${LEAST_FRAMES}, current value is ${frameCount}`,
    );
  }
  const random = seededRandom(seed);
  const market = captureMarket(random);
  const watched = watchedContracts(market);
  const events = market.advance(CAPTURE_START_MS + frameCount * MARKET_MS_PER_FRAME);
  const items = playScenario(events, watched, random.fork("scenario"));
  const frames = frameItems(items, random.fork("frames")).slice(0, frameCount);
  return {
    lines: frames.map(({ receivedAtMs, payload }) => captureLine(receivedAtMs, payload)),
    truth: accountFor(frames, seed, 2),
  };
}

/** The market of a capture, at its start. */
export function captureMarket(random: Random): Market {
  return createMarket(
    {
      startMs: CAPTURE_START_MS,
      optionEventsPerSecond: MARKET_EVENTS_PER_SECOND,
      quotesPerTrade: QUOTES_PER_TRADE,
      quotesPerMove: 70,
      excitation: { branchingRatio: 0.65, meanDelayMs: 60 },
    },
    random.fork("market"),
  );
}
