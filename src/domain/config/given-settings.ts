import type { ConfigProblem } from "./config-error.ts";
import { SETTING_NAMES, SETTINGS } from "./settings.ts";
import { shownValue } from "./shown-value.ts";
import type { SettingName } from "./strikewire-config.ts";

/** Where the value of a setting comes from. */
export type Origin = "code" | "env" | "file" | "default";

/** One setting as it was given. */
export interface GivenSetting {
  readonly origin: Origin;
  /** Its name as the user wrote it. */
  readonly label: string;
  /** What the user wrote. */
  readonly written: unknown;
  /** What that stands for; not checked. */
  readonly value: unknown;
}

/** What one place gives, and what is wrong with its form. */
export interface GivenSettings {
  readonly settings: ReadonlyMap<SettingName, GivenSetting>;
  readonly problems: readonly ConfigProblem[];
}

type Fields = Readonly<Record<string, unknown>>;

const MARKET_REDIS = "buses.market-redis.url";

/** Settings given in code, as they are; `undefined` is not given. */
export function settingsInCode(code: Fields): GivenSettings {
  const settings = new Map<SettingName, GivenSetting>();
  for (const name of SETTING_NAMES) {
    const written = own(code, name);
    if (written === undefined) continue;
    settings.set(name, { origin: "code", label: name, written, value: readValue(name, written) });
  }
  return { settings, problems: [] };
}

/** Settings given in the environment. White space around a text counts for nothing, and a text without any is not given. */
export function settingsInEnv(env: Readonly<Record<string, string | undefined>>): GivenSettings {
  const settings = new Map<SettingName, GivenSetting>();
  for (const name of SETTING_NAMES) {
    const { env: label, kind } = SETTINGS[name];
    const written = env[label]?.trim() ?? "";
    if (written !== "") settings.set(name, { origin: "env", label, written, value: kind.read(written) });
  }
  return { settings, problems: [] };
}

/** Settings given in a file; `null` is not given. Texts are read as in the environment. */
export function settingsInFile(file: unknown): GivenSettings {
  const settings = new Map<SettingName, GivenSetting>();
  if (file === undefined) return { settings, problems: [] };
  if (!isFields(file)) {
    return {
      settings,
      problems: [{ name: "file", allowed: "an object of settings", given: shownValue(file, "always") }],
    };
  }
  for (const name of SETTING_NAMES) {
    const written = own(file, name) ?? undefined;
    if (written !== undefined) settings.set(name, inFile(name, name, written));
  }
  const problems: ConfigProblem[] = [];
  const url = marketRedisOf(file, problems);
  if (url !== undefined) {
    const other = settings.get("marketRedisUrl");
    if (other === undefined) settings.set("marketRedisUrl", inFile("marketRedisUrl", MARKET_REDIS, url));
    else if (other.written !== url) {
      const given = shownValue(url, "always");
      problems.push({ name: MARKET_REDIS, allowed: "the same as marketRedisUrl, or not there", given });
    }
  }
  return { settings, problems };
}

function inFile(name: SettingName, label: string, written: unknown): GivenSetting {
  const value = typeof written === "string" ? SETTINGS[name].kind.read(written.trim()) : readValue(name, written);
  return { origin: "file", label, written, value };
}

/** The URL at `buses.market-redis.url`. Other buses are somebody else's. */
function marketRedisOf(file: Fields, problems: ConfigProblem[]): unknown {
  let at: unknown = file;
  const path: string[] = [];
  for (const step of ["buses", "market-redis", "url"]) {
    if (!isFields(at)) {
      problems.push({ name: path.join("."), allowed: "an object", given: shownValue(at, "always") });
      return undefined;
    }
    path.push(step);
    at = own(at, step) ?? undefined;
    if (at === undefined) return undefined;
  }
  return at;
}

function readValue(name: SettingName, written: unknown): unknown {
  const { readValue: read } = SETTINGS[name].kind;
  return read === undefined ? written : read(written);
}

function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
