import { describe, expect, it } from "vitest";
import { hydratorGroup, REDIS_KEYS } from "../../src/adapters/redis/keys.ts";
import { CHANNELS, flowChannel, gridChannel, modelChannel } from "../../src/domain/channels.ts";
import { SETTINGS } from "../../src/domain/config/settings.ts";
import { CHAIN_HEALTH } from "../../src/domain/context/chain.ts";
import { codeIn, rowsOf, wiringPages } from "./wiring-tables.ts";

const pages = wiringPages();

/** A line per key, so that a difference names it. */
function documentedKeys(texts: ReadonlyMap<string, string>): readonly string[] {
  return rowsOf(texts, "key").map(({ cells }) => {
    return [codeIn(cells["key"] ?? "").join(), cells["type"], cells["writer"], cells["life"]].join(" / ");
  });
}

function documentedChannels(texts: ReadonlyMap<string, string>): readonly string[] {
  return rowsOf(texts, "channel").map(({ cells }) => codeIn(cells["channel"] ?? "").join());
}

const keys = Object.values(REDIS_KEYS).map(({ pattern, type, writer, life }) => {
  return [pattern, type.toUpperCase(), writer, life].join(" / ");
});
const channels = [
  ...Object.values(CHANNELS),
  flowChannel("{UNDERLYING}"),
  gridChannel("{UNDERLYING}", "{EXPIRY}"),
  modelChannel("{model}", "{SYMBOL}"),
];

describe("the pages on Redis", () => {
  it("have every key in one table, with the type, the writer and the life that it has", () => {
    expect([...documentedKeys(pages)].sort()).toEqual([...keys].sort());
  });

  it("have every channel in one table", () => {
    expect([...documentedChannels(pages)].sort()).toEqual([...channels].sort());
  });

  it("name the consumer group of the first partition, and the stream that it is a group of", () => {
    expect(rowsOf(pages, "group").map(({ cells }) => [cells["group"], cells["of"]])).toEqual([
      [`\`${hydratorGroup(0)}\``, `\`${REDIS_KEYS.rawStream.pattern}\``],
    ]);
  });

  it("say of every key what stands in it, and of every channel what is said there", () => {
    for (const { cells } of rowsOf(pages, "key")) expect(cells["content"], cells["key"]).toMatch(/\w{3}/);
    for (const { cells } of rowsOf(pages, "channel")) {
      expect(cells["message"], cells["channel"]).toMatch(/\w{3}/);
      expect(cells["published"], cells["channel"]).toMatch(/\w{3}/);
    }
  });

  it("have every health class of a chain in one table", () => {
    const classes = rowsOf(pages, "health").map(({ cells }) => cells["health"]);
    expect(classes).toEqual(CHAIN_HEALTH.map((health) => `"${health}"`));
  });

  it("name settings that exist, with the defaults that they have", () => {
    const text = [...pages.values()].join("\n");
    const bare = (value: string): string => value.replace(/ s$/, "").replaceAll(/[\s,]/g, "");
    const defaults = new Map(
      Object.values(SETTINGS).map(({ env, fallback }) => {
        const isPerSymbol = typeof fallback === "object" && "default" in fallback;
        return [env, bare([isPerSymbol ? fallback.default : fallback].flat().join(","))];
      }),
    );
    const named = [...text.matchAll(/`(MASSIVE_[A-Z_]*[A-Z])`/g)].map(([, name = ""]) => name);
    expect(named.filter((name) => !defaults.has(name))).toEqual([]);
    const stated = [...text.matchAll(/`(MASSIVE_[A-Z_]+)` \(([^)]+)\)/g)];
    expect(stated.length).toBeGreaterThan(20);
    for (const [, name = "", value = ""] of stated) expect([name, bare(value)]).toEqual([name, defaults.get(name)]);
  });

  it("are all in the index", () => {
    const index = pages.get("README.md") ?? "";
    for (const file of pages.keys()) if (file !== "README.md") expect(index).toContain(`](${file})`);
  });
});

describe("the check of the tables", () => {
  const page = (change: (text: string) => string): ReadonlyMap<string, string> => {
    return new Map([...pages].map(([file, text]) => [file, change(text)]));
  };
  const without = (start: string) =>
    page((text) =>
      text
        .split("\n")
        .filter((line) => !line.startsWith(start))
        .join("\n"),
    );

  it("notices a key that is not documented, and one that does not exist", () => {
    expect(documentedKeys(without("| `epoch:dirty` "))).not.toEqual(expect.arrayContaining(keys));
    const renamed = page((text) => text.replace("| `epoch:clean` ", "| `epoch:cleaned` "));
    expect(keys).not.toEqual(expect.arrayContaining([...documentedKeys(renamed)]));
  });

  it.each([
    ["type", "| `epoch:dirty` | SET |", "| `epoch:dirty` | ZSET |"],
    ["life", "| overwritten |", "| persistent |"],
    ["writer", "| model store | 60 s |", "| hydrator | 60 s |"],
  ])("notices another %s", (_, from, to) => {
    const changed = page((text) => text.replace(from, to));
    expect([...changed.values()].join()).not.toBe([...pages.values()].join());
    expect([...documentedKeys(changed)].sort()).not.toEqual([...keys].sort());
  });

  it("notices a key that is documented twice", () => {
    const doubled = new Map([...pages, ["other.md", pages.get("chain-worker.md") ?? ""]]);
    expect([...documentedKeys(doubled)].sort()).not.toEqual([...keys].sort());
  });

  it("notices a channel that is not documented, and one that does not exist", () => {
    expect([...documentedChannels(without("| `massive:heartbeat` "))].sort()).not.toEqual([...channels].sort());
    const renamed = page((text) => text.replace("| `epoch:promoted` ", "| `epoch:promotions` "));
    expect([...documentedChannels(renamed)].sort()).not.toEqual([...channels].sort());
  });

  it("refuses a row with a cell too many, as an unescaped bar makes one", () => {
    const broken = page((text) => text.replace("| `epoch:dirty` | SET |", "| `epoch:dirty` | SET | SET |"));
    expect(() => documentedKeys(broken)).toThrow("a row must have 5 cells, it has 6: `epoch:dirty`");
  });
});
