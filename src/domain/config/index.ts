export { ConfigError, type ConfigProblem } from "./config-error.ts";
export type { ConfigWarning } from "./config-warning.ts";
export { type PerSymbol, valueFor } from "./per-symbol.ts";
export { type GivenConfig, type ReadConfig, readConfig, wsConfig } from "./read-config.ts";
export type { Kind, Setting } from "./setting.ts";
export { SETTING_NAMES, SETTINGS, settingsSchema } from "./settings.ts";
export { sideOptionsOf } from "./side-settings.ts";
export type { LogLevel, SettingName, StrikewireConfig, WsConfig, WsMode } from "./strikewire-config.ts";
export type { WidthsBySymbol } from "./widths-kind.ts";
export { type WsEndpoint, wsEndpoint } from "./ws-endpoint.ts";
export {
  connectionOptionsOf,
  ledgerOptionsOf,
  type RetentionOptions,
  retentionOf,
  schedulerConfigOf,
} from "./ws-options.ts";
