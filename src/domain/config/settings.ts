import { z } from "zod";
import type { Setting } from "./setting.ts";
import { SOURCE_SETTINGS } from "./source-settings.ts";
import type { SettingName, StrikewireConfig } from "./strikewire-config.ts";
import { SYSTEM_SETTINGS } from "./system-settings.ts";

/** Every setting by its name in code and files. Names in the environment, defaults, checks and texts all come from here. */
export const SETTINGS: { readonly [Name in SettingName]: Setting<StrikewireConfig[Name]> } = Object.freeze({
  ...SOURCE_SETTINGS,
  ...SYSTEM_SETTINGS,
});

export const SETTING_NAMES: readonly SettingName[] = Object.freeze(Object.keys(SETTINGS) as SettingName[]);

type Shape = { readonly [Name in SettingName]: z.ZodType<StrikewireConfig[Name]> };

const shape = Object.fromEntries(SETTING_NAMES.map((name) => [name, SETTINGS[name].kind.schema])) as unknown as Shape;

/** A whole configuration, each setting by itself; how they must fit together is in `rules.ts`. */
export const settingsSchema: z.ZodType<StrikewireConfig> = z.object(shape);
