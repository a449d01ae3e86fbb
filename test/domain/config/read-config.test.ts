import { describe, expect, it } from "vitest";
import { parseRedisUrl } from "../../../src/adapters/redis/address.ts";
import { type GivenConfig, readConfig, wsConfig } from "../../../src/domain/config/read-config.ts";
import { isRedisUrl } from "../../../src/domain/config/redis-url.ts";
import { SETTING_NAMES, SETTINGS } from "../../../src/domain/config/settings.ts";
import type { WsConfig } from "../../../src/domain/config/strikewire-config.ts";
import { isStrikewireError } from "../../../src/domain/errors.ts";
import { errorOf } from "./refused-config.ts";

/** The lines of the message, without the first. */
const problemsOf = (given: GivenConfig): readonly string[] =>
  errorOf(() => readConfig(given))
    .message.split("\n")
    .slice(1)
    .map((line) => line.trim());

describe("where a setting is given", () => {
  const file = { wsQuoteCap: 30 };
  const env = { MASSIVE_WS_QUOTE_CAP: "20" };
  const code = { wsQuoteCap: 10 };

  it.each([
    [{ code, env, file }, 10],
    [{ env, file }, 20],
    [{ file }, 30],
    [{}, 1_000],
    [{ code: {}, env: {}, file: {} }, 1_000],
    [{ code: { wsQuoteCap: undefined as never }, env: { MASSIVE_WS_QUOTE_CAP: " \t" }, file }, 30],
    [{ env: { MASSIVE_WS_QUOTE_CAP: "" }, file: { wsQuoteCap: null } }, 1_000],
    [{ env: { MASSIVE_WS_QUOTE_CAP: undefined }, file: undefined }, 1_000],
  ])("%j gives %d", (given, expected) => {
    expect(readConfig(given).config.wsQuoteCap).toBe(expected);
  });

  it("does not look at values that another place goes before", () => {
    expect(readConfig({ code, env: { MASSIVE_WS_QUOTE_CAP: "abc" } }).config.wsQuoteCap).toBe(10);
  });

  it("may be off, which goes before a value in another place", () => {
    const given = { env: { MASSIVE_WS_STREAM_MAX_AGE_SEC: "off" }, file: { wsStreamMaxAgeSec: 60 } };
    expect(readConfig(given).config.wsStreamMaxAgeSec).toBeUndefined();
    expect(readConfig({ file: given.file }).config.wsStreamMaxAgeSec).toBe(60);
  });

  it("may be a bus in a file, beside other buses", () => {
    const url = "redis://h:1/2";
    const buses = { other: 5, "market-redis": { url, more: true } };
    const { config, warnings } = readConfig({ file: { buses } });
    expect([config.marketRedisUrl, warnings]).toEqual([url, []]);
    expect(readConfig({ file: { buses, marketRedisUrl: url } }).config.marketRedisUrl).toBe(url);
    expect(readConfig({ file: { buses }, env: { MARKET_REDIS_URL: "redis://e" } }).config.marketRedisUrl).toBe(
      "redis://e",
    );
    expect(readConfig({ file: { buses: { "market-redis": null } } }).config.marketRedisUrl).toBeUndefined();
  });

  it.each([
    [{ buses: 5 }, "buses must be an object, current value is (not shown)"],
    [{ buses: { "market-redis": "redis://h" } }, "buses.market-redis must be an object, current value is (not shown)"],
    [
      { buses: { "market-redis": { url: "http://h" } } },
      "buses.market-redis.url must be redis://[user:password@]host[:port][/db], or rediss:// for TLS, current value is (not shown)",
    ],
    [
      { buses: { "market-redis": { url: "redis://a" } }, marketRedisUrl: "redis://b" },
      "buses.market-redis.url must be the same as marketRedisUrl, or not there, current value is (not shown)",
    ],
    [[], "file must be an object of settings, current value is (not shown)"],
    ['{"apiKey":"k"}', "file must be an object of settings, current value is (not shown)"],
    [null, "file must be an object of settings, current value is (not shown)"],
  ])("is refused in a file such as %j", (file, expected) => {
    expect(problemsOf({ file })).toEqual([expected]);
  });
});

describe("a Redis URL", () => {
  it.each([
    "redis://h",
    "redis://h/",
    "rediss://u:p@h:6380/4",
    "redis://[::1]:6379",
    "redis://:p%40q@h",
    "redis://h/123456",
    "redis://h/a",
    "redis://u:%zz@h",
    "redis://h?x=1",
    "redis://h#x",
    "redis:h",
    "h:6379",
    "http://h",
  ])("%s is allowed where the adapter takes it", (url) => {
    const parse = () => parseRedisUrl(url);
    if (isRedisUrl(url)) expect(parse).not.toThrow();
    else expect(parse).toThrow(TypeError);
  });
});

