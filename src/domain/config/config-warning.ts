import { cutText } from "../wire/describe-value.ts";
import { nearestName } from "./nearest-name.ts";
import { SETTING_NAMES, SETTINGS } from "./settings.ts";

/** Something that was given and means nothing. Never holds a value. */
export interface ConfigWarning {
  /** As the user wrote it, cut to 100 characters. */
  readonly name: string;
  /** The known name that is most like it. */
  readonly nearest: string;
  /** The whole, for people. */
  readonly message: string;
}

const MAX_NAME_LENGTH = 100;
const ENV_NAMES = SETTING_NAMES.map((name) => SETTINGS[name].env);

const PREFIX = "MASSIVE_";

/** Names that begin with `MASSIVE_` and are none of ours; other names are not our business. */
export function unknownInEnv(env: Readonly<Record<string, string | undefined>>): readonly ConfigWarning[] {
  const names = Object.keys(env).filter((name) => name.startsWith(PREFIX) && env[name] !== undefined);
  return names
    .filter((name) => !ENV_NAMES.includes(name))
    .map((name) => {
      // MASSIVE_REDIS_URL is meant for MARKET_REDIS_URL, though MASSIVE_REST_URL has more letters in common with it.
      const alike = ENV_NAMES.filter((known) => known.endsWith(`_${name.slice(PREFIX.length)}`));
      return warningOf(name, alike.length > 0 ? alike : ENV_NAMES);
    });
}

/** Keys of an object of settings that are none. */
export function unknownKeys(given: unknown, also: readonly string[] = []): readonly ConfigWarning[] {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return [];
  const known: readonly string[] = [...SETTING_NAMES, ...also];
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => warningOf(name, known));
}

function warningOf(written: string, known: readonly string[]): ConfigWarning {
  const name = cutText(written, MAX_NAME_LENGTH);
  const nearest = nearestName(name, known);
  // A name from a file may be any text, one that clears the screen included.
  const shown = /^[\w.$-]+$/.test(name) ? name : JSON.stringify(name);
  return { name, nearest, message: `${shown} is not a setting, the nearest one is ${nearest}` };
}
