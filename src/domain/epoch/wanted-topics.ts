import { OptionContractCache } from "../instrument/option-contract-cache.ts";
import type { UnderlyingResolver } from "../instrument/option-symbol.ts";

/** What turns one set of wanted topics into another. A `SubscriptionStore` takes it. */
export interface TopicDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * The topics that follow from active epochs: trades and quotes of every contract, each topic once, trades first. Quotes have
 * fewer slots than that: the source's scheduler picks who gets one.
 *
 * @param epochs the contracts of each epoch, by provider ticker.
 * @example
 * ```ts
 * wantedTopics([["O:SPXW251223P06870000"]]); // T.O:SPXW251223P06870000, Q.O:SPXW251223P06870000
 * ```
 */
export function wantedTopics(epochs: Iterable<Iterable<string>>): ReadonlySet<string> {
  const contracts = new Set<string>();
  for (const epoch of epochs) for (const contract of epoch) contracts.add(contract);
  const topics = new Set<string>();
  for (const channel of ["T", "Q"]) for (const contract of contracts) topics.add(`${channel}.${contract}`);
  return topics;
}

/**
 * Compares two sets of topics.
 *
 * @example
 * ```ts
 * topicDiff(new Set(["T.O:A", "T.O:B"]), new Set(["T.O:B", "T.O:C"])); // { added: ["T.O:C"], removed: ["T.O:A"] }
 * ```
 */
export function topicDiff(before: ReadonlySet<string>, after: ReadonlySet<string>): TopicDiff {
  return {
    added: [...after].filter((topic) => !before.has(topic)),
    removed: [...before].filter((topic) => !after.has(topic)),
  };
}

/**
 * Those of some topics that epochs of these underlyings could have wanted: trades and quotes of option contracts on them.
 * All others are wanted by somebody else, and are not the epochs' to remove.
 *
 * @param underlyings without `I:`.
 */
export function epochTopics(
  topics: Iterable<string>,
  underlyings: ReadonlySet<string>,
  underlyingOf?: UnderlyingResolver,
): ReadonlySet<string> {
  const contracts = new OptionContractCache(underlyingOf === undefined ? {} : { underlyingOf });
  const found = new Set<string>();
  for (const topic of topics) {
    if (!topic.startsWith("T.") && !topic.startsWith("Q.")) continue;
    const contract = contracts.get(topic.slice(2));
    if (contract !== undefined && underlyings.has(contract.underlying)) found.add(topic);
  }
  return found;
}
