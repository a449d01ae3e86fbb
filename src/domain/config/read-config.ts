import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { type ConfigWarning, unknownInEnv, unknownKeys } from "./config-warning.ts";
import { type GivenSetting, settingsInCode, settingsInEnv, settingsInFile } from "./given-settings.ts";
import { RULES } from "./rules.ts";
import { SETTING_NAMES, SETTINGS, settingsSchema } from "./settings.ts";
import { shownValue } from "./shown-value.ts";
import type { SettingName, StrikewireConfig, WsConfig } from "./strikewire-config.ts";

/** Where settings may be given. Each place goes before those below it. */
export interface GivenConfig {
  /** Values as they are; `undefined` is not given. */
  readonly code?: Partial<StrikewireConfig> | undefined;
  /** The environment: all of it, or a part. An empty text is not given. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** A JSON file, parsed; `null` is not given. */
  readonly file?: unknown;
}

/** A configuration, and what was given besides and means nothing. */
export interface ReadConfig {
  readonly config: StrikewireConfig;
  readonly warnings: readonly ConfigWarning[];
}

/**
 * Puts a configuration together: from code, else the environment, else the file, else the defaults.
 *
 * @throws {ConfigError} with everything that is wrong.
 * @example
 * ```ts
 * const { config, warnings } = readConfig({ env: { MASSIVE_WS_QUOTE_CAP: "500", MASSIVE_WS_QUOTE_CUP: "1" } });
 * config.wsQuoteCap; // 500
 * warnings[0]?.message; // MASSIVE_WS_QUOTE_CUP is not a setting, the nearest one is MASSIVE_WS_QUOTE_CAP
 * ```
 */
export function readConfig({ code = {}, env = {}, file }: GivenConfig): ReadConfig {
  const places = [settingsInCode({ ...code }), settingsInEnv(env), settingsInFile(file)];
  const settings = new Map<SettingName, GivenSetting>();
  for (const name of SETTING_NAMES) {
    settings.set(name, places.find((place) => place.settings.has(name))?.settings.get(name) ?? byDefault(name));
  }
  const formProblems = places.flatMap(({ problems }) => problems);
  const config = checked(settings, formProblems);
  const warnings = [...unknownKeys(code), ...unknownInEnv(env), ...unknownKeys(file, ["buses"])];
  return { config, warnings };
}

/**
 * The settings of a live source alone, completed with the defaults.
 *
 * @throws {ConfigError} with everything that is wrong.
 */
export function wsConfig(given: Partial<WsConfig>): WsConfig {
  const code = Object.fromEntries(Object.entries(given).filter(([name]) => isWsName(name)));
  const { config } = readConfig({ code });
  return Object.freeze(Object.fromEntries(Object.entries(config).filter(([name]) => isWsName(name)))) as WsConfig;
}

function isWsName(name: string): boolean {
  return name === "apiKey" || /^(ws|sched|side)[A-Z]/.test(name);
}

function byDefault(name: SettingName): GivenSetting {
  const { fallback } = SETTINGS[name];
  return { origin: "default", label: name, written: fallback, value: fallback };
}

function checked(
  settings: ReadonlyMap<SettingName, GivenSetting>,
  formProblems: readonly ConfigProblem[],
): StrikewireConfig {
  const values = Object.fromEntries([...settings].map(([name, { value }]) => [name, value]));
  const parsed = settingsSchema.safeParse(values);
  const wrong = new Set(parsed.error?.issues.map(({ path }) => path[0] as SettingName));
  const problems = [...formProblems];
  for (const name of SETTING_NAMES) {
    if (wrong.has(name)) problems.push(problemOf(name, settings, SETTINGS[name].kind.allowed));
  }
  // Where a setting is wrong, rules look at those that are right.
  const config = (parsed.data ?? values) as unknown as StrikewireConfig;
  for (const { subject, others, broken } of RULES) {
    const involved = [subject, ...others];
    if (involved.some((name) => wrong.has(name))) continue;
    const allowed = broken(config, (name) => labelOf(name, involved, settings));
    if (allowed !== undefined) problems.push(problemOf(subject, settings, allowed, involved));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

function problemOf(
  name: SettingName,
  settings: ReadonlyMap<SettingName, GivenSetting>,
  allowed: string,
  involved: readonly SettingName[] = [name],
): ConfigProblem {
  const given = settings.get(name) ?? byDefault(name);
  const shown = shownValue(given.written, SETTINGS[name].kind.secret);
  return {
    name: labelOf(name, involved, settings),
    given: given.origin === "default" ? `${shown}, the default` : shown,
    allowed,
  };
}

/** The name as the user wrote it; one that the user did not write is named as the others of the same rule are. */
function labelOf(
  name: SettingName,
  involved: readonly SettingName[],
  settings: ReadonlyMap<SettingName, GivenSetting>,
): string {
  const given = settings.get(name);
  if (given !== undefined && given.origin !== "default") return given.label;
  return involved.some((other) => settings.get(other)?.origin === "env") ? SETTINGS[name].env : name;
}