describe("a configuration with several problems", () => {
  const error = errorOf(() =>
    readConfig({
      env: {
        MASSIVE_WS_QUOTE_CAP: "abc",
        MASSIVE_LOG_LEVEL: "loud",
        MASSIVE_WS_RECONNECT_DELAY_SEC: "90",
        MASSIVE_EPOCH_TTL_SEC: "x",
      },
      file: { chainEmMult: -1, epochRenewSec: 400 },
      code: { heartbeatIntervalSec: 15 },
    }),
  );

  it("reports them all at once, and leaves out rules on settings that are wrong by themselves", () => {
    expect(error.message).toBe(
      [
        "Cannot use the configuration: 6 problems",
        '  MASSIVE_WS_QUOTE_CAP must be a whole number from 1 to 1000, current value is "abc"',
        "  chainEmMult must be a number from 0.01 to 100, or by symbol such as SPX=2.25,NDX=2.25, current value is -1",
        '  MASSIVE_EPOCH_TTL_SEC must be a whole number of seconds from 1 to 86400, current value is "x"',
        '  MASSIVE_LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent, current value is "loud"',
        "  MASSIVE_WS_RECONNECT_MAX_SEC must be at least MASSIVE_WS_RECONNECT_DELAY_SEC (90), current value is 60, the default",
        "  heartbeatIntervalSec must be below heartbeatTtlSec (15), current value is 15",
      ].join("\n"),
    );
  });

  it("has them as data, under a code", () => {
    expect(isStrikewireError(error, "STRIKEWIRE_CONFIG")).toBe(true);
    expect(error.problems[0]).toEqual({
      name: "MASSIVE_WS_QUOTE_CAP",
      given: '"abc"',
      allowed: "a whole number from 1 to 1000",
    });
    expect(error.problems).toHaveLength(6);
  });

  it("has a problem for every setting there is, where every one is wrong", () => {
    const env = Object.fromEntries(SETTING_NAMES.map((name) => [SETTINGS[name].env, "\u0000 "]));
    const file = Object.fromEntries(SETTING_NAMES.map((name) => [name, [[]]]));
    const names = errorOf(() => readConfig({ env })).problems.map(({ name }) => name);
    expect([...names].sort()).toEqual(SETTING_NAMES.map((name) => SETTINGS[name].env).sort());
    expect(errorOf(() => readConfig({ file })).problems.map(({ name }) => name)).toEqual(SETTING_NAMES);
  });

  it("shows the first 200 characters of a value", () => {
    const [problem] = errorOf(() => readConfig({ env: { MASSIVE_WS_MODE: "x".repeat(1_000) } })).problems;
    expect(problem?.given).toHaveLength(200);
  });
});

describe("rules across settings", () => {
  const at = (env: Record<string, string>) => problemsOf({ env });
  const ok = (env: Record<string, string>) => expect(readConfig({ env }).warnings).toEqual([]);

  it("allow no more shards than connections", () => {
    const env = { MASSIVE_WS_RESOURCES: "options_quotes", MASSIVE_WS_SHARD_COUNT: "3" };
    ok({ ...env, MASSIVE_WS_CONNECTIONS_PER_CLASS: "3" });
    expect(at({ ...env, MASSIVE_WS_CONNECTIONS_PER_CLASS: "2" })).toEqual([
      'MASSIVE_WS_SHARD_COUNT must be at most MASSIVE_WS_CONNECTIONS_PER_CLASS (2), current value is "3"',
    ]);
  });

  it("allow one shard of what has a wildcard, in firehose mode", () => {
    const env = { MASSIVE_WS_SHARD_COUNT: "2", MASSIVE_WS_CONNECTIONS_PER_CLASS: "2" };
    for (const resource of ["options_trades", "equity_trades", "equity_quotes", "index_values"]) {
      expect(at({ ...env, MASSIVE_WS_RESOURCES: `options_quotes,${resource}` })).toEqual([
        `MASSIVE_WS_SHARD_COUNT must be 1 while MASSIVE_WS_MODE is firehose and MASSIVE_WS_RESOURCES has ${resource}: every shard would receive all of it, current value is "2"`,
      ]);
      ok({ ...env, MASSIVE_WS_RESOURCES: `options_quotes,${resource}`, MASSIVE_WS_MODE: "targeted" });
    }
    ok({ ...env, MASSIVE_WS_RESOURCES: "options_quotes" });
  });

  it("allow resource types of one class where the URL ends in it", () => {
    const env = { MASSIVE_WS_URL: "wss://h/options/" };
    ok({ ...env, MASSIVE_WS_RESOURCES: "options_trades,options_quotes" });
    ok({ MASSIVE_WS_URL: "wss://options", MASSIVE_WS_RESOURCES: "index_values" });
    expect(at({ ...env, MASSIVE_WS_RESOURCES: "options_trades,index_values" })).toEqual([
      'MASSIVE_WS_RESOURCES must be a list of resource types of the asset class options alone, because MASSIVE_WS_URL ends in /options, current value is "options_trades,index_values"',
    ]);
    expect(problemsOf({ code: { wsUrl: "wss://h/stocks" } })).toEqual([
      'wsResources must be a list of resource types of the asset class stocks alone, because wsUrl ends in /stocks, current value is ["options_trades"], the default',
    ]);
  });

  it.each([
    ["MASSIVE_WS_RECONNECT_MAX_SEC", "MASSIVE_WS_RECONNECT_DELAY_SEC", "at least", "5", "5", "4.999"],
    ["MASSIVE_CHAIN_INTERVAL_MAX_SEC", "MASSIVE_CHAIN_INTERVAL_SEC", "at least", "40", "40", "39.9"],
    ["MASSIVE_EPOCH_RENEW_SEC", "MASSIVE_EPOCH_TTL_SEC", "below", "50", "49.9", "50"],
    ["MASSIVE_HEARTBEAT_INTERVAL_SEC", "MASSIVE_HEARTBEAT_TTL_SEC", "below", "9", "8.9", "9"],
  ])("keep %s where it belongs to %s", (subject, other, words, value, right, wrong) => {
    ok({ [other]: value, [subject]: right });
    expect(at({ [other]: value, [subject]: wrong })).toEqual([
      `${subject} must be ${words} ${other} (${value}), current value is "${wrong}"`,
    ]);
  });
});

