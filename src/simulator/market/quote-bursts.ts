import type { Random } from "../../domain/random.ts";
import type { Agenda } from "./agenda.ts";
import { AliasTable } from "./alias-table.ts";
import type { ContractUniverse } from "./contract-universe.ts";
import type { MarketEvent } from "./events.ts";
import { drawDeliveryDelayMs } from "./print-terms.ts";
import type { QuoteProcess } from "./quote-process.ts";
import type { SpotProcess } from "./spot-process.ts";

/** Mean of the absolute value of a standard normal. */
const MEAN_ABSOLUTE_NORMAL = Math.sqrt(2 / Math.PI);

/** A burst's quotes follow its move within this time, in ms. */
const BURST_MS = 12;

/** How often quotes come that no order asked for. */
interface BurstOptions {
  /** Long-run mean over all contracts; 0 for none. */
  readonly quotesPerSecond: number;
  /** Mean quotes of one move. */
  readonly quotesPerMove: number;
  /** Chance that a quote is delivered 1.2 to 4 s late. */
  readonly slowQuotes: number;
}

/**
 * Starts the moves of an underlying's spot: at Poisson instants, each followed within milliseconds by quotes of contracts
 * drawn by their quote shares, in number proportional to the size of the move.
 */
export function startQuoteBursts(
  universe: ContractUniverse,
  quotes: QuoteProcess,
  spots: SpotProcess,
  options: BurstOptions,
  agenda: Agenda,
  random: Random,
  emit: (event: MarketEvent) => void,
): void {
  const { quotesPerSecond, quotesPerMove, slowQuotes } = options;
  if (quotesPerSecond === 0) return;
  const { symbol } = universe.spec;
  const table = new AliasTable(universe.quoteShares);
  const gapMs = (1000 * quotesPerMove) / quotesPerSecond;
  let lastAtMs = agenda.nowMs;
  let lastReturn = 0;

  const requote = (atMs: number): void => {
    const contract = universe.contracts[table.draw(random)];
    if (contract === undefined || contract.expiresAtMs <= atMs) return;
    if (random.next() >= slowQuotes) {
      emit(quotes.requote(contract, atMs, atMs));
      return;
    }
    const deliveryAtMs = atMs + drawDeliveryDelayMs(random);
    const quote = quotes.requote(contract, atMs, deliveryAtMs);
    agenda.schedule(deliveryAtMs, () => emit(quote));
  };
  const move = (atMs: number): void => {
    agenda.schedule(atMs + gapMs * random.exponential(), move);
    spots.moveTo(symbol, atMs);
    const currentReturn = spots.logReturn(symbol);
    const deviation = spots.deviationOver(symbol, atMs - lastAtMs);
    const strength = deviation > 0 ? Math.abs(currentReturn - lastReturn) / deviation / MEAN_ABSOLUTE_NORMAL : 1;
    lastAtMs = atMs;
    lastReturn = currentReturn;
    // Rounded at random, so that the mean is exact.
    for (let left = Math.floor(quotesPerMove * strength + random.next()); left > 0; left--) {
      agenda.schedule(atMs + BURST_MS * random.next(), requote);
    }
  };
  agenda.schedule(agenda.nowMs + gapMs * random.exponential(), move);
}
