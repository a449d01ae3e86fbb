import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wsConfig } from "../../../src/domain/config/read-config.ts";
import type { WsConfig } from "../../../src/domain/config/strikewire-config.ts";
import { planConnections } from "../../../src/domain/connection/topology.ts";
import { assetClassOf, RESOURCES, type ResourceType } from "../../../src/domain/instrument/resource.ts";
import { connectionName } from "../../../src/domain/market/batch.ts";

/** A line per connection. */
function planned(given: Partial<WsConfig>): readonly string[] {
  return planConnections(wsConfig(given)).connections.map(({ connection, url, parts }) => {
    const carried = parts.map(({ resource, shard, shards }) => `${resource} ${shard}/${shards}`);
    return `${connectionName(connection)} ${url}: ${carried.join(", ")}`;
  });
}

const both = ["options_quotes", "options_trades"] as const;

describe("planConnections", () => {
  it("makes one connection by default", () => {
    expect(planned({})).toEqual(["options/0 wss://socket.massive.com/options: options_trades 0/1"]);
    expect(planConnections(wsConfig({})).notes).toEqual([]);
  });

  it("makes one connection per class where resource types have to share it, and says so", () => {
    const config = wsConfig({ wsResources: [...both, "index_values", "equity_trades"] });
    expect(planned(config)).toEqual([
      "options/0 wss://socket.massive.com/options: options_trades 0/1, options_quotes 0/1",
      "stocks/0 wss://socket.massive.com/stocks: equity_trades 0/1",
      "indices/0 wss://socket.massive.com/indices: index_values 0/1",
    ]);
    expect(planConnections(config).notes).toEqual([
      "options_trades and options_quotes share one connection of the class options: connections of their own would be 2, wsConnectionsPerClass is 1",
    ]);
  });

  it("makes connections of their own where the account allows them, numbered through the class", () => {
    const given = { wsResources: both, wsMode: "targeted", wsShardCount: 2, wsUrl: "ws://h:1/" } as const;
    expect(planned({ ...given, wsConnectionsPerClass: 4 })).toEqual([
      "options/0 ws://h:1/options: options_trades 0/2",
      "options/1 ws://h:1/options: options_trades 1/2",
      "options/2 ws://h:1/options: options_quotes 0/2",
      "options/3 ws://h:1/options: options_quotes 1/2",
    ]);
    const shared = { ...given, wsConnectionsPerClass: 3 };
    expect(planned(shared)).toEqual([
      "options/0 ws://h:1/options: options_trades 0/2, options_quotes 0/2",
      "options/1 ws://h:1/options: options_trades 1/2, options_quotes 1/2",
    ]);
    expect(planConnections(wsConfig(shared)).notes).toEqual([
      "options_trades and options_quotes share 2 connections of the class options: connections of their own would be 4, wsConnectionsPerClass is 3",
    ]);
  });

  it("takes a URL that ends in a class as it is", () => {
    expect(planned({ wsUrl: "wss://h/x/options" })).toEqual(["options/0 wss://h/x/options: options_trades 0/1"]);
  });

  it("carries every shard of every resource type once, on connections that the account allows, in any order", () => {
    const resources = Object.keys(RESOURCES) as ResourceType[];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(resources, { minLength: 1 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 8 }),
        (wsResources, wsShardCount, more) => {
          const wsConnectionsPerClass = wsShardCount + more;
          const config = wsConfig({ wsResources, wsShardCount, wsConnectionsPerClass, wsMode: "targeted" });
          const plan = planConnections(config);
          expect(planConnections({ ...config, wsResources: [...wsResources].reverse() })).toEqual(plan);
          const parts = plan.connections.flatMap((made) => made.parts);
          const names = parts.map(({ resource, shard, shards }) => `${resource} ${shard}/${shards}`);
          const wanted = wsResources.flatMap((resource) =>
            Array.from({ length: wsShardCount }, (_, shard) => `${resource} ${shard}/${wsShardCount}`),
          );
          expect([...names].sort()).toEqual(wanted.sort());
          for (const assetClass of new Set(wsResources.map(assetClassOf))) {
            const made = plan.connections.filter(({ connection }) => connection.class === assetClass);
            expect(made.length).toBeLessThanOrEqual(wsConnectionsPerClass);
            expect(made.map(({ connection }) => connection.shard)).toEqual([...made.keys()]);
            for (const { parts: carried } of made) {
              for (const { resource } of carried) expect(assetClassOf(resource)).toBe(assetClass);
            }
          }
        },
      ),
      { seed: 5 },
    );
  });
});
