import type { WsMode } from "../config/strikewire-config.ts";
import type { ConnectionPart, PlannedConnection } from "../connection/topology.ts";
import { RESOURCES, type ResourceType } from "../instrument/resource.ts";
import { assignShards } from "./shards.ts";

/** What the topics of a source follow from. */
export interface TopicSelection {
  readonly mode: WsMode;
  /** Topics that are wanted; in the mode `firehose` they matter for what has no wildcard only. */
  readonly wanted: ReadonlySet<string>;
  /** The contracts that got a slot for quotes, each with its shard. */
  readonly quoted: ReadonlyMap<string, number>;
}

/**
 * The topics of every connection of a plan, in the order of the plan.
 *
 * Everything but option quotes comes by wildcard in the mode `firehose`, and as wanted in the mode `targeted`; option
 * quotes, which have no wildcard and a limit, are those that got a slot.
 */
export function topicsOf(
  connections: readonly PlannedConnection[],
  { mode, wanted, quoted }: TopicSelection,
): readonly (readonly string[])[] {
  const shardsOf = new Map<ResourceType, ReadonlyMap<string, number>>();
  const onShard = ({ resource, shard, shards }: ConnectionPart): readonly string[] => {
    const { channel } = RESOURCES[resource];
    if (resource !== "options_quotes" && mode === "firehose") return [`${channel}.*`];
    let assigned = resource === "options_quotes" ? quoted : shardsOf.get(resource);
    if (assigned === undefined) {
      assigned = assignShards(tickersOf(wanted, resource), shards);
      shardsOf.set(resource, assigned);
    }
    return [...assigned].flatMap(([ticker, place]) => (place === shard ? [`${channel}.${ticker}`] : []));
  };
  return connections.map(({ parts }) => parts.flatMap(onShard));
}

/** The tickers of the wanted topics that belong to a resource type. */
export function tickersOf(wanted: Iterable<string>, resource: ResourceType): readonly string[] {
  const { assetClass, channel } = RESOURCES[resource];
  const tickers: string[] = [];
  for (const topic of wanted) {
    const dot = topic.indexOf(".");
    const ticker = topic.slice(dot + 1);
    if (topic.slice(0, dot) !== channel) continue;
    // A wildcard says nothing of its class. Option quotes have none.
    const isOurs = ticker === "*" ? resource !== "options_quotes" : classOfTicker(ticker) === assetClass;
    if (isOurs) tickers.push(ticker);
  }
  return tickers;
}

/** The wanted topics that belong to none of some resource types. */
export function uncarriedTopics(wanted: ReadonlySet<string>, resources: readonly ResourceType[]): readonly string[] {
  const carried = new Set(
    resources.flatMap((resource) =>
      tickersOf(wanted, resource).map((ticker) => `${RESOURCES[resource].channel}.${ticker}`),
    ),
  );
  return [...wanted].filter((topic) => !carried.has(topic));
}

function classOfTicker(ticker: string): "options" | "stocks" | "indices" {
  if (ticker.startsWith("O:")) return "options";
  return ticker.startsWith("I:") ? "indices" : "stocks";
}
