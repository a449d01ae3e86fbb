import { describe, expect, it } from "vitest";
import type { WsMode } from "../../../src/domain/config/strikewire-config.ts";
import { planConnections } from "../../../src/domain/connection/topology.ts";
import type { ResourceType } from "../../../src/domain/instrument/resource.ts";
import { tickersOf, topicsOf, uncarriedTopics } from "../../../src/domain/subscription/topics.ts";

const CALL = "O:SPXW251223C06870000";
const PUT = "O:SPXW251223P06870000";
const ALL: readonly ResourceType[] = [
  "options_trades",
  "options_quotes",
  "equity_trades",
  "equity_quotes",
  "index_values",
];
const WANTED = new Set([`T.${CALL}`, `T.${PUT}`, `Q.${PUT}`, "T.AAPL", "Q.AAPL", "Q.BRK.B", "V.I:SPX", "AM.AAPL"]);

function topics(
  mode: WsMode,
  wsResources: readonly ResourceType[],
  change: {
    readonly wanted?: ReadonlySet<string>;
    readonly quoted?: ReadonlyMap<string, number>;
    readonly shards?: number;
    readonly perClass?: number;
  } = {},
) {
  const { wanted = WANTED, quoted = new Map(), shards = 1, perClass = 1 } = change;
  const wsUrl = "ws://127.0.0.1:8080";
  const plan = planConnections({ wsUrl, wsResources, wsShardCount: shards, wsConnectionsPerClass: perClass });
  return topicsOf(plan.connections, { mode, wanted, quoted });
}

describe("topicsOf", () => {
  it("takes everything by wildcard as firehose, but option quotes by slot", () => {
    expect(topics("firehose", ALL, { quoted: new Map([[CALL, 0]]) })).toEqual([
      ["T.*", `Q.${CALL}`],
      ["T.*", "Q.*"],
      ["V.*"],
    ]);
  });

  it("takes what is wanted when targeted, each from its class, and option quotes by slot only", () => {
    expect(topics("targeted", ALL, { quoted: new Map([[CALL, 0]]) })).toEqual([
      [`T.${CALL}`, `T.${PUT}`, `Q.${CALL}`],
      ["T.AAPL", "Q.AAPL", "Q.BRK.B"],
      ["V.I:SPX"],
    ]);
  });

  it("takes nothing where nothing is wanted", () => {
    expect(topics("targeted", ALL, { wanted: new Set() })).toEqual([[], [], []]);
    expect(topics("firehose", ["options_quotes"])).toEqual([[]]);
  });

  it("gives each connection what it carries", () => {
    const quoted = new Map([[PUT, 0]]);
    expect(topics("firehose", ["options_trades", "options_quotes"], { quoted, perClass: 2 })).toEqual([
      ["T.*"],
      [`Q.${PUT}`],
    ]);
  });

  it("gives each wanted topic to one shard, and quotes to the shard of their slot", () => {
    const tickers = Array.from({ length: 200 }, (_, index) => `O:SPXW251223C${String(index + 1).padStart(8, "0")}`);
    const wanted = new Set(tickers.map((ticker) => `T.${ticker}`));
    const quoted = new Map(tickers.slice(0, 100).map((ticker, index) => [ticker, index % 2]));
    const [first = [], second = []] = topics("targeted", ["options_trades", "options_quotes"], {
      wanted,
      quoted,
      shards: 2,
      perClass: 2,
    });
    const trades = [...first, ...second].filter((topic) => topic.startsWith("T."));
    expect(trades.toSorted()).toEqual([...wanted].toSorted());
    expect(first.filter((topic) => topic.startsWith("Q."))).toEqual(
      tickers.slice(0, 100).flatMap((ticker, index) => (index % 2 === 0 ? [`Q.${ticker}`] : [])),
    );
    expect(second.filter((topic) => topic.startsWith("T.")).length).toBeGreaterThan(50);
  });
});

describe("tickersOf", () => {
  it.each<readonly [ResourceType, readonly string[]]>([
    ["options_trades", [CALL, PUT]],
    ["options_quotes", [PUT]],
    ["equity_trades", ["AAPL"]],
    ["equity_quotes", ["AAPL", "BRK.B"]],
    ["index_values", ["I:SPX"]],
  ])("finds those of %s", (resource, expected) => {
    expect(tickersOf(WANTED, resource)).toEqual(expected);
  });

  it("finds none in what is no topic of ours", () => {
    expect(tickersOf(["T", "", ".", "X.AAPL", "V.AAPL", "T.I:SPX"], "equity_trades")).toEqual([]);
  });
});

describe("a wildcard among the wanted topics", () => {
  it("is for each class that has the channel, but for option quotes", () => {
    const wanted = new Set(["T.*", "Q.*"]);
    expect(tickersOf(wanted, "options_trades")).toEqual(["*"]);
    expect(tickersOf(wanted, "equity_trades")).toEqual(["*"]);
    expect(tickersOf(wanted, "equity_quotes")).toEqual(["*"]);
    expect(tickersOf(wanted, "options_quotes")).toEqual([]);
  });
});

describe("uncarriedTopics", () => {
  it("names what is of no resource type", () => {
    expect(uncarriedTopics(WANTED, ["options_trades", "equity_trades"])).toEqual([
      `Q.${PUT}`,
      "Q.AAPL",
      "Q.BRK.B",
      "V.I:SPX",
      "AM.AAPL",
    ]);
    expect(uncarriedTopics(WANTED, ALL)).toEqual(["AM.AAPL"]);
  });
});
