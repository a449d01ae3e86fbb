import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConfigError } from "../../../src/domain/config/config-error.ts";
import { type GivenConfig, readConfig } from "../../../src/domain/config/read-config.ts";
import { SETTING_NAMES, SETTINGS, settingsSchema } from "../../../src/domain/config/settings.ts";
import type { SettingName } from "../../../src/domain/config/strikewire-config.ts";

/** What must be, texts that are not it, texts that just are. Rules across settings hold for the latter. */
type Expectation = readonly [allowed: string, wrong: readonly string[], right: readonly string[]];

const DAY = "a number of seconds from 0.001 to 86400";
const DAY_MS = "a whole number of milliseconds from 1 to 86400000";
const BYTES = "a whole number of bytes from 1 to 1099511627776";
const NO_CREDENTIALS = "without credentials, query or fragment";
const RESOURCES = "options_trades, options_quotes, equity_trades, equity_quotes, index_values";

const seconds: Expectation = [DAY, ["0", "0.0009", "86400.1", "-1", "1 s", "abc", "Infinity"], ["86400"]];
const milliseconds: Expectation = [DAY_MS, ["0", "86400001", "1.5", "1e9", "0x10"], ["1", "86400000", "1e3"]];
const minute: Expectation = ["a whole number of milliseconds from 0 to 60000", ["-1", "60001", "0.5"], ["0", "60000"]];
const millisecondsFrom0: Expectation = [
  "a whole number of milliseconds from 0 to 86400000",
  ["-1", "86400001", "0.5"],
  ["0", "86400000"],
];
const bytes: Expectation = [BYTES, ["0", "1099511627777", "1.5", "64MB"], ["1", "1099511627776"]];
const count: Expectation = ["a whole number from 1 to 1000000000", ["0", "1000000001", "1.5"], ["1", "1000000000"]];
const small: Expectation = ["a whole number from 1 to 1000", ["0", "1001", "1.5", "abc"], ["1", "1000"]];
const secret: readonly string[] = ["with space", "tab\tin", "ünicode"];

