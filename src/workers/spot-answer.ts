import { faultIn } from "../domain/context/message.ts";
import { type SpotFetch, type SpotValue, spotValueSchema } from "../domain/context/spot.ts";
import { cutText } from "../domain/wire/describe-value.ts";
import type { SpotAnswer } from "../ports/spot-provider.ts";

/** What an answer comes to. */
export interface TakenAnswer {
  readonly fetch: SpotFetch;
  /** Why, by symbol as the provider names it. */
  readonly refused: ReadonlyMap<string, string>;
}

/** `SPX` for `I:SPX`: as names of keys carry it. */
export function bareSymbol(symbol: string): string {
  return symbol.startsWith("I:") ? symbol.slice(2) : symbol;
}

/**
 * What of an answer can be stored. A value that was not asked for, or is none, counts as refused: it must not take the
 * others with it.
 *
 * @param asked `undefined` where nobody knows what was asked for.
 */
export function takeAnswer(
  answer: Omit<SpotAnswer, "latencyMs"> & Pick<SpotFetch, "latencyMs">,
  asked: readonly string[] | undefined,
): TakenAnswer {
  const { receivedAtMs, latencyMs, payload } = answer;
  const askedAs = asked && new Map(asked.map((symbol) => [bareSymbol(symbol), symbol]));
  const refused = new Map(answer.refused.map(({ symbol, reason }) => [symbol, cutText(reason)]));
  const values: SpotValue[] = [];
  for (const value of answer.values) {
    const symbol = askedAs === undefined ? value.symbol : askedAs.get(value.symbol);
    const { success, error } = spotValueSchema.safeParse(value);
    if (symbol === undefined) refused.set(value.symbol, "it was not asked for");
    else if (success) values.push(value);
    else refused.set(symbol, cutText(`its value cannot be stored: ${faultIn(error, value)}`));
  }
  return { fetch: { receivedAtMs, latencyMs, payload, values, errors: refused.size }, refused };
}
