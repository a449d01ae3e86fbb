import type { WsConfig } from "../config/strikewire-config.ts";
import { wsEndpoint } from "../config/ws-endpoint.ts";
import { type AssetClass, assetClassOf, RESOURCES, type ResourceType } from "../instrument/resource.ts";
import type { ConnectionId } from "../market/batch.ts";

/** What one connection carries of a resource type: the instruments of one of its shards. */
export interface ConnectionPart {
  readonly resource: ResourceType;
  /** From 0, of this resource type. */
  readonly shard: number;
  readonly shards: number;
}

/** A connection that is to be made. */
export interface PlannedConnection {
  /** Shards are numbered from 0 within the class. */
  readonly connection: ConnectionId;
  readonly url: string;
  /** One for each resource type that it carries. */
  readonly parts: readonly ConnectionPart[];
}

/** The connections of a source, and what its operator should know about them. */
export interface ConnectionPlan {
  readonly connections: readonly PlannedConnection[];
  /** Sentences. */
  readonly notes: readonly string[];
}

/** What a plan depends on. */
export type TopologyConfig = Pick<WsConfig, "wsUrl" | "wsResources" | "wsShardCount" | "wsConnectionsPerClass">;

/**
 * Which connections to make: `wsShardCount` of their own for every resource type where `wsConnectionsPerClass` allows it;
 * otherwise the resource types of a class share `wsShardCount` connections, which is noted.
 *
 * The order in which resource types are listed changes nothing, so that a connection keeps its name.
 *
 * @param config checked, as `readConfig` and `wsConfig` give it.
 */
export function planConnections(config: TopologyConfig): ConnectionPlan {
  const byClass = new Map<AssetClass, ResourceType[]>();
  for (const resource of Object.keys(RESOURCES) as ResourceType[]) {
    if (!config.wsResources.includes(resource)) continue;
    const assetClass = assetClassOf(resource);
    byClass.set(assetClass, [...(byClass.get(assetClass) ?? []), resource]);
  }
  const { base } = wsEndpoint(config.wsUrl);
  const connections: PlannedConnection[] = [];
  const notes: string[] = [];
  for (const [assetClass, resources] of byClass) {
    const carried = partsOf(resources, config);
    const needed = resources.length * config.wsShardCount;
    if (carried.length < needed) notes.push(sharingNote(assetClass, resources, needed, config));
    for (const [shard, parts] of carried.entries()) {
      connections.push({ connection: { class: assetClass, shard }, url: `${base}/${assetClass}`, parts });
    }
  }
  return { connections, notes };
}

/** What each connection of one class carries. */
function partsOf(
  resources: readonly ResourceType[],
  { wsShardCount: shards, wsConnectionsPerClass }: TopologyConfig,
): readonly (readonly ConnectionPart[])[] {
  const numbers = Array.from({ length: shards }, (_, shard) => shard);
  if (resources.length * shards > wsConnectionsPerClass) {
    return numbers.map((shard) => resources.map((resource) => ({ resource, shard, shards })));
  }
  return resources.flatMap((resource) => numbers.map((shard) => [{ resource, shard, shards }]));
}

function sharingNote(
  assetClass: AssetClass,
  resources: readonly ResourceType[],
  needed: number,
  { wsShardCount, wsConnectionsPerClass }: TopologyConfig,
): string {
  const shared = wsShardCount === 1 ? "one connection" : `${wsShardCount} connections`;
  return `${resources.join(" and ")} share ${shared} of the class ${assetClass}: connections of their own would be ${needed}, wsConnectionsPerClass is ${wsConnectionsPerClass}`;
}