describe("names that mean nothing", () => {
  it("are warned of with the one that only begins in another way, be others nearer by letters", () => {
    const { warnings } = readConfig({ env: { MASSIVE_REDIS_URL: "redis://x", MASSIVE_QUOTE_CAP: "5" } });
    expect(warnings.map(({ nearest }) => nearest).sort()).toEqual(["MARKET_REDIS_URL", "MASSIVE_WS_QUOTE_CAP"]);
  });

  it("are warned of with the nearest known one", () => {
    const { warnings } = readConfig({
      env: {
        MASSIVE_WS_QUOTE_CUP: "1",
        MASSIVE_API_KEYS: "k",
        MASSIVE_SCHED_TOPN: "1",
        HOME: "/",
        massive_ws_url: "x",
      },
      file: { wsQuotecap: 5, stockSymbol: [], buses: {} },
      code: { logLevels: "info" } as object,
    });
    expect(warnings.map(({ name, nearest }) => [name, nearest])).toEqual([
      ["logLevels", "logLevel"],
      ["MASSIVE_WS_QUOTE_CUP", "MASSIVE_WS_QUOTE_CAP"],
      ["MASSIVE_API_KEYS", "MASSIVE_API_KEY"],
      ["MASSIVE_SCHED_TOPN", "MASSIVE_SCHED_TOP_N"],
      ["wsQuotecap", "wsQuoteCap"],
      ["stockSymbol", "stockSymbols"],
    ]);
    expect(warnings[1]?.message).toBe("MASSIVE_WS_QUOTE_CUP is not a setting, the nearest one is MASSIVE_WS_QUOTE_CAP");
  });

  it("are cut, and cannot do anything to a terminal", () => {
    const { warnings } = readConfig({ file: { "\u001b[2J": 1, [`x${"y".repeat(10_000)}`]: 1 } });
    expect(warnings[0]?.message).toMatch(/^"\\u001b\[2J" is not a setting/);
    expect(warnings[1]?.name).toHaveLength(100);
  });

  it("are no warnings where nothing is given for them", () => {
    expect(readConfig({ env: { MASSIVE_NOTHING: undefined } }).warnings).toEqual([]);
  });
});

describe("wsConfig", () => {
  it("has the settings of a live source and no other", () => {
    const config = wsConfig({ apiKey: "k", wsQuoteCap: 5 });
    const expected = SETTING_NAMES.filter(
      (name) => name === "apiKey" || SETTINGS[name].env.match(/^MASSIVE_(WS|SCHED|SIDE)_/),
    );
    expect(Object.keys(config).sort()).toEqual([...expected].sort());
    expect(config).toMatchObject({ apiKey: "k", wsQuoteCap: 5, wsMode: "firehose", schedTopN: 500 });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it("takes a whole configuration, and looks at its own part alone", () => {
    const { config } = readConfig({ code: { wsQuoteCap: 5 } });
    const given: Partial<WsConfig> = { ...config, ...({ logLevel: "loud" } as object) };
    expect(wsConfig(given).wsQuoteCap).toBe(5);
  });

  it("reports all problems at once", () => {
    const error = errorOf(() => wsConfig({ wsQuoteCap: 1_001, wsResources: [], schedHysteresis: 1, wsShardCount: 2 }));
    expect(error.problems.map(({ name }) => name)).toEqual([
      "wsResources",
      "wsQuoteCap",
      "schedHysteresis",
      "wsShardCount",
    ]);
  });
});
