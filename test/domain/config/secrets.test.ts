import { describe, expect, it } from "vitest";
import { type GivenConfig, readConfig } from "../../../src/domain/config/read-config.ts";
import { SETTINGS } from "../../../src/domain/config/settings.ts";
import type { SettingName } from "../../../src/domain/config/strikewire-config.ts";
import { errorOf } from "./refused-config.ts";

describe("secrets", () => {
  const SECRET = "s3cr3t";
  const places = (name: SettingName, value: string): readonly GivenConfig[] => [
    { env: { [SETTINGS[name].env]: value } },
    { file: { [name]: value } },
    { file: { [name]: [value] } },
    { file: { [name]: { [value]: 1 } } },
    { code: { [name]: value } },
  ];

  it.each<[SettingName, string]>([
    ["apiKey", `${SECRET} with a space`],
    ["marketRedisUrl", `redis://user:${SECRET}@host/not-a-number`],
    ["marketRedisUrl", `http://${SECRET}@host`],
    ["marketRedisUrl", `${SECRET}`],
    ["wsUrl", `wss://user:${SECRET}@host`],
    ["wsUrl", `wss://host?apiKey=${SECRET}`],
    ["wsUrl", `user:${SECRET}`],
    ["restUrl", `https://host/#${SECRET}`],
  ])("in %s are shown nowhere: %s", (name, value) => {
    for (const given of places(name, value)) {
      // With another problem beside, and a name that means nothing.
      const error = errorOf(() =>
        readConfig({ ...given, env: { ...given.env, MASSIVE_WS_MODE: "x", MASSIVE_X: SECRET } }),
      );
      expect(error.problems.length).toBeGreaterThanOrEqual(2);
      const shown = [error.message, String(error), error.stack, JSON.stringify(error), JSON.stringify(error.problems)];
      expect(error.cause).toBeUndefined();
      expect(shown.join("\n")).not.toContain(SECRET);
    }
  });

  it("are in no warning", () => {
    const { warnings } = readConfig({ env: { MASSIVE_API_KEYS: SECRET }, file: { apikey: SECRET, redisUrl: SECRET } });
    expect(warnings).toHaveLength(3);
    expect(JSON.stringify(warnings)).not.toContain(SECRET);
  });

  it("are in no problem with the buses of a file", () => {
    for (const buses of [
      `redis://${SECRET}`,
      { "market-redis": `redis://:${SECRET}@h` },
      { "market-redis": { url: `x:${SECRET}` } },
    ]) {
      expect(JSON.stringify(errorOf(() => readConfig({ file: { buses } })).problems)).not.toContain(SECRET);
      expect(String(errorOf(() => readConfig({ file: { buses } })))).not.toContain(SECRET);
    }
  });
});