const EXPECTED: { readonly [Name in SettingName]: Expectation } = {
  apiKey: ["a text without spaces", secret, ["abc", "a=b&c"]],
  wsUrl: [
    `a URL that starts with ws:// or wss://, ${NO_CREDENTIALS}`,
    [
      "socket.massive.com",
      "https://h",
      "ws:h",
      "ws://",
      "ws://u@h",
      "ws://h?a=1",
      "ws://h#f",
      "ws://h:99999",
      "ws://a b",
    ],
    ["ws://127.0.0.1:8080", "WSS://h/options", "ws://h/a/b/"],
  ],
  restUrl: [
    `a URL that starts with http:// or https://, ${NO_CREDENTIALS}`,
    ["ws://h", "http://u:p@h"],
    ["http://h:1/x"],
  ],
  marketRedisUrl: [
    "redis://[user:password@]host[:port][/db], or rediss:// for TLS",
    ["localhost:6379", "http://h", "redis://", "redis://h/x", "redis://h?a", "redis://u:%zz@h"],
    ["redis://h", "rediss://u:p@h:1/2"],
  ],
  wsReconnectDelaySec: [DAY, seconds[1], ["0.001", "60"]],
  wsReconnectMaxSec: seconds,
  wsReconnectJitter: ["a number from 0 to 1", ["-0.1", "1.01", "x"], ["0", "1", ".5"]],
  wsStableAfterSec: seconds,
  wsStreamMaxlen: count,
  wsStreamHardBytes: bytes,
  wsStreamMaxAgeSec: [
    "a number of seconds from 0.001 to 31622400, or off",
    ["0", "31622401", "on"],
    ["off", "OFF", "60"],
  ],
  wsMode: ["one of firehose, targeted", ["both", "Firehose"], ["firehose", "targeted"]],
  wsResources: [
    `a list of ${RESOURCES}, each once, separated by commas`,
    ["trades", "options_trades,options_trades", "options_trades,", ",", "none"],
    ["index_values", "options_trades , options_quotes"],
  ],
  wsShardCount: ["a whole number from 1 to 100", ["0", "101", "1.5"], ["1"]],
  wsConnectionsPerClass: ["a whole number from 1 to 100", ["0", "101", "1.5"], ["1", "100"]],
  wsQuoteCap: small,
  wsSubscribeChunk: ["a whole number from 1 to 10000", ["0", "10001"], ["1", "10000"]],
  wsAckTimeoutSec: seconds,
  wsHeartbeatMs: milliseconds,
  wsIdleBoundMs: millisecondsFrom0,
  wsAllowedLatenessMs: millisecondsFrom0,
  wsMaxFutureSkewMs: millisecondsFrom0,
  wsMaxFrameBytes: ["a whole number of bytes from 1024 to 1099511627776", ["1023", "1099511627777"], ["1024"]],
  wsStalenessLimitMs: milliseconds,
  wsQueueEvents: count,
  wsQueueBytes: bytes,
  wsSpoolBytes: bytes,
  wsLastSample: [
    "on or off (or true, false, 1, 0)",
    ["yes", "2", "constructor"],
    ["on", "OFF", "true", "False", "1", "0"],
  ],
  wsTradeSides: ["on or off (or true, false, 1, 0)", ["yes"], ["on", "off"]],
  sideRule: [
    "one of quote, tick, lr, emo, clnv, trade_size, depth, stack",
    ["LR", "lee_ready"],
    ["quote", "trade_size", "stack"],
  ],
  sideMinQuoteAgeMs: minute,
  sideMaxStreamAgeMs: minute,
  sideMaxSubstrateAgeMs: minute,
  sideStandInMs: minute,
  schedTopN: ["a whole number from 0", ["-1", "1.5", "x"], ["0", "100000"]],
  schedExplorationFraction: ["a number from 0 to 1", ["-0.1", "1.1"], ["0", "1"]],
  schedRebalanceIntervalSec: ["a number above 0", ["0", "-1", "x", "1e999"], ["0.1"]],
  schedHysteresis: ["a number from 0 to below 1", ["-0.1", "1"], ["0", "0.99"]],
  schedExploreRounds: ["a whole number from 1", ["0", "1.5"], ["1"]],
  schedHalfLifeSec: ["a number above 0", ["0", "-1"], ["0.5"]],
  schedMeasure: ["one of events, contracts", ["volume"], ["events", "contracts"]],
  schedSeed: ["a safe integer", ["0.5", "x", "9007199254740992"], ["-5", "0", "9007199254740991"]],
  chainSymbols: [
    "a list of underlyings such as I:SPX or AAPL, each once, separated by commas, or none",
    ["spx", "I:", "I:SPX,I:SPX", "I:SPX,,AAPL", "O:SPXW251223P06870000"],
    ["I:SPX", "AAPL, I:NDX", "none"],
  ],
  chainIntervalSec: [DAY, seconds[1], ["0.001", "300"]],
  chainLatencyFactor: ["a number from 0 to 100", ["-1", "101"], ["0", "100"]],
  chainIntervalMaxSec: seconds,
  chainSlowMs: milliseconds,
  chainNumExpirations: small,
  chainStrikeWindowPct: [
    "a number of percent from 0.01 to 100, or by symbol such as SPX=3,NDX=3",
    ["0", "101", "SPX", "SPX=", "SPX=0", "spx=3", "SPX=3,SPX=4", "3,4", "SPX=3;NDX=4"],
    ["100", "SPX=3", "I:SPX=3, NDX = 2.5", "4,SPX=3"],
  ],
  chainEmMult: [
    "a number from 0.01 to 100, or by symbol such as SPX=2.25,NDX=2.25",
    ["0", "100.1", "SPX=0"],
    ["0.01", "SPX=3,NDX=2.5"],
  ],
  chainEmDays: ["a number of days from 0.01 to 366, or by symbol such as SPX=1,NDX=1", ["0", "367"], ["366", "SPX=5"]],
  epochTtlSec: ["a whole number of seconds from 1 to 86400", ["0", "86401", "0.5"], ["101", "86400"]],
  epochRenewSec: [DAY, seconds[1], ["0.001", "299"]],
  epochDormantThresholdSec: seconds,
  epochDormantLimit: small,
  spotSymbols: [
    "a list of indices such as I:SPX, each once, separated by commas, or none",
    ["SPX", "I:spx", "I:SPX,I:SPX"],
    ["I:SPX", "I:VIX1D", "none"],
  ],
  stockSymbols: [
    "a list of stocks such as SPY, each once, separated by commas, or none",
    ["I:SPX", "spy", "SPY,SPY"],
    ["SPY", "BRK.B,BRKpA", "none"],
  ],
  spotIntervalSec: seconds,
  restRequestsPerSec: ["a number from 0.01 to 10000", ["0", "10001"], ["0.01", "10000"]],
  restTimeoutMs: milliseconds,
  hydrateRebuildHorizonMs: millisecondsFrom0,
  hydrateMaxDeltaAgeMs: millisecondsFrom0,
  hydrateLeaseMs: ["a whole number of milliseconds from 100 to 86400000", ["99", "86400001"], ["100"]],
  modelIntervalMs: milliseconds,
  modelMaxAgeMs: milliseconds,
  modelSpotStaleMs: milliseconds,
  modelChainStaleMs: milliseconds,
  modelQuoteMaxAgeMs: milliseconds,
  modelQuoteMaxSkewMs: [`${DAY_MS}, or off`, ["0", "86400001", "1.5", "on"], ["off", "OFF", "1000"]],
  modelWidths: [
    "by symbol up to 50 widths in points, each once, such as SPX=5 10 25,NDX=10 50, or none",
    ["5 10", "SPX", "SPX=", "SPX=0", "SPX=5 5", "spx=5", "SPX=5,SPX=10", "SPX=5;10", "SPX=5,10", "SPX=100000"],
    ["SPX=5", "I:SPX=5 10, NDX = 10  50", "none", "AAPL=2.5 5"],
  ],
  modelRate: ["a number of continuous interest per year from -1 to 1", ["1.01", "-1.01", "4 %"], ["0", "-0.005", "1"]],
  modelDividendYield: [
    "a number of continuous yield per year from -1 to 1, or by symbol such as SPX=0.012,NDX=0.012",
    ["2", "SPX=2", "SPX"],
    ["0", "SPX=0.012,NDX=0.007", "0.01,AAPL=0.004"],
  ],
  heartbeatIntervalSec: [DAY, seconds[1], ["0.001", "14.9"]],
  heartbeatTtlSec: ["a whole number of seconds from 1 to 86400", ["0", "86401", "0.5"], ["6"]],
  keyPrefix: [
    "a text of at most 100 characters, without spaces",
    ["a b", "x".repeat(101)],
    ["desk1:", "x".repeat(100)],
  ],
  logLevel: ["one of trace, debug, info, warn, error, fatal, silent", ["verbose", "INFO"], ["trace", "silent"]],
};

const HIDDEN: ReadonlySet<string> = new Set<SettingName>(["apiKey", "marketRedisUrl"]);

/** The whole text of the error. */
function refusal(given: GivenConfig): string {
  try {
    readConfig(given);
  } catch (error) {
    return String(error);
  }
  return "accepted";
}

describe("every setting", () => {
  it("is named in the environment as in code", () => {
    for (const name of SETTING_NAMES) {
      const upper = name.replace(/[A-Z]/g, "_$&").toUpperCase();
      expect(SETTINGS[name].env).toBe(name === "marketRedisUrl" ? upper : `MASSIVE_${upper}`);
    }
  });

  it("has a default that is allowed", () => {
    const { config, warnings } = readConfig({});
    for (const name of SETTING_NAMES) expect(config[name]).toEqual(SETTINGS[name].fallback);
    expect(settingsSchema.parse(config)).toEqual(config);
    expect(warnings).toEqual([]);
  });

  it.each(SETTING_NAMES)("%s has its own clear message where it is wrong", (name) => {
    const { env } = SETTINGS[name];
    const [allowed, wrong] = EXPECTED[name];
    for (const text of wrong) {
      const isHidden = HIDDEN.has(name) || (name.endsWith("Url") && /[@?#]|ws:h/.test(text));
      const expected = (written: string) =>
        `ConfigError: Cannot use the configuration: 1 problem\n  ${written} must be ${allowed}, current value is ${isHidden ? "(not shown)" : JSON.stringify(text)}`;
      expect(refusal({ env: { [env]: text } })).toBe(expected(env));
      expect(refusal({ file: { [name]: text } })).toBe(expected(name));
    }
  });

  it.each(SETTING_NAMES)("%s may be all that is allowed", (name) => {
    for (const text of EXPECTED[name][2]) {
      const { config } = readConfig({ env: { [SETTINGS[name].env]: ` ${text}\t` } });
      expect(readConfig({ file: { [name]: text } }).config).toEqual(config);
      expect(readConfig({ code: config }).config).toEqual(config);
      // What a file can hold, as JSON has it.
      expect(readConfig({ file: JSON.parse(JSON.stringify(config)) }).config).toEqual(config);
    }
  });

  it.each(SETTING_NAMES)("%s must not be of another type", (name) => {
    for (const value of [Symbol("x"), () => 1, Number.NaN, 1n, { url: "x" }, [[]]]) {
      expect(() => readConfig({ code: { [name]: value } })).toThrow(`  ${name} must be ${EXPECTED[name][0]}, current`);
    }
  });

  it.each(SETTING_NAMES)("%s is written as it is read", (name) => {
    const kind: { write: (value: never) => string; read: (text: string) => unknown } = SETTINGS[name].kind;
    for (const text of EXPECTED[name][2]) {
      const value = kind.read(text);
      if (value !== undefined) expect(kind.read(kind.write(value as never))).toEqual(value);
    }
  });
});

describe("numbers by symbol", () => {
  it("are the same for all, or some have their own", () => {
    const read = (text: string) => readConfig({ env: { MASSIVE_CHAIN_EM_MULT: text } }).config.chainEmMult;
    expect(read("3")).toEqual({ default: 3, bySymbol: {} });
    expect(read("SPX=3,I:NDX=2.5")).toEqual({ default: 2.25, bySymbol: { SPX: 3, NDX: 2.5 } });
    expect(read("4,SPX=3")).toEqual({ default: 4, bySymbol: { SPX: 3 } });
  });

  it("have short forms in a file", () => {
    const read = (chainEmMult: unknown) => readConfig({ file: { chainEmMult } }).config.chainEmMult;
    expect(read(3)).toEqual({ default: 3, bySymbol: {} });
    expect(read({ SPX: 3 })).toEqual({ default: 2.25, bySymbol: { SPX: 3 } });
    expect(read({ bySymbol: { SPX: 3 } })).toEqual({ default: 2.25, bySymbol: { SPX: 3 } });
    expect(() => read({ SPX: "3" })).toThrow("chainEmMult must be a number from 0.01 to 100");
  });
});

describe("lists", () => {
  it("are texts or arrays in a file, and may be empty where nothing is needed", () => {
    const read = (file: unknown) => readConfig({ file }).config.stockSymbols;
    expect(read({ stockSymbols: ["SPY", "AAPL"] })).toEqual(["SPY", "AAPL"]);
    expect(read({ stockSymbols: "SPY,AAPL" })).toEqual(["SPY", "AAPL"]);
    expect(read({ stockSymbols: [] })).toEqual([]);
    expect(() => readConfig({ file: { wsResources: [] } })).toThrow("wsResources must be a list of options_trades,");
  });

  it("stay as they are when those that were given change", () => {
    const given = ["SPY"];
    const { config } = readConfig({ code: { stockSymbols: given } });
    given.push("AAPL");
    expect(config.stockSymbols).toEqual(["SPY"]);
    expect(readConfig({}).config.stockSymbols).not.toBe(SETTINGS.stockSymbols.fallback);
  });
});

describe("any environment and any file", () => {
  const env = fc.dictionary(
    fc.oneof(
      fc.constantFrom(...SETTING_NAMES.map((name) => SETTINGS[name].env)),
      fc.string(),
      fc.string().map((text) => `MASSIVE_${text}`),
    ),
    fc.oneof(
      fc.string(),
      fc.constantFrom("1", "0.5", "off", "none", "1,2", "SPX=1", "wss://h/options"),
      fc.constant(undefined),
    ),
    { maxKeys: 20 },
  );
  const file = fc.oneof(
    fc.anything(),
    fc.dictionary(
      fc.oneof(fc.constantFrom(...SETTING_NAMES, "buses"), fc.string()),
      fc.oneof(fc.anything(), fc.double()),
    ),
    fc.record({
      buses: fc.oneof(
        fc.anything(),
        fc.record({ "market-redis": fc.oneof(fc.anything(), fc.record({ url: fc.anything() })) }),
      ),
    }),
  );

  it("give a configuration that is allowed, or a ConfigError", () => {
    let read = 0;
    fc.assert(
      fc.property(env, file, fc.boolean(), (env, file, isFileGiven) => {
        try {
          const { config } = readConfig(isFileGiven ? { env, file } : { env });
          read += 1;
          expect(settingsSchema.parse(config)).toEqual(config);
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error;
          expect(error.problems.length).toBeGreaterThan(0);
          for (const { given } of error.problems) expect(given.length).toBeLessThan(220);
        }
      }),
      { numRuns: 1_000, seed: 4 },
    );
    expect(read).toBeGreaterThan(50);
  });
});
